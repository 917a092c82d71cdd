-- SPDX-License-Identifier: Apache-2.0
-- replay_words: a replay and a move as administrators read them.
local replay_words = {}

local WHATS = { { "state", "办理状态" }, { "price", "价格" }, { "materials", "需要提交的材料" }, { "messages", "发出的消息" }, { "effects", "系统的动作" },
    { "form", "填写检查" } }

-- 12345 -> "12,345"
function replay_words.number(n)
    local grouped = string.gsub(string.reverse(tostring(n)), "(%d%d%d)", "%1,")
    return (string.gsub(string.reverse(grouped), "^,", ""))
end

-- May these roles open an application's page?
function replay_words.may_open(roles)
    return roles.reviewer or roles.officer or roles.counter or false
end

local function cases_of(cases, may_open)
    local out = {}
    for i, one in ipairs(cases) do
        out[i] = { label = one.number, href = may_open and "/staff/case/" .. one.key or nil }
    end
    return out
end

local function rows_of(list, what, kinds, may_open)
    local rows = {}
    for _, one in ipairs(list) do
        if one.what == what then
            rows[#rows + 1] = { kind = kinds[one.kind] or one.kind, event = one.event, before = one.before, after = one.after,
                count = replay_words.number(one.count), n = one.count, cases = cases_of(one.cases, may_open), more = one.count > #one.cases }
        end
    end
    table.sort(rows, function(a, b) return a.n > b.n end)
    return rows
end

-- replay_words.of(run, { kinds = { id = label }, may_open }) -> what view/rules/replay shows
function replay_words.of(run, opts)
    local groups = {}
    for _, what in ipairs(WHATS) do
        local rows = rows_of(run.differences, what[1], opts.kinds, opts.may_open)
        groups[#groups + 1] = #rows > 0 and { id = what[1], label = what[2], rows = rows } or nil
    end
    local href = "/staff/rules/replays/" .. run.key
    return { state = run.state, href = href, done = replay_words.number(run.done), of = replay_words.number(run.of), why = run.why,
        cases = replay_words.number(run.done), events = replay_words.number(run.events), groups = groups, total = #run.differences,
        said = run.state == "running" and "重演进行中" or run.state == "failed" and "重演没有完成" or "重演已完成" }
end

return replay_words
