-- SPDX-License-Identifier: Apache-2.0
-- password: never normalised or trimmed; judged by length, repetition and what everybody uses.
local password = {}

local MIN, MAX = 8, 64
local common_words = { "password", "passw0rd", "qwerty", "asdfgh", "zxcvbn", "abcd1234", "abc123", "admin", "iloveyou", "woaini",
    "5201314", "1314520", "123456", "654321", "112233", "111111", "000000", "888888", "666666", "147258", "1q2w3e", "qazwsx" }

local function distinct(value)
    local seen, n = {}, 0
    for i = 1, #value do
        local byte = string.byte(value, i)
        n = seen[byte] and n or n + 1
        seen[byte] = true
    end
    return n
end

-- How many characters stand in rows like 1234 or abcd.
local function in_rows(value)
    local rows, run = 0, 1
    for i = 2, #value + 1 do
        local step = i <= #value and string.byte(value, i) - string.byte(value, i - 1)
        if step == 1 or step == -1 or step == 0 then
            run = run + 1
        else
            rows, run = rows + (run >= 4 and run or 0), 1
        end
    end
    return rows
end

-- What remains when everything that is guessed first is taken out. words: user name, phone, mail address.
local function effective(value, words)
    local rest = string.lower(value)
    for _, list in ipairs { common_words, words } do
        for _, word in ipairs(list) do
            if #word >= 4 then
                local from, to = string.find(rest, string.lower(word), 1, true)
                rest = from and string.sub(rest, 1, from) .. string.sub(rest, to + 1) or rest
            end
        end
    end
    return rest
end

local function classes(value)
    local n = 0
    for _, class in ipairs { "%d", "%l", "%u", "[^%w]" } do
        n = string.find(value, class) and n + 1 or n
    end
    return n
end

-- password.strength(value, words) -> 0 (useless) to 4 (strong)
function password.strength(value, words)
    local rest = effective(value, words or {})
    local length = math.min(#rest - in_rows(rest) // 2, distinct(rest) * 2)
    if #value < MIN or length < 6 then
        return length < 4 and 0 or 1
    end
    local score = length + classes(value) * 2
    return score >= 20 and 4 or score >= 15 and 3 or score >= 10 and 2 or 1
end

-- password.check(value, field, words) -> value | nil, code, message
function password.check(value, field, words)
    if type(value) ~= "string" or value == "" then
        return nil, "missing", "请填写" .. field.label
    elseif not text.length(value) or string.find(value, "%c") then
        return nil, "encoding", field.label .. "含有无法使用的字符"
    elseif text.length(value) < MIN then
        return nil, "too_short", string.format("%s至少 %d 位", field.label, MIN)
    elseif text.length(value) > MAX then
        return nil, "too_long", string.format("%s不能超过 %d 位", field.label, MAX)
    elseif password.strength(value, words) < 2 then
        return nil, "weak", field.label .. "太容易被猜到，请加长，或混用字母、数字和符号，不要包含手机号、生日和连续数字"
    end
    return value
end

-- Only a password that is set is judged; one that is asked for must be taken as it is.
local function asked(value, field)
    if value == nil or value == "" then
        return password.check("", field)
    elseif type(value) ~= "string" or not text.length(value) or text.length(value) > MAX then
        return nil, "too_long", field.label .. "不正确"
    end
    return value
end

password.types = { password = { raw = true, check = function(value, field, ctx)
    if field.autocomplete ~= "new-password" then
        return asked(value, field)
    end
    return password.check(value, field, ctx.words)
end } }

return password
