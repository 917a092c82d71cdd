-- SPDX-License-Identifier: Apache-2.0
-- queue: the applications that wait for a reviewer, longest first. It is the index of states: no list of its own can be
-- wrong. Filters look at a bounded number of rows; what is behind them is the next page.
local case = use "system/service/case"
local claim = use "system/service/claim"
local live = use "system/service/live"
local own = use "system/service/own"
local watch = use "system/service/watch"

local queue = {}

local PAGE, STEP, BUDGET = 25, 50, 400
local FOUND_MAX = 50
local READERS = { "reviewer", "officer" }

-- Late: the day at whose end the state should have been left is over.
function queue.is_late(row, today)
    return row.due ~= "" and row.due < today
end

local tests = {
    all = function(row) return not claim.is_held(row) end,
    late = function(row, ctx) return queue.is_late(row, ctx.today) and not claim.is_held(row) end,
    mine = function(row, ctx) return claim.is_mine(row, ctx.user, ctx.now) end,
    free = function(row, ctx) return not claim.of(row, ctx.now) and not claim.is_held(row) end,
    held = function(row) return claim.is_held(row) end,
}

-- The views of the queue in their order.
queue.views = {
    { id = "all", label = "全部待审" }, { id = "free", label = "未领取" }, { id = "late", label = "已超期" },
    { id = "mine", label = "我领取的" }, { id = "held", label = "已挂起" },
}

-- Calls take(row) for cases of a state from a position on, until it says stop or the budget is used; gives the position.
local function walk(state, after, budget, take)
    local seen = 0
    while seen < budget do
        local found = store.list("case", { index = "state", equal = { state }, after = after, limit = math.min(STEP, budget - seen) })
        for _, one in ipairs(found.rows) do
            one.row.key = one.key
            take(one.row)
        end
        seen, after = seen + #found.rows, found.after
        if not found.more then
            return nil
        end
        if take(nil) then
            break
        end
    end
    return after
end

local function context(user)
    local now = time.now()
    return { user = user, now = now, today = time.date(now) }
end

-- queue.list(user, { state = "review", view, kind, after }) -> { rows, after }
function queue.list(user, opts)
    own.must_be(user, READERS)
    local ctx, rows = context(user), {}
    local test = tests[opts.view] or tests.all
    local after = walk(opts.state or "review", opts.after, BUDGET, function(row)
        if row == nil then
            return #rows >= PAGE
        end
        rows[#rows + 1] = (not opts.kind or row.kind == opts.kind) and test(row, ctx) and row or nil
    end)
    watch.read(user, "queue", "review " .. (opts.view or "all"))
    return { rows = rows, after = after }
end

-- queue.next(user) -> the key of the case that waits longest and that nobody has, not one of the excluded; nil without one
function queue.next(user, excluded)
    own.must_be(user, { "reviewer" })
    local ctx, key = context(user), nil
    walk("review", nil, BUDGET, function(row)
        if row == nil then
            return key ~= nil
        end
        key = key or tests.free(row, ctx) and not (excluded or {})[row.key] and row.key or nil
    end)
    return key
end

-- queue.search(user, text, kind) -> list of cases by number, or by a part of a name; and a sentence when nothing could be looked for
function queue.search(user, value, kind)
    own.must_be(user, READERS)
    value = text.normalize(value or "")
    watch.read(user, "queue", "search")
    if string.find(value, "%d%d%d%d%d%d%d%d%d%d") then
        local row, sentence = case.staff_by_number(user, value, READERS)
        return { row }, sentence
    elseif (text.length(value) or 0) < 2 then
        return {}, "请输入业务受理号，或至少两个字的名称"
    end
    local rows = {}
    for _, one in ipairs(store.list("case", { index = "words", text = value, limit = FOUND_MAX }).rows) do
        one.row.key = one.key
        rows[#rows + 1] = (not kind or one.row.kind == kind) and one.row or nil
    end
    return rows
end

local function counted(state)
    local n = 0
    for _, kind in ipairs(live.rules():kinds()) do
        n = n + store.count("cases_by_state", { kind.id, state })
    end
    return n
end
queue.count = counted

-- The numbers of the overview; late and mine are counted among the longest waiting.
function queue.numbers(user)
    local ctx, late, mine, held = context(user), 0, 0, 0
    local after = walk("review", nil, BUDGET, function(row)
        if row then
            late = late + (tests.late(row, ctx) and 1 or 0)
            mine = mine + (tests.mine(row, ctx) and 1 or 0)
            held = held + (tests.held(row) and 1 or 0)
        end
        return false
    end)
    return { waiting = counted("review"), late = late, mine = mine, held = held, paper = counted("paper"), voucher = counted("voucher"),
        partial = after ~= nil }
end

return queue
