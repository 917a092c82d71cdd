-- SPDX-License-Identifier: Apache-2.0
-- templates: certificate profiles. A row may only narrow what the signer's profile of that name allows.
--   issued   false: the name is known (lists, filters) but no certificate is made from it in this release
--   subject  parts of the name in their order: { field of the name, where the value comes from }
return {
    media = {
        { value = "ukey", label = "UKey", hint = "密钥保存在 USB 智能密码钥匙中" },
        { value = "soft", label = "软证书", hint = "密钥保存在您电脑上的文件中，在线下载，无需邮寄" },
    },

    rows = {
        { id = "sm2_unit", label = "SM2机构证书", subject_type = "unit", issued = false, algorithm = "sm2", pair = true,
            media = { "ukey" }, max_years = 5, usage = { "digitalSignature", "nonRepudiation" },
            subject = { { part = "C", value = "CN" }, { part = "O", from = "unit_name" }, { part = "CN", from = "unit_name" } } },

        { id = "zjt_person", label = "ZJT个人证书", subject_type = "person", issued = false, algorithm = "sm2", pair = true,
            media = { "ukey" }, max_years = 5, usage = { "digitalSignature", "nonRepudiation" },
            subject = { { part = "C", value = "CN" }, { part = "O", from = "work_unit" }, { part = "CN", from = "applicant_name" } } },

        { id = "p256_unit", label = "P256机构证书", subject_type = "unit", issued = true, algorithm = "p256", pair = false,
            media = { "ukey", "soft" }, max_years = 5, usage = { "digitalSignature", "nonRepudiation" },
            extended = { "clientAuth", "emailProtection" },
            subject = { { part = "C", value = "CN" }, { part = "O", from = "unit_name" },
                { part = "organizationIdentifier", from = "unit_document_no" }, { part = "CN", from = "unit_name" } } },

        { id = "p256_person", label = "P256个人证书", subject_type = "person", issued = true, algorithm = "p256", pair = false,
            media = { "ukey", "soft" }, max_years = 5, usage = { "digitalSignature", "nonRepudiation" },
            extended = { "clientAuth", "emailProtection" },
            subject = { { part = "C", value = "CN" }, { part = "O", from = "work_unit" }, { part = "CN", from = "applicant_name" } } },
    },
}
