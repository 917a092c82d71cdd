-- SPDX-License-Identifier: Apache-2.0
-- todos: what somebody must look at, each with its 已处理.
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local shell = use "system/page/staff/shell"
local todo = use "system/service/todo"

local KINDS = { money = "款项", job = "后台任务", certificate = "证书签发", bundle = "业务规则", receipt = "款项", refund = "退款" }

local function shown(rows)
    for _, row in ipairs(rows) do
        row.kind_label = KINDS[row.kind] or row.kind
        row.text = row.text ~= "" and row.text or row.title or row.why or ""
    end
    return rows
end

local function show(req, status, user, refused)
    local state = req:query("state") == "done" and "done" or "open"
    local found = todo.list(user, { state = state, after = req:query("after") })
    return shell.send(req, status, "staff/todos", user, { title = "待办事项", rows = shown(found.rows), state = state, refused = refused,
        tabs = { { id = "open", label = "待处理", href = "/staff/todos" }, { id = "done", label = "已处理", href = "/staff/todos?state=done" } },
        after = found.after and shell.href("/staff/todos", { { "state", state }, { "after", found.after } }), done = req:query("done") })
end

http.get("/staff/todos", guard.staff(shell.ALL, function(req, user)
    return show(req, 200, user)
end), { staff = true, no_store = true })

http.post("/staff/todos/{key}", guard.staff(shell.ALL, function(req, user)
    csrf.check(req)
    local note = text.trim(text.normalize(req:field("note") or ""))
    local status, sentence = shell.try(function() todo.done(user, req:param("key"), note) end)
    if status then
        return show(req, status, user, sentence)
    end
    return req:redirect("/staff/todos?done=1")
end), { staff = true })
