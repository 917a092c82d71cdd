-- SPDX-License-Identifier: Apache-2.0
-- region: provinces, cities and districts by their codes of 2, 4 and 6 digits. The tree is made by the build; an overlay
-- (business/regions.lua: added, renamed, closed) corrects it between two releases.
local common = use "lib/field/common"
local tree = use "generated/regions"

local region = {}

local children = {}
local codes = {}
for code in pairs(tree) do
    codes[#codes + 1] = code
end
table.sort(codes)
for _, code in ipairs(codes) do
    local parent = string.sub(code, 1, -3)
    children[parent] = children[parent] or {}
    table.insert(children[parent], code)
end

local function name_of(code, overlay)
    return overlay.renamed[code] or overlay.added[code] or tree[code]
end

-- The name of a code, or nil when there is none.
function region.name(code, overlay)
    return name_of(code, overlay)
end

-- The choices below a parent ("" gives the provinces): list of { value, label }, without those that were closed.
function region.children(parent, overlay)
    local list = {}
    local function put(code)
        if not overlay.closed[code] then
            list[#list + 1] = { value = code, label = name_of(code, overlay) }
        end
    end
    for _, code in ipairs(children[parent] or {}) do
        put(code)
    end
    for code in pairs(overlay.added) do
        if string.sub(code, 1, -3) == parent and not tree[code] then
            put(code)
        end
    end
    table.sort(list, function(a, b) return a.value < b.value end)
    return list
end

-- The tree as the selects need it (lib/region): { code (six digits), name, children }. A city without districts is a leaf.
function region.tree(overlay)
    local function nodes(parent)
        local list = {}
        for i, child in ipairs(region.children(parent, overlay)) do
            local code = child.value .. string.rep("0", 6 - #child.value)
            local below = #child.value < 6 and nodes(child.value) or {}
            local is_leaf = #below == 0 or below[1].code == code
            list[i] = { code = code, name = child.label, children = not is_leaf and below or nil }
        end
        return list
    end
    return nodes("")
end

-- "430102" -> "湖南省长沙市芙蓉区"; levels that only repeat or fill in are left out. nil when there is no such district.
function region.words(code, overlay)
    local province = name_of(string.sub(code, 1, 2), overlay)
    local city = name_of(string.sub(code, 1, 4), overlay)
    local district = name_of(code, overlay)
    if #code ~= 6 or not province or not city or not district then
        return nil
    end
    if city == "市辖区" or city == "县" or string.find(city, "^省直辖县级") or string.find(city, "^自治区直辖县级") or city == district then
        city = ""
    end
    return province .. city .. district
end

local function check(value, field, ctx)
    local code = common.compact(value)
    local overlay = ctx.regions
    if not string.find(code, "^%d+$") or #code ~= 6 then
        return nil, "incomplete", "请选择" .. field.label .. "的省、市、区县"
    end
    local words = region.words(code, overlay)
    if not words then
        return nil, "choice", "请重新选择" .. field.label .. "：所选的区县不存在"
    elseif overlay.closed[code] then
        return nil, "closed", "请重新选择" .. field.label .. "：" .. words .. "已撤销或更名"
    end
    return code, nil, nil, { text = words }
end

region.types = { region = { check = check } }

return region
