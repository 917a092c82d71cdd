-- SPDX-License-Identifier: Apache-2.0
-- replay: what the recorded applications would have become under other rules, counted in the background. The process that
-- decides gets invented values (lib/stand_in); the reports stay for ever.
--
-- A run: { bundle (its hash), live, base, changes (file -> SHA-256, "" for none), state = running | done | failed, done, of,
-- events, differences, after (where it goes on), account, at, ended, why }
local bundles = use "system/service/bundles"
local checkup = use "system/service/checkup"
local differences = use "lib/bundle_replay/differences"
local draft = use "system/service/rules_draft"
local live = use "system/service/live"
local recorded = use "system/service/recorded"

local replay = {}

local CASES_MAX = 10000
local CASES_OF_RUN = 2000 -- to one process
local CASES_OF_WORD = 250 -- to one word of progress
local FRESH_MS = 10 * 60000
local LOST_MS = 30 * 60000 -- a run that takes longer has come to nothing
local LOOK_MS = 50

-- Whether nothing more will come of it.
local function is_lost(row)
    return row.state == "running" and row.at < time.now() - LOST_MS
end

-- replay.get(key) -> the run, with its key; E_NOT_FOUND
function replay.get(key)
    local row = store.is_key(key) and store.get("replay", key) or fail("E_NOT_FOUND", "没有找到这次重演")
    row.key = key
    if is_lost(row) then
        row.state, row.why = "failed", "重演中断，请重新重演"
    end
    return row
end

-- How many cases there are, up to as many as are looked at.
local function count_cases()
    local n, after = 0, nil
    repeat
        local found = store.list("case", { descending = true, limit = 200, after = after, keys_only = true })
        n, after = n + #found.rows, found.after
    until not found.more or n >= CASES_MAX
    return math.min(n, CASES_MAX)
end

-- A run of the same rules that is under way or has just ended.
local function running(hash, over, now)
    local found = store.list("replay", { index = "bundle", equal = { hash, over }, descending = true, limit = 1 }).rows[1]
    local row = found and found.row
    local fresh = row and (row.state == "running" and not is_lost(row) or row.state == "done" and row.ended > now - FRESH_MS)
    return fresh and found.key or nil
end

-- replay.start(user, row of a draft, again) -> key of the run of its rules; again: even if one has just ended
function replay.start(user, row, again)
    local hash, over, of = bundles.hash(draft.files(row)), live.hash(), count_cases()
    local known = not again and running(hash, over, time.now())
    return known or store.tx(function(tx)
        local key = tx:key()
        tx:insert("replay", key, { bundle = hash, live = over, base = row.base, changes = row.files, state = "running", done = 0, of = of,
            events = 0, differences = json.array {}, account = user.account, at = tx:now() })
        tx:enqueue("rules.replay", { key = key })
        return key
    end)
end

-- Adds to a run; nothing when it has ended meanwhile.
local function write(key, change)
    store.tx(function(tx)
        local row = tx:get("replay", key)
        if row and row.state == "running" then
            change(tx, row)
            tx:put("replay", key, row)
        end
    end)
    topics.publish("replay:" .. key)
end

local function say(key, done)
    write(key, function(_, row) row.done = done end)
end

-- What the process found, with the cases' keys and numbers for their places.
local function merged(row, answer, refs)
    local found = differences.new(row.differences)
    for _, one in ipairs(answer.differences) do
        local cases = {}
        for i, place in ipairs(one.cases) do
            cases[i] = refs[place]
        end
        found:put(one, one.count, cases)
    end
    return found:all()
end

local function take(tx, key, row, took, answer)
    row.done, row.events = row.done_before + #took.cases, row.events + answer.events
    row.differences, row.after = merged(row, answer, took.refs), took.after
    row.done_before = row.done
    if took.after and row.done < CASES_MAX then
        tx:enqueue("rules.replay", { key = key })
    else
        row.state, row.ended, row.of, row.after, row.done_before = "done", tx:now(), row.done, nil, nil
    end
end

local function fail_run(key, why)
    write(key, function(tx, row)
        row.state, row.ended, row.why = "failed", tx:now(), why or "重演没有完成，请稍后重试"
    end)
end

local function run_part(key, row, job_id)
    local before = row.done_before or 0
    local took = recorded.take { after = row.after, limit = math.min(CASES_OF_RUN, CASES_MAX - before), every = CASES_OF_WORD,
        say = function(n) say(key, before + n) end }
    local files = draft.files { base = row.base, files = row.changes }
    local answer, why = checkup.replay(files, bundles.files(row.live), took.cases, took.told)
    if not answer then
        return fail_run(key, why)
    end
    write(key, function(tx, now)
        now.done_before = before
        take(tx, key, now, took, answer)
        tx:finish(job_id)
    end)
end

-- replay.step(key, job id): one part of a run, as many cases as go to one process; the next part is a job of its own. A run that
-- meets an error ends with it: whoever wants one begins another.
function replay.step(key, job_id)
    local row = store.get("replay", key)
    if not row or row.state ~= "running" then
        return
    end
    local ok, err = pcall(run_part, key, row, job_id)
    if not ok then
        log.error("replay ended with an error", { run = key, error = type(err) == "table" and err.message or tostring(err) })
        fail_run(key, "重演时出现错误，请稍后重试")
    end
end

-- replay.wait(key, ms) -> the run, ended or as far as it is after that time
function replay.wait(key, ms)
    local row, left = replay.get(key), ms
    while row.state == "running" and left > 0 do
        task.sleep(LOOK_MS)
        row, left = replay.get(key), left - LOOK_MS
    end
    return row
end

return replay
