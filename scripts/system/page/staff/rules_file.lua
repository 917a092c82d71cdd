-- SPDX-License-Identifier: Apache-2.0
-- rules_file: the editor: one file of a draft, with the others beside it, its findings, tests and flow, and where its outcome is seen.
local checkup = use "system/service/checkup"
local conflicts = use "lib/conflicts"
local csrf = use "lib/csrf"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local lua_places = use "lib/lua_places"
local rules_graph = use "system/page/staff/rules_graph"
local rules_report = use "system/page/staff/rules_report"
local rules_shell = use "system/page/staff/rules_shell"
local shell = use "system/page/staff/shell"
local vocabulary = use "lib/rules_words"

local ADMIN = { "admin" }
local BODY = 2 * 1048576
local MERGED = "另一个窗口的版本"

local said = { ["1"] = "已保存", merged = "已保存，并合并了另一个窗口的修改", chosen = "已保存所选的内容" }

-- Where the outcome of a file is seen.
local seen = {
    { "^prices%.lua$", "/preview#price", "预览价格" }, { "^materials%.lua$", "/preview#materials", "预览材料" }, { "^messages/", "/preview#messages", "预览消息" },
    { "^forms/", "/preview/form", "预览表单", file = true }, { "^print/", "/preview/print", "预览打印件", file = true },
    { "^content/agreement%.lua$", "/preview/print?what=agreement", "预览打印件" }, { "^flows/", "/graph", "整页查看流程图" }, { ".", "/preview", "预览" },
}

local function preview_of(row, name)
    for _, one in ipairs(seen) do
        if string.find(name, one[1]) then
            return { label = one[3], href = one.file and shell.href(rules_shell.base(row) .. one[2], { { "file", name } }) or rules_shell.base(row) .. one[2] }
        end
    end
end

-- The line a finding names, or where a path of the declaration stands.
local function line_of(req, body)
    local path = req:query("at")
    return path and tostring((lua_places.find(body, path))) or req:query("line")
end

local function with_text(row, name, body)
    local files = draft.files(row)
    files[name] = body
    return files
end

-- What must be chosen, as the page shows it.
local function choices_of(body)
    local out = conflicts.of(body)
    for n, one in ipairs(out) do
        one.n, one.mine, one.theirs = n, table.concat(one.mine, "\n"), table.concat(one.theirs, "\n")
        one.other = string.gsub(one.label, "版本$", "")
    end
    return out
end

local function show(req, status, user, row, name, opts)
    opts.name, opts.rev, opts.was = name, opts.rev or row.rev, opts.was or draft.sum(row, name)
    opts.body = opts.body or draft.text(row, name) or ""
    opts.line, opts.wide, opts.saved = opts.line or line_of(req, opts.body), true, said[req:query("saved") or ""]
    opts.removed, opts.findings = row.files[name] == "", rules_report.linked(row, rules_report.nearest(opts.findings or {}, name))
    opts.conflicts, opts.preview = choices_of(opts.body), preview_of(row, name)
    opts.folders = rules_report.folders(row, name)
    opts.graph = string.find(name, "^flows/") and rules_graph.of(row, draft.files(row), name) or nil
    opts.action = rules_shell.file(row, name)
    return rules_shell.send(req, status, "rules/file", user, row, name, opts)
end

local function name_of(req)
    local name = req:query("name") or ""
    return draft.is_name(name) and name or fail("E_NOT_FOUND", "没有这个文件")
end

http.get("/staff/rules/drafts/{key}/file", guard.staff(ADMIN, function(req, user)
    local row, name = rules_shell.open(req, user), name_of(req)
    if not draft.text(row, name) and row.files[name] ~= "" then
        fail("E_NOT_FOUND", "没有这个文件")
    end
    return show(req, 200, user, row, name, {})
end), { staff = true, no_store = true })

local function posted(req)
    return (string.gsub(req:field("body") or "", "\r\n", "\n"))
end

local function saved(req, row, name, how, line)
    return req:redirect(rules_shell.file(row, name, { { "saved", how }, { "line", line } }))
end

-- Another window saved meanwhile: both changes when they touch different lines, else somebody must choose.
local function reconcile(req, user, row, name, body, done)
    local merged, open = draft.merge(req:field("was") or "", body, done.stale, MERGED)
    if open == 0 and draft.save(user, row.key, name, merged, done.rev).ok then
        return saved(req, row, name, "merged")
    end
    return show(req, 409, user, row, name, { body = merged, stale = true, rev = done.rev, was = crypto.sha256(done.stale) })
end

local function keep(req, user, row, name, body, how, line)
    local rev = math.tointeger(tonumber(req:field("rev") or ""))
    local status, sentence, done = shell.try(function() return draft.save(user, row.key, name, body, rev) end)
    if status then
        return show(req, status, user, row, name, { body = body, refused = sentence })
    elseif done.stale then
        return reconcile(req, user, row, name, body or "", done)
    end
    return body and saved(req, row, name, how, line) or req:redirect(rules_shell.base(row))
end

local acts = {}

function acts.check(req, user, row, name, body)
    return show(req, 200, user, row, name, { body = body, checked = true, findings = checkup.quick(with_text(row, name, body)) })
end

function acts.test(req, user, row, name, body)
    local files = with_text(row, name, body)
    local report = checkup.full(files)
    return show(req, 200, user, row, name, { body = body, checked = true, findings = report.findings, tests = rules_report.tests(row, report.tests, files) })
end

function acts.remove(req, user, row, name)
    return keep(req, user, row, name, nil)
end

function acts.save(req, user, row, name, body)
    return keep(req, user, row, name, body, "1")
end

-- "keep:2:mine": the second place at which two changed the same lines.
local function choose(req, user, row, name, body, n, how)
    local status, sentence, text_, line = shell.try(function() return conflicts.settle(body, math.tointeger(tonumber(n)), how) end)
    if status then
        return show(req, status, user, row, name, { body = body, refused = sentence })
    end
    return keep(req, user, row, name, text_, "chosen", line and tostring(line))
end

http.post("/staff/rules/drafts/{key}/file", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row, name, body, act = rules_shell.open(req, user), name_of(req), posted(req), req:field("act") or "save"
    local n, how = string.match(act, "^keep:(%d+):(%l+)$")
    if n then
        return choose(req, user, row, name, body, n, how)
    end
    return (acts[act] or acts.save)(req, user, row, name, body)
end), { staff = true, limit = BODY })

-- While somebody types -----------------------------------------------------------------------------------------------------

-- What is wrong in this file; with `tests` everything, as the full check says it.
http.post("/staff/rules/drafts/{key}/typed", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row = rules_shell.open(req, user)
    local name = req:field("name") or ""
    local files = with_text(row, name, posted(req))
    if not req:field("tests") then
        return req:json(200, { findings = json.array(rules_report.nearest(checkup.quick(files), name)) })
    end
    local report = checkup.full(files)
    return req:json(200, { findings = json.array(rules_report.nearest(report.findings, name)), tests = json.array(rules_report.tests(row, report.tests, files)) })
end), { staff = true, limit = BODY })

-- What can be completed and explained.
http.get("/staff/rules/drafts/{key}/words", guard.staff(ADMIN, function(req, user)
    return req:json(200, vocabulary.all(checkup.names(draft.files(rules_shell.open(req, user)))))
end), { staff = true, no_store = true })
