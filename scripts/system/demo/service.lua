-- SPDX-License-Identifier: Apache-2.0
-- demo service: what page and API share. Pages never touch the store.
local form = use "lib/form"

local service = {}

service.fields = {
    { name = "name", label = "姓名", required = true, max = 20 },
    { name = "phone", label = "手机号码", required = true, pattern = "1[3-9][0-9]{9}",
        message = "手机号码应为 11 位数字，例如 13800138000" },
    { name = "kind", label = "证书类别", required = true,
        choices = { { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" } } },
    { name = "note", label = "留言", max = 200, lines = true },
}

-- Stores an entry: its key, or nil and the errors.
function service.add(values)
    values.phone = type(values.phone) == "string" and text.replace(text.replace(values.phone, "-", ""), " ", "")
        or values.phone
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

function service.count(kind)
    return store.count("demo_by_kind", { kind })
end

return service
