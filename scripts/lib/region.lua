-- SPDX-License-Identifier: Apache-2.0
-- region: the selects of province, city, district over a tree of { code, name, children }. Pure; whose tree it is, the field
-- says. The tree of the country and its words: lib/field/region.
local region = {}

local LABELS = { "省级", "市级", "区县级" }

-- A select says the name, which is unique in its list and half of what name and code would weigh; programs say the code.
local function child(list, said)
    for _, node in ipairs(list or {}) do
        if node.code == said or node.name == said then
            return node
        end
    end
    return nil
end

-- The nodes that the codes of one select each lead to; ends where one does not belong to the one before it.
function region.walk(tree, codes)
    local path, list = {}, tree
    for i, code in ipairs(codes) do
        local node = child(list, code)
        if not node then
            break
        end
        path[i], list = node, node.children
    end
    return path
end

-- The codes of the levels above and of the code itself: "330106" -> { "330000", "330100", "330106" }
local function codes_of(code)
    if code == "" then
        return {}
    end
    local province, city = string.sub(code, 1, 2) .. "0000", string.sub(code, 1, 4) .. "00"
    if code == province then
        return { province }
    end
    return code == city and { province, city } or { province, city, code }
end

-- What each select shows for a value that is a code of any level: list of { label, options, value }
function region.levels(tree, value, depth)
    local path = region.walk(tree, codes_of(value or ""))
    local levels, list = {}, tree
    for i = 1, depth do
        levels[i] = { label = LABELS[i], options = list or {}, value = path[i] and path[i].code }
        list = path[i] and path[i].children
    end
    return levels
end

-- The code that the selects (names or codes) say together, as deep as they agree, and whether nothing is left to choose.
function region.settle(tree, codes)
    local path = region.walk(tree, codes)
    local last = path[#path]
    return last and last.code or "", last ~= nil and not last.children
end

return region
