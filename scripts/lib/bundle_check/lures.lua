-- SPDX-License-Identifier: Apache-2.0
-- lures: facts for which a flow may have a way of its own. The texts of flows and of what they use are read for what they compare
-- facts with ("facts.total == 12345", values.unit_name ~= "…"), so that the walk can try exactly that.
local flows = use "lib/business/flows"
local lua_places = use "lib/lua_places"

local lures = {}

local MOST = 12
local LITERALS = { '("[^"\n]*")', "('[^'\n]*')", "(%d+)" }
local COMPARE = "%)?%s*[=~<>]=?%s*"
local NAME = "([%a_][%w_.]*)"

-- What the walk moves by itself, and what is no fact.
local own = { agreed = true, missing = true, identity = true, paid = true, voucher = true, approvals = true, paper = true, returned = true,
    medium = true, own = true, errors = true, by = true, kind = true, state = true, event = true, options = true, values = true }

local function value_of(literal)
    return math.tointeger(tonumber(literal)) or string.sub(literal, 2, -2)
end

-- { fact = value } of the release, or { values = { field = value } }.
local function change_of(name, value)
    if flows.facts[name] ~= nil or name == "today" or name == "quote_date" then
        return { [name] = value }
    end
    return { values = { [name] = tostring(value) } }
end

local function add(found, chain, literal)
    local name, value = string.match(chain, "([%w_]+)$"), value_of(literal)
    if not name or own[name] or value == "" or not string.find(chain, ".", 1, true) then
        return
    end
    for _, one in ipairs(math.type(value) == "integer" and { value, value + 1, value - 1 } or { value }) do
        local key = name .. "=" .. tostring(one)
        if not found[key] and #found < MOST then
            found[key], found[#found + 1] = true, change_of(name, one)
        end
    end
end

local function read(found, body)
    for _, literal in ipairs(LITERALS) do
        for chain, text_of in string.gmatch(body, NAME .. COMPARE .. literal) do
            add(found, chain, text_of)
        end
        for text_of, chain in string.gmatch(body, literal .. COMPARE .. NAME) do
            add(found, chain, text_of)
        end
    end
end

local function together(found)
    local all = { values = {} }
    for i = #found, 1, -1 do
        for name, value in pairs(found[i]) do
            if name == "values" then
                for field, text_of in pairs(value) do
                    all.values[field] = text_of
                end
            else
                all[name] = value
            end
        end
    end
    return all
end

local function without_comments(body)
    return (string.gsub(body, "%-%-[^\n]*", function(comment) return string.rep(" ", #comment) end))
end

local function sources(hash, visit)
    for _, name in ipairs(bundle.files(hash)) do
        if string.find(name, "^flows/") or string.find(name, "^lib/") then
            visit(name, without_comments(bundle.source(hash, name)))
        end
    end
end

-- lures.of(hash) -> list of changes of facts, each alone and all of them together; none for rules that compare nothing
function lures.of(hash)
    local found = {}
    sources(hash, function(_, body) read(found, body) end)
    local out = { table.unpack(found) }
    out[#out + 1] = #found > 1 and together(found) or nil
    return out
end

-- lures.tell(out, hash): a finding where a flow looks at answers of the form: who approves should see for whom the way differs
function lures.tell(out, hash)
    sources(hash, function(name, body)
        local at = string.find(body, "%f[%w_]values%f[^%w_]")
        if at and string.find(name, "^flows/") then
            local line, column = lua_places.line_of(body, at)
            out:at(string.sub(name, 1, -5), { line = line, column = column }, "warning", "流程的条件取用了申请表的内容（values）",
                "确认没有申请因此跳过手续；材料和价格的区别写在 materials.lua 和 prices.lua 中")
        end
    end)
end

return lures
