-- SPDX-License-Identifier: Apache-2.0
-- diff: what changed between two texts, line by line (Myers, "An O(ND) Difference Algorithm", 1986), and the merge of two
-- changes of one text. Pure.
local diff = {}

local EDITS_MAX = 2000

-- The lines of a text; a last line without its end counts too.
function diff.lines(body)
    local out, at = {}, 1
    while at <= #body do
        local stop = string.find(body, "\n", at, true) or #body + 1
        out[#out + 1] = string.sub(body, at, stop - 1)
        at = stop + 1
    end
    return out
end

local function follow(a, b, x, y)
    while x < #a and y < #b and a[x + 1] == b[y + 1] do
        x, y = x + 1, y + 1
    end
    return x, y
end

-- The furthest point on diagonal k after d edits.
local function step(v, d, k)
    if k == -d or k ~= d and v[k - 1] < v[k + 1] then
        return v[k + 1]
    end
    return v[k - 1] + 1
end

-- The trace of furthest points, one table for each number of edits; nil when there are too many.
local function trace_of(a, b)
    local v, trace = { [1] = 0 }, {}
    for d = 0, math.min(#a + #b, EDITS_MAX) do
        local kept = {}
        for k = -d, d, 2 do
            local x = step(v, d, k)
            local y = x - k
            x, y = follow(a, b, x, y)
            v[k], kept[k] = x, x
            if x >= #a and y >= #b then
                trace[d] = kept
                return trace, d
            end
        end
        trace[d] = kept
    end
    return nil
end

-- The pairs of equal lines, as { place in a = place in b }, from the trace walked backwards.
local function pairs_of(a, b)
    local trace, d = trace_of(a, b)
    local same, x, y = {}, #a, #b
    if not trace then
        return same
    end
    for edits = d, 0, -1 do
        local k, before = x - y, trace[edits - 1]
        local from_x, from_y = 0, 0
        if before then
            local down = k == -edits or k ~= edits and before[k - 1] < before[k + 1]
            local from_k = down and k + 1 or k - 1
            from_x, from_y = before[from_k], before[from_k] - from_k
        end
        while x > from_x and y > from_y and a[x] == b[y] do
            same[x], x, y = y, x - 1, y - 1
        end
        x, y = from_x, from_y
    end
    return same
end

-- diff.hunks(a, b) -> list of { a = first, a_count, b = first, b_count }: runs of lines that differ, of two lists of lines
function diff.hunks(a, b)
    local same, out = pairs_of(a, b), {}
    local i, j = 1, 1
    while i <= #a or j <= #b do
        local from_i, from_j = i, j
        while i <= #a and not same[i] do
            i = i + 1
        end
        j = i <= #a and same[i] or #b + 1
        if i > from_i or j > from_j then
            out[#out + 1] = { a = from_i, a_count = i - from_i, b = from_j, b_count = j - from_j }
        end
        while i <= #a and same[i] == j do
            i, j = i + 1, j + 1
        end
        if i > #a and j > #b then
            break
        end
    end
    return out
end

-- diff.rows(before, after, around) -> list of { sign = " " | "-" | "+" | "…", text, old, new } with `around` equal lines about changes
function diff.rows(before, after, around)
    local a, b, out, at = diff.lines(before), diff.lines(after), {}, 1
    local function equal(from, to, shift)
        for i = from, to do
            out[#out + 1] = { sign = " ", text = a[i], old = i, new = i + shift }
        end
    end
    local shift = 0
    for n, h in ipairs(diff.hunks(a, b)) do
        local gap = h.a - at
        if gap > 2 * around then
            equal(at, n == 1 and at - 1 or at + around - 1, shift)
            out[#out + 1] = { sign = "…", text = "" }
            equal(h.a - around, h.a - 1, shift)
        else
            equal(at, h.a - 1, shift)
        end
        for i = h.a, h.a + h.a_count - 1 do
            out[#out + 1] = { sign = "-", text = a[i], old = i }
        end
        for j = h.b, h.b + h.b_count - 1 do
            out[#out + 1] = { sign = "+", text = b[j], new = j }
        end
        at, shift = h.a + h.a_count, h.b + h.b_count - h.a - h.a_count
    end
    if #out > 0 then
        equal(at, math.min(#a, at + around - 1), shift)
    end
    return out
end

local function append(out, list, from, count)
    for i = from, from + count - 1 do
        out[#out + 1] = list[i]
    end
end

local function slice(list, from, count)
    local out = {}
    append(out, list, from, count)
    return table.concat(out, "\n")
end

-- Where a place of the base lies on a side, given the hunks of that side before it.
local function overlap(h, first, last)
    return h.a <= last and h.a + h.a_count >= first
end

-- The hunks of one side that touch base lines first … last, which they widen; and how far the side is shifted before.
local function touching(hunks, at, first, last)
    local n = at
    while hunks[n] and overlap(hunks[n], first, last) do
        first, last = math.min(first, hunks[n].a), math.max(last, hunks[n].a + hunks[n].a_count)
        n = n + 1
    end
    return n, first, last
end

local function side_of(hunks, from, to, first, last, list)
    if from == to then
        return nil
    end
    local head, tail = hunks[from], hunks[to - 1]
    local start = head.b - (head.a - first)
    local count = tail.b + tail.b_count - start + (last - tail.a - tail.a_count)
    return { from = start, count = count, text = slice(list, start, count) }
end

-- diff.merge(base, mine, theirs) -> merged text, conflicts: list of { base, mine, theirs } (texts); in the merged text each
-- conflict stands between <<<<<<<, ======= and >>>>>>> lines. label, behind the last, says whose the second version is.
function diff.merge(base_text, mine_text, theirs_text, label)
    local base, mine, theirs = diff.lines(base_text), diff.lines(mine_text), diff.lines(theirs_text)
    local hm, ht = diff.hunks(base, mine), diff.hunks(base, theirs)
    local out, conflicts, at, im, it = {}, {}, 1, 1, 1
    while hm[im] or ht[it] do
        local first = math.min(hm[im] and hm[im].a or math.huge, ht[it] and ht[it].a or math.huge)
        local last, fm, ft, before = first, im, it, nil
        repeat
            before = first + last
            im, first, last = touching(hm, im, first, last)
            it, first, last = touching(ht, it, first, last)
        until before == first + last
        append(out, base, at, first - at)
        local m, t = side_of(hm, fm, im, first, last, mine), side_of(ht, ft, it, first, last, theirs)
        if m and t and m.text ~= t.text then
            conflicts[#conflicts + 1] = { base = slice(base, first, last - first), mine = m.text, theirs = t.text }
            out[#out + 1] = "<<<<<<< 我的修改"
            append(out, mine, m.from, m.count)
            out[#out + 1] = "======="
            append(out, theirs, t.from, t.count)
            out[#out + 1] = ">>>>>>> " .. (label or "已发布的版本")
        elseif m then
            append(out, mine, m.from, m.count)
        else
            append(out, theirs, t.from, t.count)
        end
        at = last
    end
    append(out, base, at, #base - at + 1)
    return table.concat(out, "\n") .. (#out > 0 and "\n" or ""), conflicts
end

return diff
