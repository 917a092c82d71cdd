-- SPDX-License-Identifier: Apache-2.0
-- invoice_try: the adapter of try-it mode, and the page that its links lead to. No tax office knows of these.
local money = use "lib/money"
local page = use "lib/page"

local invoice_try = { id = "try" }

local function place(number)
    return "try_invoice:" .. number
end

-- Twenty digits that follow from the key.
local function number_of(key)
    local digits = string.gsub(crypto.sha256("invoice\n" .. key), "%a", function(c)
        return string.byte(c) % 10
    end)
    return string.sub(digits, 1, 20)
end

function invoice_try.create(ask)
    local number = number_of(ask.key)
    store.tx(function(tx)
        tx:put("setting", place(number), ask)
    end)
    return { number = number, link = config.public_url .. "/try/invoice/" .. number }
end

if config.try_mode == true then
    http.get("/try/invoice/{number}", function(req)
        local number = req:param("number")
        local ask = store.get("setting", place(number)) or fail("E_NOT_FOUND", "没有这张发票")
        return page.send(req, 200, "try/invoice", { title = "试用电子发票", crumbs = { { label = "试用电子发票" } }, rows = {
            { label = "发票号码", value = number }, { label = "发票抬头", value = ask.title },
            { label = "纳税人识别号", value = ask.tax_no ~= "" and ask.tax_no or nil }, { label = "项目", value = ask.what },
            { label = "价税合计", value = "¥" .. money.yuan(ask.fen) .. "（" .. money.capitals(ask.fen) .. "）" },
            { label = "备注", value = "业务受理号 " .. ask.number } } })
    end, { no_store = true })
end

return invoice_try
