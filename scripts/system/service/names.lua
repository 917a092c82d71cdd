-- SPDX-License-Identifier: Apache-2.0
-- names: certificate user names (C10): proposed, checked, reserved at 提交数据, free again when a case ends without a
-- certificate.
local effect = use "system/service/effect"

local names = {}

local MAX = 12

local function holder_of(r, name)
    return r:list("user_name", { index = "name", equal = { string.lower(name) }, limit = 1 }).rows[1]
end

-- Whether somebody else than the case has the name; r is a transaction or a reader.
function names.taken(r, name, case)
    local found = holder_of(r, name)
    return found ~= nil and found.row.case ~= case
end

-- Up to three free names near a wish.
function names.propose(r, wish, case)
    local base = string.sub(string.gsub(wish or "", "%W", ""), 1, MAX)
    local out = json.array {}
    if #base < 2 then
        return out
    end
    for i = 0, 30 do
        local name = i == 0 and base or string.sub(base, 1, MAX - 2) .. string.format("%02d", i)
        if not names.taken(r, name, case) then
            out[#out + 1] = name
        end
        if #out == 3 then
            break
        end
    end
    return out
end

-- The error of a name that is taken, in the form of form errors.
function names.error(r, field, name, case)
    local free = names.propose(r, name, case)
    return { field = field.id, section = field.section, code = "taken",
        message = "用户名“" .. name .. "”已被使用" .. (#free > 0 and "，可以改用：" .. table.concat(free, "、") or "，请换一个"),
        proposals = free }
end

local function reserve(tx, row)
    local found = holder_of(tx, row.user_name)
    if found and found.row.case ~= row.key then
        fail("E_CONFLICT", "用户名“" .. row.user_name .. "”刚刚被使用，请返回修改用户名")
    elseif not found then
        tx:insert("user_name", tx:key(), { name = string.lower(row.user_name), case = row.key, at = tx:now() })
    end
end

effect.on("reserve_name", reserve)

-- Inside a transaction: an application that was handed in has another name now; the one before is free. E_CONFLICT when it is taken.
function names.change(tx, row)
    reserve(tx, row)
    for _, one in ipairs(tx:list("user_name", { index = "case", equal = { row.key }, limit = 10 }).rows) do
        if one.row.name ~= string.lower(row.user_name) then
            tx:delete("user_name", one.key)
        end
    end
end

-- A certificate keeps its name as long as it is valid or frozen.
local function has_certificate(tx, case)
    for _, one in ipairs(tx:list("certificate", { index = "case", equal = { case }, limit = 10 }).rows) do
        if one.row.state == "valid" or one.row.state == "frozen" then
            return true
        end
    end
    return false
end

function names.free(tx, case)
    if not has_certificate(tx, case) then
        for _, one in ipairs(tx:list("user_name", { index = "case", equal = { case }, limit = 10 }).rows) do
            tx:delete("user_name", one.key)
        end
    end
end

effect.on("free_name", function(tx, row)
    names.free(tx, row.key)
end)

return names
