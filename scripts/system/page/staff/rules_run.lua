-- SPDX-License-Identifier: Apache-2.0
-- rules_run: a replay of recorded applications: how far it is, then what differs.
local guard = use "system/service/guard"
local live = use "system/service/live"
local replay = use "system/service/replay"
local replay_words = use "lib/replay_words"
local session = use "system/service/session"
local shell = use "system/page/staff/shell"

local rules_run = {}

local ADMIN = { "admin" }
local WAIT_MS = 1500
local REFRESH_SECONDS = 5

local function kinds()
    local labels = {}
    for _, kind in ipairs(live.rules():kinds()) do
        labels[kind.id] = kind.label
    end
    return labels
end

-- rules_run.words(run, user) -> what view/rules/replay shows
function rules_run.words(run, user)
    return replay_words.of(run, { kinds = kinds(), may_open = replay_words.may_open(user.roles) })
end

-- rules_run.of_draft(user, row of a draft) -> the same of a replay that was begun now, as far as it is after a moment
function rules_run.of_draft(user, row)
    return rules_run.words(replay.wait(replay.start(user, row, true), WAIT_MS), user)
end

local function rows_of(run)
    return {
        { label = "开始时间", value = time.text(run.at) },
        { label = "完成时间", value = run.ended and time.text(run.ended) or "尚未完成" },
        { label = "使用中的规则", value = string.sub(run.live, 1, 12) },
        { label = "新规则", value = string.sub(run.bundle, 1, 12) },
    }
end

http.get("/staff/rules/replays/{key}", guard.staff(ADMIN, function(req, user)
    local run = replay.get(req:param("key"))
    local runs = run.state == "running"
    return shell.send(req, 200, "rules/run", user, { title = "重演", rows = rows_of(run), replay = rules_run.words(run, user),
        changes = runs and "/staff/rules/replays/" .. run.key .. "/changes" or nil, refresh = runs and REFRESH_SECONDS or nil,
        crumbs = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = "重演" } } })
end), { staff = true, no_store = true })

-- rules_run.stream(pattern, topic): an event stream for administrators; topic(key) is what it follows.
function rules_run.stream(pattern, topic)
    http.events(pattern, function(req)
        local user = guard.find(req)
        if not user or not user.roles.admin then
            return nil
        end
        return { topics = { topic .. req:param("key") }, session = user.session }
    end, function(id)
        return session.is_live(id)
    end)
end

rules_run.stream("/staff/rules/replays/{key}/changes", "replay:")

return rules_run
