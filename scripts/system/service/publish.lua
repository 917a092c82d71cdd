-- SPDX-License-Identifier: Apache-2.0
-- publish: how rules become live: proposed with a reason and the reports of the check, approved by a second administrator,
-- at once or at a moment; one click goes back. Everything stays for ever.
local bundles = use "system/service/bundles"
local going_live = use "system/service/going_live"
local live = use "system/service/live"
local replay = use "system/service/replay"

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

-- Raises when there is no reason, or others published since the draft was begun.
function publish.refuse_early(p)
    if text.trim(p.reason or "") == "" then
        fail("E_INVALID", "请写明修改的原因")
    elseif p.base ~= live.hash() then
        fail("E_CONFLICT", "草稿编写期间已有新的规则发布，请先合并")
    end
end

-- publish.propose(user, { files, base, reason, check, run, due, moves }) -> key. check: findings; none may be an error. run: key of
-- the replay. moves: { map, states } when open cases go over too.
function publish.propose(user, p)
    publish.refuse_early(p)
    return store.tx(function(tx)
        local hash = bundles.keep(tx, p.files, { author = user.account, reason = p.reason, origin = "editor", parent = p.base })
        if hash == p.base then
            fail("E_INVALID", "没有任何修改，无需发布")
        end
        local key = tx:key()
        tx:insert("publication", key, { bundle = hash, base = p.base, author = user.account, author_name = user.name, reason = p.reason,
            state = "proposed", check = p.check, run = p.run or "", due = p.due, at = tx:now(), moves = p.moves or {} })
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

local function refuse_unreplayed(row)
    local run = (row.run or "") ~= "" and replay.get(row.run)
    if run and run.state == "running" then
        fail("E_CONFLICT", "重演还没有完成，请看过重演结果再批准")
    elseif run and run.state == "failed" then
        fail("E_CONFLICT", "重演没有完成，请重新重演")
    end
end

-- publish.approve(user, key) -> state: live at once, or scheduled
function publish.approve(user, key)
    local asked = publish.get(key)
    refuse_unreplayed(asked)
    bundles.ensure(asked.bundle)
    local moves = asked.state == "proposed" and going_live.ask_moves(asked)
    local state = store.tx(function(tx)
        local row = lock(tx, key, "proposed")
        refuse_author(tx, row, user)
        if not going_live.is_upon(tx, row.base) then
            fail("E_CONFLICT", "提交之后已有新的规则发布，请提交人合并后重新提交")
        end
        if row.due and row.due > tx:now() then
            decide(tx, row, "scheduled", user)
            tx:enqueue("rules.due", { key = key }, row.due)
        else
            decide(tx, row, "live", user)
            going_live.make(tx, key, row, moves)
        end
        tx:put("publication", key, row)
        audit(tx, key, row.state, user, { bundle = row.bundle })
        return row.state
    end)
    if state == "live" then
        going_live.go(asked.bundle)
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

-- publish.replay_again(user, key): another run for one whose replay ended without a report.
function publish.replay_again(user, key)
    local asked = publish.get(key)
    local base, changes = store.get("bundle", asked.base).files, {}
    for name, sum in pairs(store.get("bundle", asked.bundle).files) do
        changes[name] = base[name] ~= sum and sum or nil
    end
    for name in pairs(base) do
        changes[name] = changes[name] or not store.get("bundle", asked.bundle).files[name] and "" or nil
    end
    local run = replay.start(user, { base = asked.base, files = changes }, true)
    store.tx(function(tx)
        local row = lock(tx, key, "proposed")
        row.run = run
        tx:put("publication", key, row)
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

local function miss(tx, why)
    tx:insert("todo", tx:key(), { kind = "rules", state = "open", case = "", at = tx:now(), text = "排期的规则没有发布：" .. why .. "，请提交人重新提交" })
end

-- Why a scheduled one cannot go live now, or nil.
local function why_not(tx, row, ok)
    if not going_live.is_upon(tx, row.base) then
        return "期间已有其他规则发布"
    end
    return not ok and "有申请处于新规则没有的状态" or nil
end

local function settle_due(tx, key, row, ok, moves)
    local why = why_not(tx, row, ok)
    decide(tx, row, why and "missed" or "live")
    if why then
        miss(tx, why)
    else
        going_live.make(tx, key, row, moves)
    end
    tx:put("publication", key, row)
    audit(tx, key, row.state)
    return not why and row.bundle or nil
end

-- publish.due(key): the moment of a scheduled one has come. Published only upon the rules it was checked against.
function publish.due(key, job_id)
    local asked = store.get("publication", key)
    local ok, moves = true, nil
    if asked and asked.state == "scheduled" then
        bundles.ensure(asked.bundle)
        ok, moves = pcall(going_live.ask_moves, asked)
    end
    local hash = store.tx(function(tx)
        local row = tx:get("publication", key)
        local settled = row and row.state == "scheduled" and settle_due(tx, key, row, ok, ok and moves or nil) or nil
        tx:finish(job_id)
        return settled
    end)
    if hash then
        going_live.go(hash)
    end
end

-- publish.back(user, reason) -> hash: the rules that were live before are live again, at once; one administrator suffices.
function publish.back(user, reason)
    if text.trim(reason or "") == "" then
        fail("E_INVALID", "请写明恢复的原因")
    end
    local row = store.get("setting", "live")
    local target = row and row.before or fail("E_CONFLICT", "没有更早的版本可以恢复")
    bundles.ensure(target)
    store.tx(function(tx)
        if tx:get("setting", "live").hash ~= row.hash then
            fail("E_CONFLICT", "刚刚有新的规则发布，请刷新页面")
        end
        going_live.replace(tx, target)
        local key = tx:key()
        tx:insert("publication", key, { bundle = target, base = row.hash, author = user.account, author_name = user.name, reason = reason,
            state = "live", check = {}, run = "", at = tx:now(), live_at = tx:now(), rolled_back = true, moves = {} })
        audit(tx, key, "rolled_back", user, { bundle = target })
    end)
    going_live.go(target)
    return target
end

return publish
