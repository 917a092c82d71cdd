-- SPDX-License-Identifier: Apache-2.0
-- rules: the declarations of one bundle, read once and kept. Everything read is shared: nobody may change it.
--
-- Rules (flows, forms, materials, prices, templates, lists, kinds) come from the bundle a case is pinned to; words and
-- calendars always from the live one.
local rules = {}

local KEPT_MAX = 40

local live_files = { site = true, calendar = true, regions = true }
local live_folders = { "messages/", "print/", "content/", "tests/" }

-- A memo of immutable texts, addressed by their hash; not state.
local kept, count = {}, 0

function rules.is_live_file(file)
    for _, folder in ipairs(live_folders) do
        if text.starts(file, folder) then
            return true
        end
    end
    return live_files[file] == true
end

-- rules.open(hash, live) -> { hash, live, files }
function rules.open(hash, live)
    hash = hash or bundle.shipped()
    live = live or bundle.shipped()
    local key = hash .. ":" .. live
    local found = kept[key]
    if not found then
        found = { hash = hash, live = live, files = {}, made = {} }
        if count >= KEPT_MAX then
            kept, count = {}, 0
        end
        kept[key], count = found, count + 1
    end
    return found
end

-- The hash that a file is taken from.
function rules.source(r, file)
    return rules.is_live_file(file) and r.live or r.hash
end

local fetch

-- rules.fetch_by(f): f(hash) adds a bundle that is not held now, or raises. For service/bundles, when the scripts are loaded.
function rules.fetch_by(f)
    fetch = f
end

local function known(hash)
    if fetch and not bundle.known(hash) then
        fetch(hash)
    end
    return hash
end

-- rules.read(r, "flows/unit_issue") -> plain data, functions as true. E_NOT_FOUND.
function rules.read(r, file)
    local found = r.files[file]
    if found == nil then
        found = bundle.read(known(rules.source(r, file)), file .. ":")
        r.files[file] = found
    end
    return found
end

-- What is derived from declarations is made once: rules.make(r, key, f).
function rules.make(r, key, f)
    local found = r.made[key]
    if found == nil then
        found = f()
        r.made[key] = found
    end
    return found
end

-- What an applicant is told when the rules were stopped; the log and the administrators' page have the rest.
local apologies = {
    E_BUDGET = "这项业务的规则计算超时，这次操作没有完成。您的申请和已填写的内容没有变化，请稍后再试。",
    E_BUSY = "这项业务的规则出现故障，工作人员正在处理，暂时不能办理。您的申请和已填写的内容都没有丢失，请稍后再试。",
}

-- rules.call(r, "flows/parts", "states.draft.on.submit.guard", facts, kind, case) -> what the function gave. case: key, if there is
-- one. E_BUSY with details.reason = "rules", in words for applicants: the call was stopped, or the kind is suspended.
function rules.call(r, file, path, facts, kind, case)
    local ok, answer = pcall(bundle.call, known(rules.source(r, file)), file .. ":" .. path, facts, kind, case)
    if ok then
        return answer
    end
    local apology = type(answer) == "table" and apologies[answer.code]
    if apology then
        fail("E_BUSY", apology, { reason = "rules" })
    end
    error(answer, 0)
end

-- "lists.questions" -> the list
function rules.list(r, path)
    local file, name = string.match(path, "^([%w_/]+)%.([%w_]+)$")
    local list = file and rules.read(r, file)[name]
    if type(list) ~= "table" then
        fail("E_NOT_FOUND", "business rules: there is no list " .. path)
    end
    return list
end

-- The row of an id in a list of rows, or nil.
function rules.row(list, id)
    for _, row in ipairs(list) do
        if (row.id or row.value) == id then
            return row
        end
    end
    return nil
end

-- A row of kinds.lua. E_NOT_FOUND.
function rules.kind(r, id)
    return rules.row(rules.read(r, "kinds"), id) or fail("E_NOT_FOUND", "没有这项业务：" .. tostring(id))
end

-- The names of a table, sorted.
function rules.keys(set)
    local list = {}
    for name in pairs(set) do
        list[#list + 1] = name
    end
    table.sort(list)
    return list
end

-- A shallow copy with changes.
function rules.with(original, changes)
    local copy = {}
    for k, v in pairs(original) do
        copy[k] = v
    end
    for k, v in pairs(changes or {}) do
        copy[k] = v
    end
    return copy
end

return rules
