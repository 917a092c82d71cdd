-- SPDX-License-Identifier: Apache-2.0
-- Check digits: generated valid numbers pass, every single wrong digit is refused, letters and birth dates too.
local check = use "tests/check"
local field = use "lib/field"
local idcard = use "lib/field/idcard"
local reference = use "lib/field/reference"
local unitcode = use "lib/field/unitcode"

local ID = { type = "idcard", label = "证件号码" }
local USCC = { type = "uscc", label = "证件号码" }
local ORG = { type = "orgcode", label = "证件号码" }

-- A sequence of numbers, the same on every run.
local function sequence(seed)
    return function(n)
        seed = (seed * 1103515245 + 12345) % 2147483648
        return seed // 65536 % n
    end
end

local function id_number(next_number)
    local region = ({ "110101", "310104", "430102", "500103", "650102", "810000", "130102", "440305" })[next_number(8) + 1]
    local digits = string.format("%s%04d%02d%02d%03d", region, 1930 + next_number(80), 1 + next_number(12), 1 + next_number(28),
        next_number(1000))
    return digits .. idcard.check_digit(digits)
end

local function credit_code(next_number)
    local alphabet, code = "0123456789ABCDEFGHJKLMNPQRTUWXY", ({ "91", "92", "12", "51" })[next_number(4) + 1]
    code = code .. string.format("%06d", next_number(1000) * 1000 + next_number(1000))
    for _ = 9, 17 do
        local at = next_number(31) + 1
        code = code .. string.sub(alphabet, at, at)
    end
    return code .. unitcode.uscc_check(code)
end

local function org_code(next_number)
    local code = string.format("%04d%04d", next_number(10000), next_number(10000))
    return code .. unitcode.org_check(code)
end

-- Replaces each digit in turn by each other digit and counts what is let through.
local function let_through(decl, code, last)
    local n = 0
    for at = 1, last do
        local was = string.sub(code, at, at)
        for digit = 0, 9 do
            if tostring(digit) ~= was and string.find(was, "%d") then
                n = field.check(decl, string.sub(code, 1, at - 1) .. digit .. string.sub(code, at + 1)) and n + 1 or n
            end
        end
    end
    return n
end

check.test("generated numbers pass", function()
    local next_number = sequence(20261124)
    for _ = 1, 100 do
        for decl, made in pairs { [ID] = id_number(next_number), [USCC] = credit_code(next_number), [ORG] = org_code(next_number) } do
            local clean, code, message = field.check(decl, made)
            if not clean then
                error(made .. ": " .. code .. " " .. message)
            end
        end
    end
end)

check.once("no single wrong digit passes", function()
    local next_number = sequence(7)
    for _ = 1, 3 do
        check.equal(let_through(ID, id_number(next_number), 18), 0)
        check.equal(let_through(USCC, credit_code(next_number), 18), 0)
        check.equal(let_through(ORG, org_code(next_number), 9), 0)
    end
end)

check.test("published numbers pass", function()
    check.equal(field.check(ID, "11010519491231002x"), "11010519491231002X")
    check.equal(field.check(ID, "440524188001010014") == nil, true) -- born before 1900
    check.equal(field.check(USCC, "91350100M000100Y43"), "91350100M000100Y43")
    check.equal(field.check(ORG, "D2143569-X"), "D2143569-X")
end)

check.test("identity numbers give birth date and sex", function()
    local value, _, _, parts = field.check(ID, "１１０１０５ 19491231-002x")
    check.equal(value, "11010519491231002X")
    check.equal(parts, { birth = "1949-12-31", sex = "female" })
    local _, code = field.check(ID, "430102199013070012")
    check.equal(code, "birth")
    _, code = field.check(ID, "990102199003070012")
    check.equal(code, "region")
    _, code = field.check(ID, "110105491231002")
    check.equal(code, "old")
    _, code = field.check(ID, "11010519491231002")
    check.equal(code, "format")
    _, code = field.check(ID, "110105194912310021")
    check.equal(code, "check_digit")
    local young = "43010220260101001"
    young = young .. idcard.check_digit(young)
    _, code = field.check(ID, young, { today = "2025-12-31" })
    check.equal(code, "birth")
    check.equal(field.check(ID, young, { today = "2026-01-01" }), young)
end)

check.test("credit codes name their alphabet", function()
    local _, code = field.check(USCC, "91350100M0O0100Y43")
    check.equal(code, "format")
    _, code = field.check(USCC, "91350100M000100Y4")
    check.equal(code, "format")
    _, code = field.check(USCC, "91350100M000100Y44")
    check.equal(code, "check_digit")
    local value, _, _, parts = field.check(USCC, " 91350100m000100y43 ")
    check.equal(value, "91350100M000100Y43")
    check.equal(parts.prefix, "91")
end)

check.test("reference numbers carry a check digit (C7)", function()
    local decl = { type = "reference", label = "业务受理号" }
    local next_number = sequence(11)
    for _ = 1, 40 do
        local made = reference.make("2026-11-24", next_number(32768) * 32768 + next_number(32768))
        check.equal(field.check(decl, made), made)
    end
    local made = reference.make("2026-11-24", 17)
    check.equal(let_through(decl, made, 20), 0)
    check.equal(field.check(decl, "SFCA-" .. string.sub(made, 1, 8) .. " " .. string.sub(made, 9)), made)
    local _, code = field.check(decl, string.sub(made, 1, 18))
    check.equal(code, "format")
    check.raises("E_INVALID", reference.make, "2026-11-24", 100000000000)
end)
