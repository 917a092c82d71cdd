-- SPDX-License-Identifier: Apache-2.0
-- rules_diff: what differs between two sets of files, file by file.
local diff = use "lib/diff"

local rules_diff = {}

local AROUND = 3

-- rules_diff.of(before, after) -> list of { name, state = new | removed | changed, rows (of lib/diff), added, taken }
function rules_diff.of(before, after)
    local names, out = {}, json.array {}
    for name in pairs(before) do
        names[#names + 1] = name
    end
    for name in pairs(after) do
        names[#names + 1] = before[name] == nil and name or nil
    end
    table.sort(names)
    for _, name in ipairs(names) do
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
