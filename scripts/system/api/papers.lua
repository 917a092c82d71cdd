-- SPDX-License-Identifier: Apache-2.0
-- papers API: what an application prints, and to whom its invoice is made out, for programs.
local api = use "system/api/lib"
local case = use "system/service/case"
local invoice = use "system/service/invoice"
local order = use "system/service/order"
local printing = use "system/service/printing"

local function printable(req, user)
    local row = case.get(user, req:param("key"))
    return row.submitted and row or fail("E_CONFLICT", "提交数据后才能打印，请先完成并提交申请")
end

api.get("/api/v1/cases/{key}/prints", { id = "listPrints", tag = "cases", summary = "要打印的表单", answers = { [409] = "还没有提交数据" },
    returns = { type = "array", items = { type = "object", properties = { id = { type = "string" }, title = { type = "string" } } } } },
    function(req, user)
        return 200, json.array(printing.list(printable(req, user)))
    end)

api.get("/api/v1/cases/{key}/prints/{document}", { id = "readPrint", tag = "cases", summary = "一份表单的 PDF；all 是全部", gives = "application/pdf",
    answers = { [409] = "还没有提交数据" } }, function(req, user)
    local id = req:param("document")
    req:bytes(200, "application/pdf", printing.pdf(printable(req, user), id ~= "all" and id or nil))
end)

api.get("/api/v1/cases/{key}/payment-notice", { id = "readPaymentNotice", tag = "money", summary = "缴费单（PDF），供财务转账", gives = "application/pdf",
    answers = { [409] = "现在不能缴费" } }, function(req, user)
    local row = printable(req, user)
    if not order.is_open(row) and not order.of(row) then
        fail("E_CONFLICT", "申请现在不能缴费")
    end
    req:bytes(200, "application/pdf", printing.notice(user, row))
end)

local Invoice = api.schema("InvoiceTo", { type = "object", description = "发票抬头等；字段见 /api/v1/forms 的 invoice", properties = {
    values = { type = "object" }, open = { type = "boolean", description = "现在可以修改" } } })

local function shown(row)
    return { values = invoice.values(row, case.rules(row)), open = (invoice.allowed(row)) }
end

api.get("/api/v1/cases/{key}/invoice", { id = "getInvoice", tag = "money", summary = "电子发票开给谁", returns = Invoice }, function(req, user)
    return 200, shown(case.get(user, req:param("key")))
end)

api.put("/api/v1/cases/{key}/invoice", { id = "putInvoice", tag = "money", summary = "填写电子发票信息；缴费前可以修改", returns = Invoice,
    body = { type = "object", required = { "values" }, additionalProperties = false, properties = { values = { type = "object", title = "发票信息" } } },
    answers = { [409] = "已经缴费，或还没有提交" } }, function(req, user, body)
    local key = case.get(user, req:param("key")).key
    local errors = invoice.save(user, key, body.values)
    if errors then
        api.invalid(errors)
    end
    return 200, shown(case.get(user, key))
end)
