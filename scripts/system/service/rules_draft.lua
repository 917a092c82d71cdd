-- SPDX-License-Identifier: Apache-2.0
-- rules_draft: what an administrator edits: files laid over a published bundle. A draft belongs to one person; what others
-- published meanwhile is merged in, or shown as a conflict, never lost.
local bundles = use "system/service/bundles"
local diff = use "lib/diff"
local live = use "system/service/live"

local draft = {}

local FILES_MAX, TEXT_MAX = 200, 256 * 1024

local function absent()
    return fail("E_NOT_FOUND", "没有找到这份草稿")
end

-- draft.get(user, key) -> the row; only its owner's
function draft.get(user, key)
    local row = store.is_key(key) and store.get("draft", key)
    if not row or row.account ~= user.account then
        absent()
    end
    row.key = key
    return row
end

function draft.mine(user)
    local out = json.array {}
    for i, one in ipairs(store.list("draft", { index = "account", equal = { user.account }, descending = true, limit = 50 }).rows) do
        one.row.key = one.key
        out[i] = one.row
    end
    return out
end

-- draft.begin(user, title) -> key: a draft upon the live rules
function draft.begin(user, title)
    return store.tx(function(tx)
        local key = tx:key()
        tx:insert("draft", key, { account = user.account, author = user.name, title = title or "", base = live.hash(), files = {},
            at = tx:now(), rev = 1 })
        tx:append("audit", key, { event = "draft.begun", by = user.account })
        return key
    end)
end

function draft.drop(user, key)
    store.tx(function(tx)
        local row = tx:get("draft", key)
        if row and row.account == user.account then
            tx:delete("draft", key)
            tx:append("audit", key, { event = "draft.dropped", by = user.account })
        end
    end)
end

-- draft.files(row) -> { name = text }: the base with the changes laid over it
function draft.files(row)
    local files = bundles.files(row.base)
    for name, sum in pairs(row.files) do
        files[name] = sum ~= "" and bundles.text(sum) or nil
    end
    return files
end

-- The text of one file; nil when the draft has none of that name.
function draft.text(row, name)
    local sum = row.files[name]
    if sum then
        return sum ~= "" and bundles.text(sum) or nil
    end
    local base = store.get("bundle", row.base) or absent()
    return base.files[name] and bundles.text(base.files[name])
end

-- The digest by which the text of a file is kept; "" when the draft has none of that name.
function draft.sum(row, name)
    return row.files[name] or (store.get("bundle", row.base) or absent()).files[name] or ""
end

-- Names of all files with how each stands: { name, state = same | changed | new | removed }
function draft.list(row)
    local base = (store.get("bundle", row.base) or absent()).files
    local names, out = {}, json.array {}
    for name in pairs(base) do
        names[#names + 1] = name
    end
    for name in pairs(row.files) do
        names[#names + 1] = not base[name] and name or nil
    end
    table.sort(names)
    for i, name in ipairs(names) do
        local sum = row.files[name]
        local state = sum == nil and "same" or sum == "" and "removed" or base[name] and "changed" or "new"
        out[i] = { name = name, state = state }
    end
    return out
end

-- "flows/reissue.lua": a name that the loader takes
function draft.is_name(name)
    return #name <= 80 and text.matches(name, "(?:[a-z][a-z0-9_]*/)?[a-z][a-z0-9_]*\\.lua")
end

local function refuse_name(name)
    if not draft.is_name(name) then
        fail("E_INVALID", "文件名只能用小写字母、数字和下划线，以 .lua 结尾，最多一层目录")
    end
end

local function count(files)
    local n = 0
    for _ in pairs(files) do
        n = n + 1
    end
    return n
end

local function put_text(tx, row, name, body)
    local base = (tx:get("bundle", row.base) or absent()).files[name]
    local sum = body and crypto.sha256(body) or ""
    if body and not tx:get("source", sum) then
        tx:put("source", sum, { text = body })
    end
    if sum == (base or "") then
        row.files[name] = nil
    else
        row.files[name] = sum
    end
end

local function write(tx, key, row)
    row.key = nil
    row.rev, row.at = row.rev + 1, tx:now()
    tx:put("draft", key, row)
    row.key = key
end

-- draft.save(user, key, name, text or nil to remove it, rev) -> { ok, rev } | { stale = the stored text }: rev is that of the page
function draft.save(user, key, name, body, rev)
    refuse_name(name)
    if body and #body > TEXT_MAX then
        fail("E_TOO_BIG", "一个文件最多 256 KB")
    elseif body and (not text.length(body) or string.find(body, "\0", 1, true)) then
        fail("E_INVALID", "文件须为 UTF-8 编码的文本")
    end
    body = body and string.gsub(string.gsub(body, "\r\n", "\n"), "\r", "\n")
    return store.tx(function(tx)
        local row = tx:get("draft", key)
        if not row or row.account ~= user.account then
            absent()
        elseif rev and row.rev ~= rev and draft.text_in(tx, row, name) ~= body then
            return { stale = draft.text_in(tx, row, name) or "", rev = row.rev }
        end
        put_text(tx, row, name, body)
        if count(row.files) > FILES_MAX then
            fail("E_TOO_BIG", "一份草稿最多修改 200 个文件")
        end
        write(tx, key, row)
        return { ok = true, rev = row.rev }
    end)
end

-- draft.merge(sum, mine, theirs, label) -> text, number of places at which both changed the same lines: both changes of the text that
-- has this digest. label says whose the second version is.
function draft.merge(sum, mine, theirs, label)
    local kept = text.matches(sum, "[0-9a-f]{64}") and store.get("source", sum)
    local body, open = diff.merge(kept and kept.text or "", mine, theirs, label)
    return body, #open
end

-- draft.text inside a transaction
function draft.text_in(tx, row, name)
    local sum = row.files[name]
    if not sum then
        sum = (tx:get("bundle", row.base) or absent()).files[name]
    end
    return sum and sum ~= "" and tx:get("source", sum).text or nil
end

-- Whether others published since the draft was begun.
function draft.is_behind(row)
    return row.base ~= live.hash()
end

local function merged_files(row, base, theirs)
    local out, conflicts = {}, json.array {}
    for name, sum in pairs(row.files) do
        local mine = sum ~= "" and bundles.text(sum) or nil
        if theirs[name] == base[name] then
            out[name] = mine or false
        else
            local body, open = diff.merge(base[name] or "", mine or "", theirs[name] or "")
            out[name] = body
            if #open > 0 then
                conflicts[#conflicts + 1] = name
            end
        end
    end
    return out, conflicts
end

-- draft.rebase(user, key) -> { conflicts = names }: the draft now stands upon the live rules. Where both changed the same lines both
-- versions stand in the file between marks, and the check refuses it until somebody has chosen.
function draft.rebase(user, key)
    local row = draft.get(user, key)
    local target = live.hash()
    local files, conflicts = merged_files(row, bundles.files(row.base), bundles.files(target))
    store.tx(function(tx)
        local now = tx:get("draft", key)
        if not now or now.rev ~= row.rev then
            fail("E_CONFLICT", "草稿刚在另一个窗口中修改过，请重新打开")
        end
        now.base, now.files = target, {}
        for name, body in pairs(files) do
            put_text(tx, now, name, body or nil)
        end
        write(tx, key, now)
        tx:append("audit", key, { event = "draft.rebased", by = user.account, base = target })
    end)
    return { conflicts = conflicts }
end

return draft
