-- SPDX-License-Identifier: Apache-2.0
-- stand_in: values of an application replaced by invented ones of the same class, which rules and checks judge alike: numbers
-- with right check digits, the same sex and year of birth, the same prefix of a credit code, the same length, the same kinds
-- of characters. Options, regions and days stay. Equal values stay equal, so that what was derived or repeated still is.
local choice = use "lib/field/choice"
local idcard = use "lib/field/idcard"
local reference = use "lib/field/reference"
local unitcode = use "lib/field/unitcode"

local stand_in = {}

local HAN, LATIN = "示", "é"
local CHARACTERS_MAX = 20000
local STAYS = { radio = true, select = true, checkbox = true, consent = true, date = true, region = true, number = true, readonly = true,
    file = true }

-- A character beyond ASCII: marks stay, letters and ideographs do not.
local function other(character)
    local code = utf8.codepoint(character)
    if code >= 0xc0 and code < 0x2000 then
        return LATIN
    elseif code == 0x3007 or code >= 0x3040 and code < 0xfe00 or code >= 0x20000 then
        return HAN
    end
    return character
end

-- What each character becomes, remembered: some thousands at most.
local characters, count = {}, 0
setmetatable(characters, { __index = function(_, character)
    local made = other(character)
    if count < CHARACTERS_MAX then
        characters[character], count = made, count + 1
    end
    return made
end })

-- stand_in.mask("A座-3 层", digit) -> "A示-1 示": letters, digits and ideographs exchanged, everything else and the length kept
function stand_in.mask(value, digit)
    value = string.gsub(value, "%d", digit or "1")
    value = string.gsub(string.gsub(value, "%l", "a"), "%u", "A")
    return (string.gsub(value, "[\194-\244][\128-\191]+", characters))
end

-- Each gives nothing for what is none of its kind.
local makers = {}

function makers.idcard(value)
    local province, year, sex = string.match(value, "^(%d%d)%d%d%d%d(%d%d%d%d)%d%d%d%d%d%d(%d)[%dX]$")
    if not province then
        return nil
    end
    local digits = province .. "0101" .. year .. "010100" .. (tonumber(sex) % 2 == 1 and "1" or "2")
    return digits .. idcard.check_digit(digits)
end

function makers.uscc(value)
    if not string.find(value, "^%w%w%d%d%d%d%d%d%w%w%w%w%w%w%w%w%w%w$") then
        return nil
    end
    local code = string.sub(value, 1, 2) .. "000000" .. "MA0000001"
    return code .. unitcode.uscc_check(code)
end

function makers.orgcode(value)
    return string.find(value, "^%w%w%w%w%w%w%w%w%-%w$") and "MA000000-" .. unitcode.org_check("MA000000") or nil
end

function makers.mobile(value)
    return string.find(value, "^1%d%d%d%d%d%d%d%d%d%d$") and string.sub(value, 1, 3) .. "00000000" or nil
end

-- Area code and extension keep their length: a landline, a mobile, a service number.
function makers.tel(value)
    local area, rest = string.match(value, "^(%d+%-)(.*)$")
    return area and area .. string.gsub(string.gsub(rest, "%d", "1"), "^1", "8") or makers.mobile(value)
end

-- The end of the domain stays: whose it is may matter (gov.cn), who it is may not.
function makers.email(value)
    local before, domain = string.match(value, "^(.*)@(.*)$")
    local ending = domain and (string.match(domain, "%.%l%l%l?%.cn$") or string.match(domain, "%.%l+$"))
    return ending and stand_in.mask(before) .. "@" .. stand_in.mask(string.sub(domain, 1, #domain - #ending)) .. ending or nil
end

function makers.reference(value)
    local year, month, day = string.match(value, "^(%d%d%d%d)(%d%d)(%d%d)%d%d%d%d%d%d%d%d%d%d%d%d$")
    return year and reference.make(year .. "-" .. month .. "-" .. day, 1) or nil
end

function makers.postcode(value)
    return string.find(value, "^%d%d%d%d%d%d$") and string.sub(value, 1, 2) .. "0001" or nil
end

-- A text with a pattern of its own: the exchange that the pattern judges as it judged the value.
local function with_pattern(pattern, value)
    local wanted = text.matches(value, pattern)
    for digit = 1, 9 do
        local made = stand_in.mask(value, tostring(digit))
        if text.matches(made, pattern) == wanted then
            return made
        end
    end
    return stand_in.mask(value)
end

-- What judges the value: of a document's number that of the chosen document.
local function judge_of(f, values)
    if f.type ~= "document" then
        return f.type, f.pattern
    end
    local option = choice.option_of({ options = f.documents }, values[f.document_of])
    return option and option.type or "text", option and option.pattern
end

local function make(f, values, value)
    local type_, pattern = judge_of(f, values)
    local maker = makers[type_]
    return maker and maker(value) or pattern and with_pattern(pattern, value) or stand_in.mask(value)
end

-- What follows from the value: a birth date, a name for comparison.
local function put_parts(out, id, values, made)
    local birth, key = id .. ".birth", id .. ".key"
    if values[birth] then
        out[birth] = string.sub(values[birth], 1, 4) .. "-01-01"
    elseif values[key] then
        out[key] = string.lower(made)
    end
end

local function replace(f, values, out, known)
    local value = values[f.id]
    if type(value) ~= "string" or value == "" then
        out[f.id] = value
        return
    end
    local made = known[value]
    if not made then
        made = make(f, values, value)
        known[value] = made
    end
    out[f.id] = made
    put_parts(out, f.id, values, made)
end

-- stand_in.plan(form) -> how the fields of a form (b:form) are treated; once for all applications. Numbers come first: a text
-- may repeat one.
function stand_in.plan(form)
    local numbers, texts, stays = {}, {}, {}
    for _, f in ipairs(form.order) do
        local list = STAYS[f.type] and stays or (makers[f.type] or f.type == "document") and numbers or texts
        list[#list + 1] = f
    end
    return { numbers = numbers, texts = texts, stays = stays, by_id = form.by_id }
end

-- Values of which the form knows nothing, and what reveals nobody of what follows from others.
local function put_rest(plan, values, out, known)
    for id, value in pairs(values) do
        local base, part = string.match(id, "^([^.]+)%.(%a+)$")
        if part == "text" or part == "kind" or part == "prefix" or part == "sex" then
            out[id] = value
        elseif not base and not plan.by_id[id] then
            replace({ id = id, type = "text" }, values, out, known)
        end
    end
end

-- stand_in.of(plan, values, known) -> new values. known: what was exchanged before in the same application (may be empty), is
-- added to.
function stand_in.of(plan, values, known)
    local out = {}
    for _, f in ipairs(plan.stays) do
        out[f.id] = values[f.id]
    end
    for _, f in ipairs(plan.numbers) do
        replace(f, values, out, known)
    end
    for _, f in ipairs(plan.texts) do
        replace(f, values, out, known)
    end
    put_rest(plan, values, out, known)
    return out
end

return stand_in
