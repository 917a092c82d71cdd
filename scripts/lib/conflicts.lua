-- SPDX-License-Identifier: Apache-2.0
-- conflicts: the places of a merged text (diff.merge) at which somebody must choose. Pure.
local diff = use "lib/diff"

local conflicts = {}

local function begins(line, mark)
    return string.sub(line, 1, #mark) == mark
end

-- conflicts.of(text) -> list of { line, stop, mine, theirs (lists of lines), label }: label says whose the second version is
function conflicts.of(body)
    local out, open, side = {}, nil, nil
    for number, line in ipairs(diff.lines(body)) do
        if begins(line, "<<<<<<<") then
            open, side = { line = number, mine = {}, theirs = {} }, "mine"
        elseif open and begins(line, "=======") then
            side = "theirs"
        elseif open and begins(line, ">>>>>>>") then
            open.stop, open.label = number, text.trim(string.sub(line, 8))
            out[#out + 1] = open
            open, side = nil, nil
        elseif open then
            open[side][#open[side] + 1] = line
        end
    end
    return out
end

local kept = { mine = { "mine" }, theirs = { "theirs" }, both = { "mine", "theirs" } }

-- conflicts.settle(text, n, how) -> the text with the n-th place settled: how = mine, theirs or both; and the line there
function conflicts.settle(body, n, how)
    local one = conflicts.of(body)[n]
    if not one or not kept[how] then
        fail("E_INVALID", "这一处冲突已经处理过了")
    end
    local out = {}
    for number, line in ipairs(diff.lines(body)) do
        if number == one.line then
            for _, side in ipairs(kept[how]) do
                table.move(one[side], 1, #one[side], #out + 1, out)
            end
        elseif number < one.line or number > one.stop then
            out[#out + 1] = line
        end
    end
    return table.concat(out, "\n") .. "\n", one.line
end

return conflicts
