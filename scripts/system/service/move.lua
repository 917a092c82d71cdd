-- SPDX-License-Identifier: Apache-2.0
-- move: submitted applications go over to the rules of a publication, if its author asked for that: one transaction each, by a
-- job that goes on where it was. Facts stay as they are; only the rules, where need be the state, and the timers change.
--
-- A row: { bundle, map, states (names), at (place among them), after, moved, left, pass, state = running | waiting | done |
-- stopped, since, ended }
local bundles = use "system/service/bundles"
local business = use "lib/business"
local checkup = use "system/service/checkup"
local claim = use "system/service/claim"
local flow = use "system/service/flow"
local live = use "system/service/live"
local todo = use "system/service/todo"

local move = {}

local BATCH = 50
local PAUSES = { 5000, 60000, 10 * 60000, 30 * 60000, 60 * 60000 } -- before those that could not be moved are tried again

move.STATES = { running = "正在移动", waiting = "等待重试", done = "已完成", stopped = "已停止（期间有其他发布）" }

-- What stands in a state under one of the bundles that cases follow.
local function note_states(found, hash, b)
    for _, kind in ipairs(b:kinds()) do
        local f = b:flow(kind.id)
        for name, state in pairs(f.states) do
            local pinned = not state.final and store.count("cases_by_bundle", { hash, name }) or 0
            if pinned > 0 then
                local id = kind.id .. ":" .. name
                local one = found[id] or { kind = kind.id, kind_label = kind.label, state = name, label = state.label, step = state.step, pinned = 0 }
                one.pinned = one.pinned + pinned
                one.step = state.step and one.step and math.min(one.step, state.step) or nil
                found[id] = one
            end
        end
    end
end

local function each_followed(f)
    local after
    repeat
        local found = store.list("bundle", { index = "at", limit = 100, after = after, keys_only = true })
        for _, one in ipairs(found.rows) do
            if store.list("case", { index = "bundle", equal = { one.key }, limit = 1, keys_only = true }).rows[1] then
                f(one.key)
            end
        end
        after = found.after
    until not found.more
end

-- move.states(target) -> list of { kind, kind_label, state, label, step, count }: where open cases stand that follow other rules
function move.states(target)
    local found, out = {}, json.array {}
    each_followed(function(hash)
        if hash ~= target then
            note_states(found, hash, business.open(bundles.ensure(hash), live.hash()))
        end
    end)
    for _, one in pairs(found) do
        one.count = math.min(one.pinned, store.count("cases_by_state", { one.kind, one.state }))
        out[#out + 1] = one.count > 0 and one or nil
    end
    table.sort(out, function(x, y)
        return x.kind < y.kind or x.kind == y.kind and ((x.step or 0) < (y.step or 0) or x.step == y.step and x.state < y.state)
    end)
    return out
end

-- move.ask(files, map) -> { states, map, lacking, refused } of lib/bundle_moves for the cases that are open now
function move.ask(files, map)
    local states = move.states(bundles.hash(files))
    local answer, why = checkup.moves(files, { states = states, map = map or {} })
    if not answer then
        return { states = states, map = {}, lacking = {}, refused = { why or "检查没有完成，请稍后重试" } }
    end
    answer.states = states
    return answer
end

-- Whether every state has one to go to.
function move.is_complete(asked)
    for _, one in ipairs(asked.lacking) do
        if one.chosen == "" then
            return false
        end
    end
    return #asked.refused == 0
end

local function names_of(states)
    local out, known = json.array {}, {}
    for _, one in ipairs(states) do
        if not known[one.state] then
            known[one.state], out[#out + 1] = true, one.state
        end
    end
    return out
end

-- move.begin(tx, key of the publication, bundle, asked): from now on, in the background
function move.begin(tx, key, bundle, asked)
    tx:insert("move", key, { bundle = bundle, map = asked.map, states = names_of(asked.states), at = 1, moved = 0, left = 0, pass = 1,
        state = "running", since = tx:now() })
    tx:enqueue("rules.move", { key = key })
end

function move.get(key)
    return store.get("move", key)
end

local function is_live(tx, hash)
    return tx:get("setting", "live").hash == hash
end

-- Moves one case: moved, left and why, or nothing when there is nothing to move.
local function move_case(tx, key, m)
    local row = tx:get("case", key)
    if not row or row.bundle == "" or row.bundle == m.bundle then
        return nil
    end
    row.key = key
    local rules = live.rules_of(row)
    if rules:state(row.kind, row.state).final then
        return nil
    end
    local to = m.map[row.kind .. ":" .. row.state]
    if not to then
        return "left", "新规则没有状态“" .. row.state .. "”，也没有指定代替的状态"
    elseif claim.of(row, tx:now()) then
        return "left", "审核员正在办理"
    end
    flow.move(tx, row, m.bundle, to)
    return "moved"
end

local function leave(tx, key, why)
    todo.add(tx, "rules", { case = key, text = "申请没有改按新规则办理：" .. why })
end

-- One case; what goes wrong with it leaves it where it is.
local function try(key, m, last)
    local ok, what, why = pcall(store.tx, function(tx)
        if not is_live(tx, m.bundle) then
            return "stopped"
        end
        local result, reason = move_case(tx, key, m)
        if result == "left" and last then
            leave(tx, key, reason)
        end
        return result
    end)
    if ok then
        return what
    end
    log.warn("case not moved", { case = key, error = type(what) == "table" and what.message or tostring(what), why = why })
    if last then
        store.tx(function(tx) leave(tx, key, "出现错误，见日志") end)
    end
    return "left"
end

-- What comes after a walk through all states: nothing, or another one for those that were left.
local function next_pass(tx, key, m)
    local pause = PAUSES[m.pass]
    if m.left > 0 and pause then
        m.state, m.pass, m.at, m.after, m.left_before, m.left = "waiting", m.pass + 1, 1, nil, m.left, 0
        tx:enqueue("rules.move", { key = key }, tx:now() + pause)
    else
        m.state, m.ended = "done", tx:now()
    end
end

local function go_on(key, count, found, job_id)
    store.tx(function(tx)
        local m = tx:get("move", key)
        m.moved, m.left, m.state = m.moved + (count.moved or 0), m.left + (count.left or 0), "running"
        if count.stopped then
            m.state, m.ended = "stopped", tx:now()
        elseif found.more then
            m.after = found.after
        else
            m.at, m.after = m.at + 1, nil
        end
        if m.state == "running" and m.at > #m.states then
            next_pass(tx, key, m)
        elseif m.state == "running" then
            tx:enqueue("rules.move", { key = key })
        end
        tx:put("move", key, m)
        tx:finish(job_id)
    end)
    topics.publish("publication:" .. key)
end

-- move.step(key, job id): one batch; the next is a job of its own.
function move.step(key, job_id)
    local m = store.get("move", key)
    if not m or m.state == "done" or m.state == "stopped" then
        return
    end
    local count, state = {}, m.states[m.at]
    local found = state and store.list("case", { index = "state", equal = { state }, limit = BATCH, after = m.after }) or { rows = {} }
    for _, one in ipairs(found.rows) do
        local what = try(one.key, m, PAUSES[m.pass] == nil)
        if what then
            count[what] = (count[what] or 0) + 1
            flow.told(one.key)
        end
    end
    go_on(key, count, found, job_id)
end

return move
