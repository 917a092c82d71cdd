-- SPDX-License-Identifier: Apache-2.0
-- publish: how rules become live: proposed with a reason and the reports of the check, approved by a second administrator,
-- at once or at a moment; one click goes back. Everything stays for ever.
local bundles = use "system/service/bundles"
local live = use "system/service/live"

local publish = {}

publish.STATES = { proposed = "待批准", scheduled = "已排期", live = "使用中", replaced = "已被替换", refused = "未批准", withdrawn = "已撤回",
    missed = "未发布（期间有其他发布）" }

local function absent()
    return fail("E_NOT_FOUND", "没有找到这次发布")
end

-- The natural person behind a staff account: separation is by person.
local function person_of(r, account)
    local staff = r.get and r:get("staff", account)
    return staff and staff.person
end

function publish.get(key)
    local row = store.is_key(key) and store.get("publication", key) or absent()
    row.key = key
    return row
end

-- The newest publications, all states.
function publish.latest(limit, after)
    local found = store.list("publication", { descending = true, limit = limit, after = after })
    for _, one in ipairs(found.rows) do
        one.row.key = one.key
    end
    return found
end

local function audit(tx, key, event, user, more)
    local record = { event = "rules." .. event, by = user and user.account or "" }
    for name, value in pairs(more or {}) do
        record[name] = value
    end
    tx:append("audit", key, record)
end

-- publish.propose(user, { files, base, reason, check, replay, due }) -> key. check: findings; none may be an error.
function publish.propose(user, p)
    if text.trim(p.reason or "") == "" then
        fail("E_INVALID", "请写明修改的原因")
    elseif p.base ~= live.hash() then
        fail("E_CONFLICT", "草稿编写期间已有新的规则发布，请先合并")
    end
    return store.tx(function(tx)
        local hash = bundles.keep(tx, p.files, { author = user.account, reason = p.reason, origin = "editor", parent = p.base })
        if hash == p.base then
            fail("E_INVALID", "没有任何修改，无需发布")
        end
        local key = tx:key()
        tx:insert("publication", key, { bundle = hash, base = p.base, author = user.account, author_name = user.name, reason = p.reason,
            state = "proposed", check = p.check, replay = p.replay or {}, due = p.due, at = tx:now(), moves = p.moves or {} })
        audit(tx, key, "proposed", user, { bundle = hash })
        return key
    end)
end

local function decide(tx, row, state, user, why)
    row.key = nil
    row.state, row.decided, row.approver = state, tx:now(), user and user.account or row.approver
    row.approver_name = user and user.name or row.approver_name
    row.why = why or row.why
end

local function lock(tx, key, ...)
    local row = tx:get("publication", key) or absent()
    for _, state in ipairs { ... } do
        if row.state == state then
            return row
        end
    end
    return fail("E_CONFLICT", "这次发布已经“" .. (publish.STATES[row.state] or row.state) .. "”，请刷新页面")
end

local function refuse_author(tx, row, user)
    if row.author == user.account or person_of(tx, row.author) == person_of(tx, user.account) then
        fail("E_DENIED", "提交人不能批准自己的修改，请另一位管理员批准")
    end
end

local function replace_live(tx, hash)
    for _, one in ipairs(tx:list("publication", { index = "state", equal = { "live" }, limit = 10 }).rows) do
        one.row.state = "replaced"
        tx:put("publication", one.key, one.row)
    end
    local before = tx:get("setting", "live")
    tx:put("setting", "live", { hash = hash, since = tx:now(), over = bundle.shipped(), before = before.hash })
end

-- After the commit: one pointer.
local function go(hash)
    bundle.go_live(bundles.ensure(hash), bundle.shipped())
    log.info("business rules published", { bundle = hash })
end

-- publish.approve(user, key) -> state: live at once, or scheduled
function publish.approve(user, key)
    local asked = publish.get(key)
    bundles.ensure(asked.bundle)
    local state = store.tx(function(tx)
        local row = lock(tx, key, "proposed")
        refuse_author(tx, row, user)
        local settled = tx:get("setting", "live")
        if row.base ~= live.hash() or row.base ~= settled.hash and settled.over == bundle.shipped() then
            fail("E_CONFLICT", "提交之后已有新的规则发布，请提交人合并后重新提交")
        end
        if row.due and row.due > tx:now() then
            decide(tx, row, "scheduled", user)
            tx:enqueue("rules.due", { key = key }, row.due)
        else
            decide(tx, row, "live", user)
            row.live_at = tx:now()
            replace_live(tx, row.bundle)
        end
        tx:put("publication", key, row)
        audit(tx, key, row.state, user, { bundle = row.bundle })
        return row.state
    end)
    if state == "live" then
        go(asked.bundle)
    end
    return state
end

local function end_with(user, key, state, why, own)
    store.tx(function(tx)
        local row = lock(tx, key, "proposed", "scheduled")
        if own and row.author ~= user.account then
            fail("E_DENIED", "只有提交人可以撤回")
        end
        decide(tx, row, state, user, why)
        tx:put("publication", key, row)
        audit(tx, key, state, user)
    end)
end

function publish.refuse(user, key, why)
    if text.trim(why or "") == "" then
        fail("E_INVALID", "请写明不批准的原因")
    end
    end_with(user, key, "refused", why)
end

function publish.withdraw(user, key)
    end_with(user, key, "withdrawn", nil, true)
end

-- publish.due(key): the moment of a scheduled one has come. Published only upon the rules it was checked against.
function publish.due(key, job_id)
    local hash
    store.tx(function(tx)
        hash = nil
        local row = tx:get("publication", key)
        if row and row.state == "scheduled" then
            local ready = row.base == live.hash()
            decide(tx, row, ready and "live" or "missed")
            row.live_at = ready and tx:now() or nil
            if ready then
                replace_live(tx, row.bundle)
                hash = row.bundle
            else
                tx:insert("todo", tx:key(), { kind = "rules", state = "open", case = "", at = tx:now(),
                    text = "排期的规则没有发布：期间已有其他规则发布，请提交人重新提交" })
            end
            tx:put("publication", key, row)
            audit(tx, key, row.state)
        end
        tx:finish(job_id)
    end)
    if hash then
        go(hash)
    end
end

-- publish.back(user, reason) -> hash: the rules that were live before are live again, at once; one administrator suffices.
function publish.back(user, reason)
    local row = store.get("setting", "live")
    local target = row and row.before or fail("E_CONFLICT", "没有更早的版本可以恢复")
    bundles.ensure(target)
    store.tx(function(tx)
        if tx:get("setting", "live").hash ~= row.hash then
            fail("E_CONFLICT", "刚刚有新的规则发布，请刷新页面")
        end
        replace_live(tx, target)
        local key = tx:key()
        tx:insert("publication", key, { bundle = target, base = row.hash, author = user.account, author_name = user.name, reason = reason,
            state = "live", check = {}, replay = {}, at = tx:now(), live_at = tx:now(), rolled_back = true, moves = {} })
        audit(tx, key, "rolled_back", user, { bundle = target })
    end)
    go(target)
    return target
end

return publish
