-- SPDX-License-Identifier: Apache-2.0
-- try API: what a program needs in try-it mode in place of a phone and a mailbox; not there in production.
local api = use "system/api/lib"
local message = use "system/service/message"
local pay_try = use "system/gateway/pay_try"

local Message = api.schema("Message", { type = "object", properties = {
    key = { type = "string" }, channel = { type = "string", enum = { "sms", "mail", "captcha" } }, to = { type = "string" },
    subject = { type = "string" }, text = { type = "string" }, at = { type = "integer" }, id = { type = "string" },
    params = { type = "object", description = "验证码、授权码等，按名称" } } })

local habits = json.array {}
for i, habit in ipairs(pay_try.habits) do
    habits[i] = habit.value
end

local function shown(one)
    local m = one.row
    return { key = one.key, channel = m.channel, to = m.to, subject = m.subject, text = m.text, at = m.at, id = m.id, params = m.params }
end

if config.try_mode == true then
    api.get("/api/v1/try/inbox", {
        id = "readInbox", tag = "try", summary = "试用收件箱：短信、邮件和图形验证码的答案，最新的在前", auth = "none",
        query = api.paged { { "to", { type = "string", maxLength = 254 } } }, returns = api.page_of(Message),
    }, function(_, _, _, query)
        local found = message.latest(query.limit or 50, query.after, query.to)
        local items = {}
        for i, one in ipairs(found.rows) do
            items[i] = shown(one)
        end
        return 200, api.page(items, found)
    end)

    api.post("/api/v1/try/trades/{out_no}", {
        id = "payTrade", tag = "try", summary = "试用收银台：付款；habit 是支付平台通知的方式", auth = "none",
        body = { type = "object", additionalProperties = false, properties = { habit = { type = "string", enum = habits } } },
        returns = { type = "object", properties = { state = { type = "string" } } },
    }, function(req, _, body)
        local out_no = req:param("out_no")
        if not pay_try.trade(out_no) then
            fail("E_NOT_FOUND", "没有这笔交易")
        end
        return 200, { state = pay_try.pay(out_no, body.habit or "fine") }
    end)
end
