-- SPDX-License-Identifier: Apache-2.0
-- rules_draft: one draft: its files, the full check, the way to a second administrator.
local checkup = use "system/service/checkup"
local csrf = use "lib/csrf"
local diff = use "lib/diff"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local rules_report = use "system/page/staff/rules_report"
local rules_run = use "system/page/staff/rules_run"
local rules_shell = use "system/page/staff/rules_shell"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }

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
        local item = { name = one.name, mark = rules_report.MARKS[one.state], href = rules_shell.file(row, one.name), hits = {} }
        if wanted ~= "" and one.state ~= "removed" then
            item.hits = hits_of(draft.text(row, one.name) or "", wanted, item.href)
        end
        out[#out + 1] = (wanted == "" or #item.hits > 0 or string.find(one.name, wanted, 1, true)) and item or nil
    end
    return out
end

local function show(req, status, user, row, opts)
    local wanted = req:query("q") or ""
    opts.title, opts.heading, opts.base, opts.wanted = rules_shell.title(row), rules_shell.title(row), rules_shell.base(row), wanted
    opts.files, opts.behind, opts.rev = files_of(row, wanted), draft.is_behind(row), row.rev
    opts.crumbs, opts.done = rules_shell.crumbs(row), req:query("done")
    if opts.report then
        opts.report.findings = rules_report.linked(row, opts.report.findings)
        opts.report.tests = rules_report.tests(row, opts.report.tests, draft.files(row))
    end
    return shell.send(req, status, "rules/draft", user, opts)
end

http.get("/staff/rules/drafts/{key}", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user, rules_shell.open(req, user), {})
end), { staff = true, no_store = true })

http.post("/staff/rules/drafts/{key}/new", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row, name = rules_shell.open(req, user), text.trim(req:field("name") or "")
    local status, sentence = shell.try(function() return draft.save(user, row.key, name, "-- " .. name .. "\nreturn {\n}\n") end)
    if status then
        return show(req, status, user, row, { refused = sentence })
    end
    return req:redirect(rules_shell.file(row, name))
end), { staff = true })

http.post("/staff/rules/drafts/{key}/drop", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    draft.drop(user, rules_shell.open(req, user).key)
    return req:redirect("/staff/rules?done=dropped")
end), { staff = true })

-- Checks -----------------------------------------------------------------------------------------------------------------

http.post("/staff/rules/drafts/{key}/check", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row = rules_shell.open(req, user)
    local report = checkup.full(draft.files(row))
    return show(req, 200, user, row, { report = report, replay = report.ok and rules_run.of_draft(user, row) or nil })
end), { staff = true })

local function conflict_links(row, names)
    local out = {}
    for i, name in ipairs(names) do
        out[i] = { name = name, href = rules_shell.file(row, name) .. "#conflicts" }
    end
    return out
end

http.post("/staff/rules/drafts/{key}/rebase", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row = rules_shell.open(req, user)
    local status, sentence, done = shell.try(function() return draft.rebase(user, row.key) end)
    return show(req, status or 200, user, draft.get(user, row.key), { refused = sentence, conflicts = done and conflict_links(row, done.conflicts), merged = done ~= nil })
end), { staff = true })
