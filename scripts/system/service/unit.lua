-- SPDX-License-Identifier: Apache-2.0
-- unit: a unit is its code; its names are a dated list. Written when an application is handed in.
local unit = {}

local function code_of(row)
    local number = row.values.unit_document_no
    return number and number ~= "" and (row.values.unit_document_type or "") .. ":" .. string.upper(number) or nil
end

local function add_name(names, name, now)
    local last = names[#names]
    if name ~= "" and (not last or last.name ~= name) then
        names[#names + 1] = { name = name, from = now }
        return true
    end
    return false
end

-- unit.note(tx, row, b) -> the key of the unit's row, "" when the application names none
function unit.note(tx, row, b)
    local code = code_of(row)
    if not code then
        return ""
    end
    local name = row.values[b:kind(row.kind).fields.unit] or ""
    local found = tx:list("unit", { index = "code", equal = { code }, limit = 1 }).rows[1]
    local key = found and found.key or tx:key()
    local kept = found and found.row or { code = code, names = json.array {}, created = tx:now() }
    if add_name(kept.names, name, tx:now()) then
        tx:put("unit", key, kept)
    end
    return key
end

-- unit.other_names(row) -> names that applications with the same code gave: list of { name, from }, the newest first
function unit.other_names(row)
    local found = row.unit ~= "" and store.get("unit", row.unit)
    local out = {}
    for _, one in ipairs(found and found.names or {}) do
        if one.name ~= row.subject then
            table.insert(out, 1, one)
        end
    end
    return out
end

-- How many cases of the unit are not ended: 同单位在办 N 件; at most 50 are looked at.
function unit.open_cases(row, is_final)
    if row.unit == "" then
        return 0
    end
    local n = 0
    for _, one in ipairs(store.list("case", { index = "unit", equal = { row.unit }, limit = 50 }).rows) do
        n = n + (one.key ~= row.key and not is_final(one.row) and 1 or 0)
    end
    return n
end

return unit
