-- SPDX-License-Identifier: Apache-2.0
-- diff and merge of texts, also against a plain reference on random texts.
local check = use "tests/check"
local diff = use "lib/diff"

-- Puts the hunks of a → b into a: must give b.
local function applied(a, b)
    local out, at = {}, 1
    for _, h in ipairs(diff.hunks(a, b)) do
        table.move(a, at, h.a - 1, #out + 1, out)
        table.move(b, h.b, h.b + h.b_count - 1, #out + 1, out)
        at = h.a + h.a_count
    end
    table.move(a, at, #a, #out + 1, out)
    return out
end

-- Length of the longest common subsequence, the slow way.
local function common(a, b)
    local row = {}
    for j = 0, #b do
        row[j] = 0
    end
    for i = 1, #a do
        local left = 0
        for j = 1, #b do
            local up = row[j]
            row[j] = a[i] == b[j] and left + 1 or math.max(row[j], row[j - 1])
            left = up
        end
    end
    return row[#b]
end

local function random_lines(seed, n)
    local out = {}
    for i = 1, n do
        seed = (seed * 1103515245 + 12345) % 2147483648
        out[i] = string.char(97 + seed // 65536 % 4)
    end
    return out, seed
end

check.once("diff gives the shortest script, and applying it gives the other text", function()
    local seed = 7
    for _ = 1, 60 do
        local a, b
        a, seed = random_lines(seed, 3 + seed % 17)
        b, seed = random_lines(seed, 3 + seed % 19)
        check.equal(table.concat(applied(a, b), "\n"), table.concat(b, "\n"))
        local changed = 0
        for _, h in ipairs(diff.hunks(a, b)) do
            changed = changed + h.a_count + h.b_count
        end
        check.equal(changed, #a + #b - 2 * common(a, b))
    end
end)

check.test("changes of different places merge", function()
    local base = "one\ntwo\nthree\nfour\nfive\n"
    local merged, conflicts = diff.merge(base, "one\n2\nthree\nfour\nfive\n", "one\ntwo\nthree\nfour\nfive\nsix\n")
    check.equal(merged, "one\n2\nthree\nfour\nfive\nsix\n")
    check.equal(#conflicts, 0)
end)

check.test("the same change on both sides is no conflict", function()
    local merged, conflicts = diff.merge("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n")
    check.equal(merged, "a\nB\nc\n")
    check.equal(#conflicts, 0)
end)

check.test("changes of one place are a conflict that loses nothing", function()
    local merged, conflicts = diff.merge("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n")
    check.equal(#conflicts, 1)
    check.equal(conflicts[1].mine .. "|" .. conflicts[1].theirs .. "|" .. conflicts[1].base, "mine|theirs|b")
    check.equal(merged, "a\n<<<<<<< 我的修改\nmine\n=======\ntheirs\n>>>>>>> 已发布的版本\nc\n")
end)

check.test("one side alone wins, deletions too", function()
    check.equal((diff.merge("a\nb\nc\n", "a\nc\n", "a\nb\nc\n")), "a\nc\n")
    check.equal((diff.merge("", "x\n", "")), "x\n")
end)
