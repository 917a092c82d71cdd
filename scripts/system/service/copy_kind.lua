-- SPDX-License-Identifier: Apache-2.0
-- copy_kind: a new business begins as a copy of one that exists: its row of kinds.lua, flow, form and tests under the new id, and
-- its name wherever prices and materials list the old one. Works on texts, so that comments and order stay.
local draft = use "system/service/rules_draft"
local lua_places = use "lib/lua_places"

local copy_kind = {}

local function plain(word)
    return (string.gsub(word, "%p", "%%%0"))
end

local function row_of(body, id)
    local node, found = lua_places.node(lua_places.read(body), id)
    return found == 1 and node or fail("E_NOT_FOUND", "kinds.lua 中没有这个业务")
end

local function set_word(row, name, with)
    return (string.gsub(row, "(%f[%w_]" .. name .. ' = ")[^"]*(")', function(head, tail) return head .. with .. tail end, 1))
end

local function value_of(row, name)
    return string.match(row, "%f[%w_]" .. name .. ' = "([^"]*)"')
end

local function copied_row(row, to, label)
    row = set_word(set_word(row, "id", to), "label", label)
    row = set_word(set_word(set_word(row, "title", label .. "申请表"), "flow", to), "form", to)
    return (string.gsub(row, '(menu = {.-label = ")[^"]*("[^}]-order = )%d+', function(head, tail) return head .. "申请" .. label .. tail .. "90" end, 1))
end

-- { from = value } gets to = value, { "from" } gets "to"; a row on one line that is for `from` gets a sister.
local function name_beside(body, from, to)
    local quoted, out = '"' .. from .. '"', {}
    for line in string.gmatch(body, "[^\n]*\n?") do
        local copy = string.find(line, "kind = " .. quoted, 1, true) and (string.gsub(line, plain(quoted), '"' .. to .. '"'))
        if not copy then
            line = string.gsub(line, "(kinds = {[^}]*)" .. plain(quoted), function(head) return head .. quoted .. ', "' .. to .. '"' end)
            line = string.gsub(line, "%f[%w_]" .. plain(from) .. " = (\"[^\"]*\")", function(v) return from .. " = " .. v .. ", " .. to .. " = " .. v end)
            line = string.gsub(line, "%f[%w_]" .. plain(from) .. " = (%l+)%f[%A]", function(v) return from .. " = " .. v .. ", " .. to .. " = " .. v end)
        end
        out[#out + 1] = line .. (copy or "")
    end
    return table.concat(out)
end

local function copied_file(files, folder, from, to)
    local body = files[folder .. "s/" .. from .. ".lua"] or fail("E_NOT_FOUND", "没有 " .. folder .. "s/" .. from .. ".lua")
    return (string.gsub(body, plain(folder) .. ' "' .. plain(from) .. '"', folder .. ' "' .. to .. '"', 1))
end

-- The tests of the old kind as tests of the new one; nil when it has none.
local function copied_tests(files, from, to)
    local body = files["tests/" .. from .. ".lua"]
    return body and string.gsub(body, '(%f[%w_]kind = )"' .. plain(from) .. '"', '%1"' .. to .. '"') or nil
end

-- copy_kind.files(files, from, to, label) -> { name = text }: what is new or changes
function copy_kind.files(files, from, to, label)
    local kinds = files["kinds.lua"]
    local node = row_of(kinds, from)
    local row = string.sub(kinds, node.at, node.stop)
    local flow, form = value_of(row, "flow"), value_of(row, "form")
    return {
        ["kinds.lua"] = string.sub(kinds, 1, node.stop) .. ",\n    " .. copied_row(row, to, label) .. string.sub(kinds, node.stop + 1),
        ["flows/" .. to .. ".lua"] = copied_file(files, "flow", flow, to),
        ["forms/" .. to .. ".lua"] = copied_file(files, "form", form, to),
        ["tests/" .. to .. ".lua"] = copied_tests(files, from, to),
        ["prices.lua"] = name_beside(files["prices.lua"], from, to),
        ["materials.lua"] = name_beside(files["materials.lua"], from, to),
    }
end

-- copy_kind.begin(user, from, to, label) -> key of a new draft. E_INVALID, E_NOT_FOUND.
function copy_kind.begin(user, from, to, label)
    if not text.matches(to, "[a-z][a-z0-9_]{2,39}") then
        fail("E_INVALID", "业务标识用 3 至 40 个小写字母、数字和下划线，以字母开头")
    elseif label == "" or text.length(label) > 20 or string.find(label, '["\\\n]') then
        fail("E_INVALID", "请填写业务名称，不超过 20 个字")
    end
    local key = draft.begin(user, "新业务：" .. label)
    local files = draft.files(draft.get(user, key))
    if files["flows/" .. to .. ".lua"] or files["forms/" .. to .. ".lua"] or files["tests/" .. to .. ".lua"] then
        draft.drop(user, key)
        fail("E_INVALID", "业务标识“" .. to .. "”已在使用")
    end
    for name, body in pairs(copy_kind.files(files, from, to, label)) do
        draft.save(user, key, name, body)
    end
    return key
end

return copy_kind
