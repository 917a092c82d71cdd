-- SPDX-License-Identifier: Apache-2.0
-- rules_command: the bundles of the hall for `certhall bundle`: each act gets what the command sent and gives a text. Sentences
-- for operators are English, as all of the command line.
local account = use "system/service/account"
local bundles = use "system/service/bundles"
local checkup = use "system/service/checkup"
local draft = use "system/service/rules_draft"
local live = use "system/service/live"
local propose_draft = use "system/service/propose"
local publish = use "system/service/publish"
local rules_diff = use "system/service/rules_diff"

local command = {}

local LOG_MAX, SHORT, PREFIX_MIN = 200, 12, 6

local function short(hash)
    return string.sub(hash, 1, SHORT)
end

local function find_prefix(prefix)
    local found, after
    repeat
        local page = store.list("bundle", { index = "at", descending = true, limit = 200, keys_only = true, after = after })
        for _, one in ipairs(page.rows) do
            if text.starts(one.key, prefix) and found and found ~= one.key then
                fail("E_INVALID", "several bundles begin with " .. prefix .. "; write more of the hash")
            end
            found = text.starts(one.key, prefix) and one.key or found
        end
        after = page.after
    until not page.more
    return found
end

-- "live" or the beginning of a hash -> the hash
local function resolve(ref)
    if ref == "live" then
        return live.hash()
    elseif #ref < PREFIX_MIN or string.find(ref, "[^0-9a-f]") then
        fail("E_INVALID", "a bundle is named by \"live\" or by at least 6 digits of its hash, not by " .. ref)
    end
    return find_prefix(ref) or fail("E_NOT_FOUND", "there is no bundle " .. ref)
end

local function line_of(row)
    return table.concat({ time.text(row.at), short(row.bundle), row.author_name, row.approver_name or "-", row.rolled_back and "back" or row.state,
        (string.gsub(row.reason, "%c", " ")) }, "  ")
end

-- The first bundle has no publication: it came with the release.
local function first_line()
    for _, one in ipairs(store.list("bundle", { index = "at", limit = 1 }).rows) do
        return table.concat({ time.text(one.row.at), short(one.key), "-", "-", one.row.origin, one.row.reason }, "  ")
    end
end

-- { } -> publications, newest first
function command.log()
    local lines = {}
    for i, one in ipairs(publish.latest(LOG_MAX).rows) do
        lines[i] = line_of(one.row)
    end
    lines[#lines + 1] = first_line()
    return table.concat(lines, "\n") .. "\n"
end

-- { bundle } -> JSON: { hash, files }
function command.export(args)
    local hash = resolve(args.bundle)
    return json.encode { hash = hash, files = bundles.files(hash) }
end

local function range(first, count)
    return count == 1 and tostring(first) or (count == 0 and first - 1 or first) .. "," .. count
end

-- The rows between two gaps as one hunk of a unified diff.
local function hunk(rows, from, to, at_old, at_new)
    local lines, old, new = {}, 0, 0
    for i = from, to do
        local row = rows[i]
        old, new = old + (row.sign ~= "+" and 1 or 0), new + (row.sign ~= "-" and 1 or 0)
        lines[#lines + 1] = row.sign .. row.text
    end
    table.insert(lines, 1, "@@ -" .. range(at_old, old) .. " +" .. range(at_new, new) .. " @@")
    return table.concat(lines, "\n"), at_old + old, at_new + new
end

-- Where a run of rows begins in both texts.
local function starts(rows, from, to, old, new)
    for i = from, to do
        old, new = rows[i].old and math.min(rows[i].old, old) or old, rows[i].new and math.min(rows[i].new, new) or new
    end
    return old, new
end

local function unified(file)
    local out = { "--- " .. (file.state == "new" and "/dev/null" or "a/" .. file.name), "+++ " .. (file.state == "removed" and "/dev/null" or "b/" .. file.name) }
    local from, old, new = 1, 1, 1
    for i = 1, #file.rows + 1 do
        local is_end = i > #file.rows or file.rows[i].sign == "…"
        if is_end and i > from then
            local at_old, at_new = starts(file.rows, from, i - 1, math.huge, math.huge)
            local body
            body, old, new = hunk(file.rows, from, i - 1, at_old < math.huge and at_old or old, at_new < math.huge and at_new or new)
            out[#out + 1] = body
        end
        from = is_end and i + 1 or from
    end
    return table.concat(out, "\n") .. "\n"
end

local function side(one)
    return one.files or bundles.files(resolve(one.bundle))
end

-- { a, b }: each { bundle } or { files } -> a unified diff, empty when nothing differs
function command.diff(args)
    local out = {}
    for i, file in ipairs(rules_diff.of(side(args.a), side(args.b))) do
        out[i] = unified(file)
    end
    return table.concat(out)
end

local function administrator(login)
    local row = account.find(account.login_name(login))
    if not row or not domain.roles(row.key).admin then
        fail("E_DENIED", login .. " is no administrator of this hall")
    end
    return { account = row.key, name = row.name or login }
end

-- The draft of what differs from the live rules; its key.
local function drafted(user, files, reason)
    local key, base = draft.begin(user, text.sub("导入：" .. reason, 1, 60)), bundles.files(live.hash())
    for name, body in pairs(files) do
        if base[name] ~= body then
            draft.save(user, key, name, body)
        end
    end
    for name in pairs(base) do
        if not files[name] then
            draft.save(user, key, name, nil)
        end
    end
    return key
end

local function findings_of(report)
    local lines = {}
    for _, one in ipairs(report.findings) do
        lines[#lines + 1] = string.format("%s:%d: %s: %s", one.file, one.line, one.severity, one.message)
    end
    return table.concat(lines, "\n")
end

-- Goes the way of a draft, so that what stands behind that way is the same; the bundle says that it was imported.
local function propose(user, files, reason)
    store.tx(function(tx)
        bundles.keep(tx, files, { author = user.account, reason = reason, origin = "import", parent = live.hash() })
    end)
    local key = drafted(user, files, reason)
    local ok, made = pcall(propose_draft.make, user, key, { reason = reason })
    draft.drop(user, key)
    return ok and made or error(made, 0)
end

-- { files, author, reason } -> a sentence. Proposed as by the author; another administrator approves in the browser.
function command.import(args)
    local user, hash = administrator(args.author), bundles.hash(args.files)
    if text.trim(args.reason) == "" then
        fail("E_INVALID", "--reason says why the rules are changed")
    elseif hash == live.hash() then
        return "no change: these are the live rules, " .. short(hash) .. "\n"
    end
    local report = checkup.full(args.files)
    if not report.ok then
        fail("E_INVALID", "the check refuses these rules, nothing was proposed:\n" .. findings_of(report))
    end
    local made = propose(user, args.files, args.reason)
    return "proposed " .. short(hash) .. "; another administrator approves it at /staff/rules/publications/" .. made .. "\n"
end

return command
