-- SPDX-License-Identifier: Apache-2.0
-- money: integer fen as people read it.
local money = {}

local DIGITS = { [0] = "零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖" }
local PLACES = { "", "拾", "佰", "仟" }
local GROUPS = { "", "万", "亿", "万亿" }

-- 1234567 -> "12,345.67"
function money.yuan(fen)
    local whole = tostring(math.abs(fen) // 100)
    local grouped = string.gsub(string.reverse(whole), "(%d%d%d)", "%1,")
    grouped = string.gsub(string.reverse(grouped), "^,", "")
    return string.format("%s%s.%02d", fen < 0 and "-" or "", grouped, math.abs(fen) % 100)
end

-- Four digits: 1005 -> "壹仟零伍"
local function group_text(n)
    local out, zero = "", false
    for place = 4, 1, -1 do
        local digit = n // 10 ^ (place - 1) % 10
        digit = math.tointeger(digit)
        if digit == 0 then
            zero = out ~= ""
        else
            out = out .. (zero and "零" or "") .. DIGITS[digit] .. PLACES[place]
            zero = false
        end
    end
    return out
end

local function whole_text(yuan)
    local out, at, gap = "", 1, false
    while yuan > 0 do
        local n = yuan % 10000
        if n > 0 then
            out = group_text(n) .. GROUPS[at] .. (gap and out ~= "" and "零" or "") .. out
            gap = n < 1000
        else
            gap = out ~= ""
        end
        yuan, at = yuan // 10000, at + 1
    end
    return out
end

-- 19000 -> "壹佰玖拾元整"; 1 -> "壹分"; 10005 -> "壹佰元零伍分". At most 9999 亿.
function money.capitals(fen)
    local yuan, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    local out = yuan > 0 and (whole_text(yuan) .. "元") or ""
    if jiao == 0 and cents == 0 then
        return out == "" and "零元整" or (out .. "整")
    end
    if jiao > 0 then
        out = out .. DIGITS[jiao] .. "角"
    elseif yuan > 0 then
        out = out .. "零"
    end
    return cents > 0 and (out .. DIGITS[cents] .. "分") or (out .. "整")
end

return money
