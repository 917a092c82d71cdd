-- SPDX-License-Identifier: Apache-2.0
-- locks: what every flow must refuse at the event itself, although something before it may hold the case already: each guard is
-- asked alone, with facts of which one is wrong. Paths change with the next edit; a guard that is gone would be missed then.
local flows = use "lib/business/flows"
local rules = use "lib/business/rules"

local locks = {}

-- Facts of a case to which nothing is wanting.
local whole = { agreed = "1", missing = {}, identity = "passed", paid = true, approvals = 1, paper = true, returned = { "field:x" },
    reason = "x", today = "2026-11-24", quote_date = "2026-11-24", values = {} }

-- Each: what is wrong, in words; the effects that it must not have (none: it must be refused); in_review: only where a
-- reviewer decides; doubtful: a business may want it otherwise.
local wanted = {
    submit = {
        { { agreed = false }, "未同意服务协议", { "pin" } },
        { { errors = { "x" } }, "表单还有错误", { "pin" } },
    },
    printed = { { { errors = { "x" } }, "领取方式未填完" } },
    approve = {
        { { missing = { "form" } }, "材料不齐", { "approved", "issue" } },
        { { identity = "none" }, "身份识别未通过", { "approved", "issue" } },
        { { identity = "expired" }, "身份识别已过期", { "approved", "issue" } },
        { { paid = false }, "未缴费也未减免", { "approved", "issue" } },
        { { own = true }, "由与申请有关的人审核", { "approved", "issue" } },
    },
    received = { { { paid = false }, "费用已退还", { "issue" } } },
    ["return"] = { { { returned = {} }, "没有选出要补正的内容" } },
    refuse = { { { reason = "" }, "没有写明原因" } },
    cancel = { { { approvals = 1 }, "已审核通过", in_review = true, doubtful = true } },
    registered = { { { claimed = true }, "审核员正在审核", in_review = true, doubtful = true } },
    removed = { { { claimed = true }, "审核员正在审核", in_review = true, doubtful = true } },
    changed = { { { claimed = true }, "审核员正在审核", in_review = true, doubtful = true } },
}

local function has_any(list, names)
    for _, one in ipairs(list or {}) do
        for _, name in ipairs(names) do
            if one == name then
                return true
            end
        end
    end
    return false
end

-- Whether the event goes through with these facts as it must not; one that breaks is told by the walk.
local function is_open(r, kind, state, event, lock, medium)
    local facts = rules.with(rules.with(flows.facts, whole), lock[1])
    facts.by, facts.medium, facts.delivery = state.on[event].by[1], medium, medium == "ukey" and "courier" or "none"
    local ok, after = pcall(flows.next, r, kind.id, state.name, event, facts)
    return ok and not after.refused and (lock[3] == nil or has_any(after.effects, lock[3]))
end

local function try_lock(out, r, kind, state, event, lock)
    if lock.in_review and not state.on.approve then
        return
    end
    for _, medium in ipairs { "ukey", "soft" } do
        if is_open(r, kind, state, event, lock, medium) then
            return out:say(state.source, "states." .. state.name .. ".on." .. event, lock.doubtful and "warning" or "error",
                "事件“" .. event .. "”在" .. lock[2] .. "时没有被拒绝")
        end
    end
end

-- locks.run(out, r, kind): one finding for each event that lets through what it must refuse
function locks.run(out, r, kind)
    for _, state in pairs(flows.get(r, kind.id).states) do
        for event in pairs(state.on or {}) do
            for _, lock in ipairs(wanted[event] or {}) do
                try_lock(out, r, kind, state, event, lock)
            end
        end
    end
end

return locks
