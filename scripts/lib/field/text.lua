-- SPDX-License-Identifier: Apache-2.0
-- text: one line or several, with length and pattern from the declaration.
local common = use "lib/field/common"

local function check(value, field, lines)
    local ok, code, message = common.check_length(value, field)
    if not ok then
        return nil, code, message
    elseif not lines and string.find(value, "[\r\n]") then
        return nil, "lines", field.label .. "只能有一行"
    elseif field.pattern and not text.matches(value, field.pattern) then
        return nil, "format", field.message or (field.label .. "格式不正确")
    end
    return value
end

return {
    types = {
        text = { check = function(value, field)
            if field.pattern and field.compact then
                value = common.compact(value)
            end
            return check(string.gsub(value, "[ \t]+", " "), field, false)
        end },
        textarea = { check = function(value, field)
            return check(string.gsub(value, "\r\n?", "\n"), field, true)
        end },
    },
}
