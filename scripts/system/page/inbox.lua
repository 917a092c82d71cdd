-- SPDX-License-Identifier: Apache-2.0
-- inbox: where SMS, mail and answers of captchas land in try-it mode; there is no other bypass.
local message = use "system/service/message"
local page = use "lib/page"

local CHANNELS = { sms = "短信", mail = "邮件", captcha = "图形验证码" }

local function shown()
    local out = json.array {}
    for i, one in ipairs(message.latest(50).rows) do
        local m = one.row
        out[i] = { key = one.key, channel = m.channel, to = m.to, subject = m.subject, text = m.text, at = m.at, id = m.id, params = m.params }
    end
    return out
end

if config.try_mode == true then
    http.get("/try/inbox", function(req)
        local list = shown()
        for _, m in ipairs(list) do
            m.channel, m.lines = CHANNELS[m.channel] or m.channel, text.split(m.text, "\n")
        end
        return page.send(req, 200, "try/inbox", { title = "试用收件箱", crumbs = { { label = "试用收件箱" } }, messages = list })
    end, { no_store = true })
end
