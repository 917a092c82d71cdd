-- SPDX-License-Identifier: Apache-2.0
-- rules_diff: what differs between two sets of files, file by file.
local diff = use "lib/diff"
local rules = use "lib/business/rules"

local rules_diff = {}

local AROUND = 3

local function names_of(before, after)
    local names = {}
    for name in pairs(before) do
        names[#names + 1] = name
    end
    for name in pairs(after) do
        names[#names + 1] = before[name] == nil and name or nil
    end
    table.sort(names)
    return names
end

-- rules_diff.reach(before, after) -> { now, later }: lists of { name, words } of the files that differ: those that count at once for
-- every application (words and calendars), and those that only new ones follow. A bundle's own tests count nowhere.
function rules_diff.reach(before, after)
    local out = { now = {}, later = {} }
    for _, name in ipairs(names_of(before, after)) do
        if before[name] ~= after[name] and not text.starts(name, "tests/") then
            local list = rules.is_live_file((string.gsub(name, "%.lua$", ""))) and out.now or out.later
            list[#list + 1] = { name = name, words = not before[name] and "新文件" or not after[name] and "删除" or "修改" }
        end
    end
    return out
end

-- rules_diff.of(before, after) -> list of { name, state = new | removed | changed, rows (of lib/diff), added, taken }
function rules_diff.of(before, after)
    local out = json.array {}
    for _, name in ipairs(names_of(before, after)) do
        if before[name] ~= after[name] then
            local file = { name = name, state = not before[name] and "new" or not after[name] and "removed" or "changed", added = 0, taken = 0 }
            file.rows = diff.rows(before[name] or "", after[name] or "", AROUND)
            for _, row in ipairs(file.rows) do
                file.added = file.added + (row.sign == "+" and 1 or 0)
                file.taken = file.taken + (row.sign == "-" and 1 or 0)
            end
            out[#out + 1] = file
        end
    end
    return out
end

return rules_diff
