-- SPDX-License-Identifier: Apache-2.0
-- materials: which documents a case needs, in the order in which they are asked for. One row each:
--   kinds, when   for whom: kinds of kinds.lua and a test over the facts { kind, medium, delivery, values and what
--                 follows from them }, for example { seal = "yes" }, or one kind of firm, as lists.unit_kinds names it:
--                 { ["unit_document_no.kind"] = "household" }; several: { … = { "household", "cooperative" } }
--   required      false: may be left out         upload  false: only on paper        on  false: declared, but not asked for
--   paper         what is posted: original, copy or false; a table gives it by kind
--   limit, formats, dpi, dpi_strict   what is accepted; absent ones come from `defaults`
--   paper must stand in every row; what is no longer asked for keeps its row with on = false, for the cases that have it
--   printed       which print document is signed and scanned, marked 需重新打印 when a printed field changes
--   same_as       another material whose file may be used again, offered when `same_when` holds
local MB = 1048576

return {
    defaults = { limit = 2 * MB, formats = { "jpeg", "png", "bmp" }, long_side = 1170 },

    rows = {
        { id = "form", label = "数字证书申请业务受理表", kinds = { "unit_issue", "personal_issue" }, required = true,
            hint = "打印后签字并盖章，再扫描", paper = "original",
            printed = { unit_issue = "unit_form", personal_issue = "personal_form" } },

        { id = "agreement", label = "电子认证服务协议", kinds = { "unit_issue", "personal_issue" }, required = true,
            upload = false, hint = "无需上传，签字并盖章后提交纸质件", paper = "original",
            printed = { unit_issue = "agreement", personal_issue = "agreement" } },

        { id = "unit_document", label = "单位有效证件（统一社会信用代码 / 营业执照副本 / 事业单位法人证书）",
            kinds = { "unit_issue", "personal_issue" }, required = true,
            hint = "复印后加盖单位公章，再扫描；多证合一的，同一图片可重复使用",
            paper = { unit_issue = "copy", personal_issue = false } },

        { id = "orgcode_document", label = "组织机构代码证", kinds = { "unit_issue" }, when = { unit_document_type = "orgcode" },
            required = true, hint = "复印后加盖单位公章，再扫描", paper = "copy", same_as = "unit_document" },

        { id = "tax_document", label = "税务登记证", kinds = { "unit_issue" }, when = { unit_document_type = "orgcode" },
            required = true, hint = "复印后加盖单位公章，再扫描", paper = "copy", same_as = "unit_document" },

        { id = "social_document", label = "社会保险登记证", kinds = { "unit_issue" }, on = false, required = true,
            hint = "复印后加盖单位公章，再扫描", paper = "copy", same_as = "unit_document" },

        { id = "authorization", label = "单位授权委托书", kinds = { "unit_issue", "personal_issue" }, required = true,
            hint = "打印后签字并盖章，再扫描", paper = "original",
            printed = { unit_issue = "authorization", personal_issue = "authorization" } },

        { id = "applicant_document", label = "申请人有效证件", kinds = { "personal_issue" }, required = true,
            hint = "证件正反面复印到一张 A4 纸上，加盖单位公章，再扫描", paper = "copy" },

        { id = "handler_document", label = "经办人有效证件", kinds = { "unit_issue", "personal_issue" }, required = true,
            hint = "证件正反面复印到一张 A4 纸上，加盖单位公章，再扫描", paper = "copy",
            same_as = "applicant_document", same_when = { handler_same = "yes" } },

        { id = "seal_imprint", label = "签章印模", kinds = { "unit_issue", "personal_issue" }, when = { seal = "yes" },
            required = true, hint = "在印模表上盖章，用扫描仪按 300DPI 扫描成 JPG", paper = false,
            limit = 8 * MB, formats = { "jpeg" }, dpi = 300, dpi_strict = false,
            blank = { unit_issue = "unit_imprint", personal_issue = "personal_imprint" } },

        { id = "signature_imprint", label = "签名印模", kinds = { "personal_issue" }, when = { signature = "yes" },
            required = true, hint = "在印模表上签名，用扫描仪按 300DPI 扫描成 JPG", paper = false,
            limit = 8 * MB, formats = { "jpeg" }, dpi = 300, dpi_strict = false,
            blank = { personal_issue = "personal_imprint" } },

        { id = "spare_1", label = "备用材料1", kinds = { "unit_issue", "personal_issue" }, required = false,
            hint = "审核员要求补充时使用", paper = false },
    },
}
