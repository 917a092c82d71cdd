-- SPDX-License-Identifier: Apache-2.0
-- todo: what staff must look at: money that fits nothing, a job that gave up, a certificate that waits for its signer.
-- Row: { state = "open" | "done", kind, case (key or ""), text, at, done_by, done_at, note }
local own = use "system/service/own"
local watch = use "system/service/watch"

local todo = {}

local ROLES = { "reviewer", "officer", "cashier", "admin", "counter" }

-- todo.add(tx, kind, { case, text, … }) -> key
function todo.add(tx, kind, more)
    local key, row = tx:key(), { state = "open", kind = kind, case = "", text = "", at = tx:now() }
    for name, value in pairs(more or {}) do
        row[name] = value
    end
    tx:insert("todo", key, row)
    return key
end

-- todo.list(user, { state, after }) -> { rows, after, more }, oldest first when open
function todo.list(user, opts)
    own.must_be(user, ROLES)
    local state = opts.state == "done" and "done" or "open"
    local found = store.list("todo", { index = "state", equal = { state }, after = opts.after, limit = 50 })
    local rows = {}
    for i, one in ipairs(found.rows) do
        one.row.key = one.key
        rows[i] = one.row
    end
    return { rows = rows, more = found.more, after = found.more and found.after or nil }
end

-- How many are open; 200 stands for more.
function todo.count()
    return #store.list("todo", { index = "state", equal = { "open" }, limit = 200, keys_only = true }).rows
end

-- todo.done(user, key, note): dealt with. Twice is once.
function todo.done(user, key, note)
    own.must_be(user, ROLES)
    store.tx(function(tx)
        local row = store.is_key(key) and tx:get("todo", key) or fail("E_NOT_FOUND", "没有这项待办")
        if row.state ~= "done" then
            row.state, row.done_by, row.done_at, row.note = "done", user.account, tx:now(), note or ""
            tx:put("todo", key, row)
            watch.act(tx, user, row.case ~= "" and row.case or key, "todo_done", { todo = key })
        end
    end)
end

return todo
