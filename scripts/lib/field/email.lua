-- SPDX-License-Identifier: Apache-2.0
-- email: an address that can be delivered to; the domain in lower case.
local LOCAL = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
local DOMAIN = "([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,24}"

local function check(value, field)
    value = string.gsub(value, "[ \t\r\n]", "")
    value = string.gsub(value, "。", ".")
    local before, after = string.match(value, "^([^@]+)@([^@]+)$")
    if not before or #value > 254 or #before > 64 then
        return nil, "format", field.label .. "应为邮箱地址，例如 name@example.com"
    end
    after = string.lower(after)
    if not text.matches(before, LOCAL) or not text.matches(after, DOMAIN) then
        return nil, "format", field.label .. "应为邮箱地址，例如 name@example.com"
    end
    return before .. "@" .. after
end

return { types = { email = { check = check } } }
