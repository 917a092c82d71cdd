-- SPDX-License-Identifier: Apache-2.0
-- rules_draft: one draft: its files, the editor, the checks, the way to a second administrator.
local checkup = use "system/service/checkup"
local csrf = use "lib/csrf"
local diff = use "lib/diff"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local lua_places = use "lib/lua_places"
local rules_run = use "system/page/staff/rules_run"
local shell = use "system/page/staff/shell"
local vocabulary = use "lib/rules_words"

local ADMIN = { "admin" }
local BODY = 2 * 1048576
local MARKS = { changed = { "已修改", "yellow" }, new = { "新文件", "green" }, removed = { "已删除", "red" } }

local function base_of(row)
    return "/staff/rules/drafts/" .. row.key
end

local function title_of(row)
    return row.title ~= "" and row.title or "未命名的草稿"
end

local function crumbs(row, title)
    local out = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" } }
    out[3] = { label = title_of(row), href = title and base_of(row) or nil }
    out[4] = title and { label = title } or nil
    return out
end

-- The first lines that hold what is searched.
local function hits_of(body, wanted, href)
    local out = {}
    for number, line in ipairs(diff.lines(body)) do
        if #out < 5 and string.find(line, wanted, 1, true) then
            out[#out + 1] = { line = number, text = text.sub(text.trim(line), 1, 100), href = href .. "&line=" .. number .. "#editor" }
        end
    end
    return out
end

-- Names of files, with marks; with a search only those whose text holds it, with the first lines that do.
local function files_of(row, wanted)
    local out = {}
    for _, one in ipairs(draft.list(row)) do
        local item = { name = one.name, mark = MARKS[one.state], href = shell.href(base_of(row) .. "/file", { { "name", one.name } }), hits = {} }
        if wanted ~= "" and one.state ~= "removed" then
            item.hits = hits_of(draft.text(row, one.name) or "", wanted, item.href)
        end
        out[#out + 1] = (wanted == "" or #item.hits > 0 or string.find(one.name, wanted, 1, true)) and item or nil
    end
    return out
end

local function linked(row, findings)
    for _, f in ipairs(findings) do
        f.href = f.file ~= "" and shell.href(base_of(row) .. "/file", { { "name", f.file }, { "line", tostring(f.line) } }) .. "#editor" or nil
    end
    return findings
end

local function show(req, status, user, row, opts)
    local wanted = req:query("q") or ""
    opts.title, opts.heading, opts.base, opts.wanted = title_of(row), title_of(row), base_of(row), wanted
    opts.files, opts.behind, opts.rev = files_of(row, wanted), draft.is_behind(row), row.rev
    opts.crumbs, opts.done = crumbs(row), req:query("done")
    if opts.report then
        opts.report.findings = linked(row, opts.report.findings)
    end
    return shell.send(req, status, "rules/draft", user, opts)
end

local function open(req, user)
    return draft.get(user, req:param("key"))
end

http.get("/staff/rules/drafts/{key}", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user, open(req, user), {})
end), { staff = true, no_store = true })

-- The editor -------------------------------------------------------------------------------------------------------------

-- The line a finding names, or where a path of the declaration stands.
local function line_of(req, body)
    local path = req:query("at")
    return path and tostring((lua_places.find(body, path))) or req:query("line")
end

local function show_file(req, status, user, row, name, opts)
    opts.title, opts.name, opts.base, opts.rev = name, name, base_of(row), opts.rev or row.rev
    opts.body = opts.body or draft.text(row, name) or ""
    opts.line, opts.wide, opts.saved = line_of(req, opts.body), true, req:query("saved")
    opts.crumbs, opts.words = crumbs(row, name), json.encode(vocabulary.all())
    opts.removed, opts.findings = row.files[name] == "", linked(row, opts.findings or {})
    opts.action = shell.href(base_of(row) .. "/file", { { "name", name } })
    return shell.send(req, status, "rules/file", user, opts)
end

local function name_of(req)
    local name = req:query("name") or ""
    return draft.is_name(name) and name or fail("E_NOT_FOUND", "没有这个文件")
end

http.get("/staff/rules/drafts/{key}/file", guard.staff(ADMIN, function(req, user)
    local row, name = open(req, user), name_of(req)
    if not draft.text(row, name) and row.files[name] ~= "" then
        fail("E_NOT_FOUND", "没有这个文件")
    end
    return show_file(req, 200, user, row, name, {})
end), { staff = true, no_store = true })

local function with_text(row, name, body)
    local files = draft.files(row)
    files[name] = body
    return files
end

local function posted(req)
    return (string.gsub(req:field("body") or "", "\r\n", "\n"))
end

local function save(req, user, row, name)
    local act, body = req:field("act") or "save", posted(req)
    if act == "check" then
        return show_file(req, 200, user, row, name, { body = body, checked = true, findings = checkup.quick(with_text(row, name, body)) })
    end
    local rev = math.tointeger(tonumber(req:field("rev") or ""))
    local status, sentence, done = shell.try(function() return draft.save(user, row.key, name, act ~= "remove" and body or nil, rev) end)
    if status then
        return show_file(req, status, user, row, name, { body = body, refused = sentence })
    elseif done.stale then
        return show_file(req, 409, user, row, name, { body = body, stale = done.stale, rev = done.rev })
    end
    return req:redirect(act == "remove" and base_of(row) or shell.href(base_of(row) .. "/file", { { "name", name }, { "saved", "1" } }))
end

http.post("/staff/rules/drafts/{key}/file", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    return save(req, user, open(req, user), name_of(req))
end), { staff = true, limit = BODY })

http.post("/staff/rules/drafts/{key}/new", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row, name = open(req, user), text.trim(req:field("name") or "")
    local status, sentence = shell.try(function() return draft.save(user, row.key, name, "-- " .. name .. "\nreturn {\n}\n") end)
    if status then
        return show(req, status, user, row, { refused = sentence })
    end
    return req:redirect(shell.href(base_of(row) .. "/file", { { "name", name } }))
end), { staff = true })

http.post("/staff/rules/drafts/{key}/drop", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    draft.drop(user, open(req, user).key)
    return req:redirect("/staff/rules?done=dropped")
end), { staff = true })

-- Checks -----------------------------------------------------------------------------------------------------------------

-- While somebody types: what is wrong in this file, as JSON; everything, when they ask for it.
http.post("/staff/rules/drafts/{key}/check", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row, name = open(req, user), req:field("name")
    if not name then
        local report = checkup.full(draft.files(row))
        return show(req, 200, user, row, { report = report, replay = report.ok and rules_run.of_draft(user, row) or nil })
    end
    return req:json(200, { findings = json.array(checkup.quick(with_text(row, name, posted(req)))) })
end), { staff = true, limit = BODY })

http.post("/staff/rules/drafts/{key}/rebase", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local key = open(req, user).key
    local status, sentence, done = shell.try(function() return draft.rebase(user, key) end)
    return show(req, status or 200, user, draft.get(user, key), { refused = sentence, conflicts = done and done.conflicts, merged = done ~= nil })
end), { staff = true })
