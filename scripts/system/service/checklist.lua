-- SPDX-License-Identifier: Apache-2.0
-- checklist: the documents that a case asks for and what is there of each. Reads only; tells the rules what is missing.
local fact = use "system/service/fact"
local live = use "system/service/live"
local reader = use "system/service/reader"

local checklist = {}

-- The largest file that may be used for another material too: what blob.get reads.
checklist.COPY_MAX = 4 * 1048576

-- A printed page whose data changed since is missing again (C28).
local function is_outdated(m, live_fact, mark)
    return m.printed ~= nil and live_fact.mark ~= mark
end

local function asked(row, b)
    return b:materials { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery or "none" }
end

fact.on(function(_, row, facts, b)
    local mark
    for _, m in ipairs(asked(row, b)) do
        local have = m.upload and m.required and facts.have[m.id]
        mark = mark or have and b:mark(row.kind, row.values)
        if have and is_outdated(m, have, mark) then
            facts.missing[#facts.missing + 1] = m.id
        end
    end
end)

function checklist.of(row, b, type)
    for _, m in ipairs(asked(row, b)) do
        if m.id == type and m.upload then
            return m
        end
    end
    return fail("E_NOT_FOUND", "这项申请不需要这种材料，请从材料页面选择")
end

-- checklist.one(row, type) -> the declaration. E_NOT_FOUND.
function checklist.one(row, type)
    return checklist.of(row, live.rules_of(row), type)
end

-- Rows about files, by the blob that they describe.
local function files_of(r, key)
    local out = {}
    for _, one in ipairs(r:list("material", { index = "case", equal = { key }, limit = 200 }).rows) do
        one.row.key = one.key
        out[one.row.blob] = one.row
    end
    return out
end

local function returned_of(row)
    local out = {}
    for _, one in ipairs(row.returned) do
        out[one.item] = not one.done and one or nil
    end
    return out
end

-- Once a reviewer has returned the case, only what he named, what is missing and what nobody needs may change (C28).
local function is_open(row, item)
    return #fact.returned(row) == 0 or item.state ~= "submitted" or not item.required or item.mended == true
end

local function state_of(item, there, outdated)
    if item.returned then
        return "again"
    elseif there then
        return outdated and "again" or "submitted"
    end
    return item.required and "missing" or "optional"
end

local function item_of(m, row, have, files, back)
    local live_fact = have[m.id]
    local outdated = live_fact ~= nil and is_outdated(m, live_fact, back.mark)
    local item = { id = m.id, label = m.label, hint = m.hint, required = m.required, limit = m.limit, formats = m.formats,
        dpi = m.dpi, printed = m.printed, blank = m.blank, same_as = m.same_as, outdated = outdated,
        returned = back.open["material:" .. m.id], mended = back.mended["material:" .. m.id], file = live_fact and files[live_fact.blob] }
    item.state = state_of(item, live_fact ~= nil, outdated)
    item.open = is_open(row, item)
    return item
end

-- Another material whose scan shows this one too, in either direction.
local function add_reuse(items)
    local by_id = {}
    for _, item in ipairs(items) do
        by_id[item.id] = item
    end
    for _, item in ipairs(items) do
        for _, other in ipairs(items) do
            local same = item.same_as == other.id or other.same_as == item.id
            if same and item.state ~= "submitted" and other.state == "submitted" and other.file and other.file.size <= checklist.COPY_MAX then
                item.reuse = { id = other.id, label = other.label }
            end
        end
    end
    return items
end

-- checklist.list(row, r) -> new: the materials that are uploaded, in the order of asking: { id, label, hint, required, limit,
-- formats, dpi, printed, blank, state = missing | submitted | again | optional, outdated, returned = { reason }, open, reuse =
-- { id, label }, file = row of the table }
function checklist.list(row, r)
    r = r or reader.of(nil)
    local b = live.rules_of(row)
    local have, files = fact.materials(r, row.key), files_of(r, row.key)
    local back = { mark = b:mark(row.kind, row.values), open = returned_of(row), mended = {} }
    for _, one in ipairs(row.returned) do
        back.mended[one.item] = one.done == true
    end
    local items = json.array {}
    for _, m in ipairs(asked(row, b)) do
        items[#items + 1] = m.upload and item_of(m, row, have, files, back) or nil
    end
    return add_reuse(items)
end

-- checklist.todo(items) -> how many are still to be uploaded
function checklist.todo(items)
    local n = 0
    for _, item in ipairs(items) do
        n = n + (item.required and item.state ~= "submitted" and 1 or item.returned and 1 or 0)
    end
    return n
end

local function find(row, type)
    for _, item in ipairs(checklist.list(row)) do
        if item.id == type and item.file then
            return item
        end
    end
    return nil
end

-- checklist.find(row, type) -> the item with its file. E_NOT_FOUND.
function checklist.find(row, type)
    return find(row, type) or fail("E_NOT_FOUND", "这项材料还没有上传，或已被删除")
end

return checklist
