-- SPDX-License-Identifier: Apache-2.0
-- The state table of acceptance 1.22, edge by edge, and who may do what.
local business = use "lib/business"
local check = use "tests/check"
local vectors = use "tests/business_vectors"

local KINDS = { "unit_issue", "personal_issue" }

local function facts(changes)
    return vectors.with({ by = "system", today = vectors.today, quote_date = vectors.today, medium = "ukey", delivery = "courier",
        values = { medium = "ukey" } }, changes)
end

local ready = { missing = {}, identity = "passed", paid = true, agreed = "2026-1", approvals = 1, total = 26000 }

-- state, event, by, changes of the facts, expected state (or "!" when a guard must refuse)
local edges = {
    { "draft", "submit", "applicant", { agreed = "2026-1" }, "submitted" },
    { "draft", "submit", "applicant", {}, "!" },
    { "draft", "submit", "applicant", { agreed = "2026-1", errors = { "unit_name" } }, "!" },
    { "draft", "cancel", "applicant", {}, "cancelled" },
    { "draft", "expire", "system", {}, "closed" },

    { "submitted", "printed", "applicant", { missing = { "form" } }, "materials" },
    { "submitted", "printed", "applicant", { missing = {} }, "identity" },
    { "submitted", "printed", "applicant", { errors = { "delivery" } }, "!" },
    { "submitted", "paid", "system", {}, "submitted" },
    { "submitted", "voucher_submitted", "applicant", {}, "submitted" },
    { "submitted", "voucher_confirmed", "cashier", {}, "submitted" },
    { "submitted", "voucher_refused", "cashier", {}, "submitted" },
    { "submitted", "changed", "applicant", {}, "submitted" },
    { "submitted", "registered", "counter", {}, "submitted" },
    { "submitted", "cancel", "applicant", {}, "cancelled" },
    { "submitted", "expire", "system", {}, "closed" },

    { "materials", "registered", "applicant", { missing = { "form" } }, "materials" },
    { "materials", "registered", "applicant", {}, "identity" },
    { "materials", "registered", "counter", { identity = "passed" }, "payment" },
    { "materials", "registered", "applicant", { identity = "passed", voucher = "waiting" }, "voucher" },
    { "materials", "registered", "applicant", { identity = "passed", paid = true }, "review" },
    { "materials", "paid", "system", { missing = { "form" }, paid = true }, "materials" },
    { "materials", "removed", "applicant", { missing = { "form" } }, "materials" },
    { "materials", "cancel", "applicant", {}, "cancelled" },
    { "materials", "expire", "system", {}, "closed" },

    { "identity", "identified", "system", { identity = "passed" }, "payment" },
    { "identity", "identified", "system", { identity = "passed", paid = true }, "review" },
    { "identity", "compare", "applicant", { identity = "manual" }, "payment" },
    { "identity", "paid", "system", { paid = true }, "identity" },
    { "identity", "removed", "applicant", { missing = { "form" } }, "materials" },
    { "identity", "cancel", "applicant", {}, "cancelled" },
    { "identity", "expire", "system", {}, "closed" },

    { "payment", "paid", "system", { identity = "passed", paid = true }, "review" },
    { "payment", "paid", "cashier", { identity = "passed", paid = true }, "review" },
    { "payment", "voucher_submitted", "applicant", { identity = "passed", voucher = "waiting" }, "voucher" },
    { "payment", "identity_expired", "system", { identity = "expired" }, "identity" },
    { "payment", "changed", "applicant", { identity = "passed", missing = { "form" } }, "materials" },
    { "payment", "cancel", "applicant", {}, "cancelled" },
    { "payment", "expire", "system", {}, "closed" },

    { "voucher", "voucher_confirmed", "cashier", { identity = "passed", paid = true }, "review" },
    { "voucher", "voucher_refused", "cashier", { identity = "passed", voucher = "refused", reason = "金额不符" }, "payment" },
    { "voucher", "paid", "system", { identity = "passed", paid = true, voucher = "waiting" }, "review" },
    { "voucher", "cancel", "applicant", {}, "cancelled" },

    { "review", "claim", "reviewer", ready, "review" },
    { "review", "hold", "reviewer", ready, "review" },
    { "review", "approve", "reviewer", ready, "paper" },
    { "review", "approve", "reviewer", vectors.with(ready, { medium = "soft" }), "active" },
    { "review", "approve", "reviewer", vectors.with(ready, { paper = true }), "active" },
    { "review", "approve", "reviewer", vectors.with(ready, { total = 1000001 }), "review" },
    { "review", "approve", "reviewer", vectors.with(ready, { total = 1000001, approvals = 2 }), "paper" },
    { "review", "approve", "reviewer", vectors.with(ready, { identity = "manual" }), "!" },
    { "review", "approve", "reviewer", vectors.with(ready, { paid = false }), "!" },
    { "review", "approve", "reviewer", vectors.with(ready, { missing = { "form" } }), "!" },
    { "review", "approve", "reviewer", vectors.with(ready, { own = true }), "!" },
    { "review", "return", "reviewer", vectors.with(ready, { returned = { "field:unit_name" } }), "returned" },
    { "review", "return", "reviewer", ready, "!" },
    { "review", "refuse", "reviewer", vectors.with(ready, { reason = "材料不实" }), "refused" },
    { "review", "refuse", "reviewer", ready, "!" },
    { "review", "changed", "applicant", vectors.with(ready, { missing = { "form" } }), "materials" },
    { "review", "changed", "applicant", vectors.with(ready, { claimed = true }), "!" },
    { "review", "cancel", "applicant", vectors.with(ready, { approvals = 0 }), "cancelled" },
    { "review", "cancel", "applicant", ready, "!" },
    { "review", "identity_expired", "system", vectors.with(ready, { identity = "expired" }), "identity" },

    { "returned", "registered", "applicant", vectors.with(ready, { returned = { "material:form" } }), "returned" },
    { "returned", "registered", "applicant", ready, "review" },
    { "returned", "changed", "applicant", vectors.with(ready, { missing = { "form" } }), "materials" },
    { "returned", "changed", "applicant", vectors.with(ready, { identity = "none" }), "identity" },
    { "returned", "mended", "applicant", ready, "review" },
    { "returned", "identified", "system", ready, "review" },
    { "returned", "cancel", "applicant", vectors.with(ready, { approvals = 0 }), "cancelled" },
    { "returned", "expire", "system", ready, "closed" },

    { "paper", "received", "counter", ready, "active" },
    { "paper", "return", "reviewer", vectors.with(ready, { returned = { "material:form" } }), "returned" },
    { "paper", "refuse", "reviewer", vectors.with(ready, { reason = "材料不实" }), "refused" },
    { "paper", "expire", "system", ready, "closed" },

    { "active", "downloaded", "system", ready, "done" },
    { "active", "shipped", "counter", ready, "active" },
    { "active", "handed", "counter", ready, "active" },
    { "active", "lost", "counter", ready, "active" },
    { "active", "recode", "applicant", ready, "active" },
    { "active", "expire", "system", ready, "closed" },

    { "refused", "paid", "system", {}, "refused" },
    { "cancelled", "paid", "system", {}, "cancelled" },
    { "closed", "paid", "system", {}, "closed" },
    { "done", "paid", "system", {}, "done" },
}

check.test("every edge of the state table", function()
    local b = business.open()
    for _, kind in ipairs(KINDS) do
        for i, e in ipairs(edges) do
            if i % 10 == 0 then
                task.sleep(1) -- a task may compute for a second at most, and collection may be harsh here
            end
            local after = b:next(kind, e[1], e[2], facts(vectors.with(e[4], { by = e[3] })))
            local got = after.state or (type(after.refused) == "string" and "!")
            if got ~= e[5] then
                error(string.format("%s %s + %s by %s: expected %s, got %s", kind, e[1], e[2], e[3], e[5], tostring(got)))
            end
        end
    end
end)

check.test("states have the words, steps and tabs users know (1.22, S063-S069, S220)", function()
    local b = business.open()
    local expected = {
        draft = { "填写中", 1, "issuing" }, submitted = { "提交成功", 1, "issuing" }, materials = { "等待材料", 2, "issuing" },
        identity = { "等待身份识别", 3, "issuing" }, payment = { "等待缴费", 4, "issuing" }, voucher = { "凭证待确认", 4, "issuing" },
        review = { "材料审核中", 5, "issuing" }, returned = { "退回补正", 1, "issuing" }, paper = { "等待纸质材料", 5, "issuing" },
        active = { "激活完成", 6, "downloadable" }, done = { "已完成", 6, "finished" }, refused = { "已否决", false, "finished" },
        cancelled = { "已取消", false, "finished" }, closed = { "已过期关闭", false, "finished" },
    }
    for _, kind in ipairs(KINDS) do
        local flow, n = b:flow(kind), 0
        check.equal(flow.steps, { "在线申请", "材料提交", "身份识别", "费用支付", "材料审核", "领取证书" })
        for name, state in pairs(flow.states) do
            check.equal({ name, { state.label, state.step or false, state.tab } }, { name, expected[name] })
            n = n + 1
        end
        check.equal(n, 14)
    end
end)

check.test("cases count where the user centre shows them (S043-S047)", function()
    local b = business.open()
    check.equal(b:counters("unit_issue", "payment", {}), { "issuing" })
    check.equal(b:counters("unit_issue", "returned", {}), { "issuing", "mending" })
    check.equal(b:counters("unit_issue", "active", { medium = "ukey" }), { "download" })
    check.equal(b:counters("unit_issue", "active", { medium = "soft" }), { "soft" })
    check.equal(b:counters("unit_issue", "refused", {}), { "refused" })
    check.equal(b:counters("unit_issue", "done", {}), json.array {})
end)

check.test("nobody acts out of turn", function()
    local b = business.open()
    check.raises("E_CONFLICT", b.next, b, "unit_issue", "draft", "approve", facts { by = "reviewer" })
    check.raises("E_DENIED", b.next, b, "unit_issue", "review", "approve", facts(vectors.with(ready, { by = "applicant" })))
    check.raises("E_DENIED", b.next, b, "unit_issue", "payment", "paid", facts { by = "applicant" })
    check.raises("E_NOT_FOUND", b.next, b, "unit_issue", "limbo", "paid", facts {})
    check.raises("E_NOT_FOUND", b.next, b, "loan", "draft", "submit", facts {})
    check.equal(b:events("unit_issue", "review", "reviewer"), { "approve", "claim", "hold", "identified", "refuse", "return", "unhold" })
    check.equal(b:events("unit_issue", "draft", "applicant"), { "cancel", "submit" })
    check.equal(b:events("unit_issue", "active", "applicant"), { "recode" })
    for _, kind in ipairs(KINDS) do
        for name, state in pairs(b:flow(kind).states) do
            for event, transition in pairs(state.on or {}) do
                check.equal({ name, event, #transition.by > 0 }, { name, event, true })
            end
        end
    end
end)

check.test("effects and messages follow the edge", function()
    local b = business.open()
    local function of(state, event, by, changes)
        local after = b:next("unit_issue", state, event, facts(vectors.with(changes, { by = by })))
        return { after.effects, after.notify }
    end
    local none = json.array {}
    check.equal(of("draft", "submit", "applicant", { agreed = "1" }), { { "pin", "reserve_name" }, { "submitted" } })
    check.equal(of("materials", "registered", "applicant", {}), { { "ask_identity" }, none })
    check.equal(of("payment", "paid", "system", { identity = "passed", paid = true }), { { "queue_review" }, { "paid" } })
    check.equal(of("review", "approve", "reviewer", ready), { { "approved", "leave_review" }, { "approved" } })
    check.equal(of("review", "approve", "reviewer", vectors.with(ready, { medium = "soft", delivery = "none" })),
        { { "approved", "leave_review", "issue", "send_code" }, { "activated" } })
    check.equal(of("paper", "received", "counter", ready), { { "issue", "ship" }, { "paper_received" } })
    check.equal(of("paper", "received", "counter", vectors.with(ready, { delivery = "onsite" })),
        { { "issue" }, { "paper_received", "collect" } })
    check.equal(of("active", "shipped", "counter", ready), { { "send_code" }, { "shipped" } })
    check.equal(of("active", "handed", "counter", vectors.with(ready, { delivery = "onsite" })), { { "send_code" }, none })
    check.equal(of("review", "refuse", "reviewer", vectors.with(ready, { reason = "x" })),
        { { "free_name", "close_order", "open_refund", "close_links", "leave_review" }, { "refused" } })
    check.equal(of("review", "return", "reviewer", vectors.with(ready, { returned = { "identity" } })),
        { { "void_approvals", "leave_review" }, { "returned" } })
    check.equal(of("closed", "paid", "system", {}), { { "open_refund" }, none })
    check.equal(of("payment", "cancel", "applicant", {}), { { "free_name", "close_order", "open_refund", "close_links" }, { "cancelled" } })
    check.equal(of("review", "cancel", "applicant", { paid = true, refund = true })[2], { "cancelled_refund" })
    check.equal(of("review", "cancel", "applicant", { paid = true })[2], { "cancelled" }) -- waived: nothing was paid
    check.equal(of("payment", "expire", "system", {})[2], { "closed" })
    check.equal(of("payment", "expire", "system", { refund = true })[2], { "closed_refund" })
    check.equal(of("paper", "refuse", "reviewer", { reason = "x", refund = true })[2], { "refused_refund" })
    check.equal(of("payment", "identity_expired", "system", { identity = "expired" }), { { "void_identity", "ask_identity" }, { "identity_expired" } })
end)

check.test("a returned case stands at its first returned item", function()
    local b = business.open()
    local function step(...)
        for _, s in ipairs(b:steps("unit_issue", "returned", { returned = { ... } })) do
            if s.status == "current" then
                return s.label
            end
        end
    end
    check.equal(step("material:form", "field:unit_name"), "在线申请")
    check.equal(step("identity", "material:form"), "材料提交")
    check.equal(step("identity"), "身份识别")
    check.equal(b:steps("unit_issue", "done")[6].status, "done")
    check.equal(b:steps("unit_issue", "payment")[3].status, "done")
    check.equal(b:steps("unit_issue", "payment")[5].status, "todo")
    check.equal(b:steps("unit_issue", "refused")[1].status, "todo")
end)

check.test("timers and due days are data (1.22, S188)", function()
    local b = business.open()
    check.equal(b:timers("unit_issue", "draft"), { { days = 7, remind = "remind_draft" }, { days = 80, remind = "remind_draft" }, { days = 90, event = "expire" } })
    check.equal(b:timers("unit_issue", "active")[4], { days = 180, event = "expire" })
    check.equal(b:timers("unit_issue", "done"), json.array {})
    check.equal(b:due("unit_issue", "review", "2026-11-24"), "2026-11-26")
    check.equal(b:due("unit_issue", "review", "2026-09-30"), "2026-10-09")
    check.equal(b:due("unit_issue", "review", "2026-02-13"), "2026-02-24")
    check.equal(b:due("unit_issue", "materials", "2026-11-24"), nil)
    local calendar = b:calendar()
    check.equal({ workday.check("2026-10-10", calendar), workday.check("2026-10-01", calendar), workday.check("2026-11-22", calendar) },
        { true, false, false })
    check.equal(workday.add("2027-02-04", 1, calendar), "2027-02-11")
end)

check.test("a choice outside its edges is stopped", function()
    local files = {}
    for _, name in ipairs(bundle.files(bundle.shipped())) do
        files[name] = "return {}"
    end
    files["kinds.lua"] = 'return { { id = "k", label = "k", flow = "f", templates = {} } }'
    files["flows/parts.lua"] = 'return { steps = { "a" }, states = {} }'
    files["flows/f.lua"] = [[return flow "f" { start = "a", states = {
        a = { label = "a", on = { go = { to = { "b" }, choose = function(f) return f.reason end, by = { "system" } } } }, b = { label = "b", final = true } } }]]
    bundle.add("flow-test", files)
    local b = business.open("flow-test")
    check.equal(b:next("k", "a", "go", { by = "system", reason = "b" }).state, "b")
    local err = check.raises("E_SCRIPT", b.next, b, "k", "a", "go", { by = "system", reason = "c" })
    check.equal(string.find(err.message, "no declared edge", 1, true) ~= nil, true)
end)
