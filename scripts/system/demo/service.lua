-- SPDX-License-Identifier: Apache-2.0
-- demo service: what page and API share. Pages never touch the store.
local form = use "lib/form"

local service = {}

service.fields = {
    { id = "name", type = "name", label = "姓名", required = true, max = 20 },
    { id = "phone", type = "mobile", label = "手机号码", required = true },
    { id = "kind", type = "radio", label = "证书类别", required = true, inline = true,
        options = { { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" } } },
    { id = "note", type = "textarea", label = "留言", max = 200 },
}

-- Stores an entry: its key, or nil and the errors.
function service.add(values)
    local clean, errors = form.check(service.fields, values)
    if #errors > 0 then
        return nil, errors, clean
    end
    return store.tx(function(tx)
        local key = tx:key()
        clean.number = tx:next("demo_number")
        clean.at = tx:now()
        tx:insert("demo_entry", key, clean)
        tx:append("audit", key, { event = "demo.added" })
        tx:enqueue("demo.welcome", { key = key })
        return key
    end)
end

function service.find(key)
    return store.is_key(key) and store.get("demo_entry", key) or nil
end

-- The newest entries, and the position to continue behind.
function service.latest(limit, after)
    local found = store.list("demo_entry", { descending = true, limit = limit, after = after })
    local items = json.array {}
    for i, r in ipairs(found.rows) do
        items[i] = r.row
        r.row.key = r.key
    end
    return items, found.after
end

-- "138****8000"
function service.masked(phone)
    local masked = string.gsub(phone, "^(%d%d%d)%d*(%d%d%d%d)$", "%1****%2")
    return masked
end

function service.count(kind)
    return store.count("demo_by_kind", { kind })
end

return service
