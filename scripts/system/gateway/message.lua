-- SPDX-License-Identifier: Apache-2.0
-- message gateway: mail by SMTP; in try-it mode nothing leaves the house, the rows are the inbox.
local gateway = {}

local is_try = config.try_mode == true

-- gateway.send(row, text): one message out; raises to be tried again.
function gateway.send(row, body)
    if is_try or row.channel == "captcha" then
        return
    elseif row.channel == "mail" then
        return mail.send { to = row.to, subject = row.subject, text = body }
    end
    return fail("E_UNREACHABLE", "no SMS provider is configured")
end

return gateway
