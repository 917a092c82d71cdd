-- SPDX-License-Identifier: Apache-2.0
-- parts: the states that the issuing businesses share. A flow names them in `include`; a state it writes itself wins.
--
-- A state:      label, step (place in the step bar), tab and counters (user centre), who (acts next), on (events), enter and
--               leave (effects), tell (messages on entering), after { days, event }, remind { days, message }: so many days
--               after the case came into the state, due { workdays }, final
-- A transition: to (a state, or the list of all states that choose may name), choose(facts), guard(facts) -> true or a
--               sentence, by (who may do it), effects (closed list of the release), notify (ids of messages)
-- An effect, message or counter is its id, or { id, when } with a test over the facts.

local onward = use "lib/path"

local function mended(facts)
    return #facts.returned > 0 and "returned" or onward(facts)
end

-- Review of the scans first, then the paper, where the medium asks for it (C14).
local function after_approval(facts)
    if facts.total > facts.options.second_review_over and facts.approvals < 2 then
        return "review"
    elseif facts.options.paper[facts.medium] == "before_issue" and not facts.paper then
        return "paper"
    end
    return "active"
end

local function form_complete(facts)
    if not facts.agreed then
        return "请先阅读并同意服务协议"
    end
    return #facts.errors == 0 or "还有信息没有填完或填写有误，请按提示修改"
end

local function delivery_chosen(facts)
    return #facts.errors == 0 or "请先选择证书领取方式"
end

local function can_approve(facts)
    if facts.identity ~= "passed" then
        return "身份识别尚未通过，不能审核通过"
    elseif not facts.paid then
        return "费用尚未到账，不能审核通过"
    elseif #facts.missing > 0 then
        return "材料不齐，不能审核通过"
    elseif facts.own then
        return "不能审核与本人有关的申请"
    end
    return true
end

local function still_paid(facts)
    return facts.paid or "费用已退还，不能签发证书"
end

local function something_returned(facts)
    return #facts.returned > 0 or "请至少选择一项需要补正的信息或材料，并写明原因"
end

local function reason_given(facts)
    return facts.reason ~= "" or "请写明原因"
end

-- Until a reviewer has taken the case; afterwards only what he returns is open (C28).
local function unclaimed(facts)
    return not facts.claimed or "审核员已开始审核，如需修改请等待审核结果或联系客服"
end

local function can_cancel(facts)
    return facts.approvals == 0 or "申请已审核通过，不能取消"
end

local path = { "materials", "identity", "payment", "voucher", "review" }
local ended = { "free_name", "close_order", "open_refund", "close_links" }

local function onward_by(who, effects, notify, guard)
    return { to = path, choose = onward, by = who, effects = effects, notify = notify, guard = guard }
end

local function staying(state, who, effects, notify)
    return { to = state, by = who, effects = effects, notify = notify }
end

-- The message of an end, in words that speak of a refund only when money goes back.
local function tell_end(id)
    return { { id = id, when = { refund = false } }, { id = id .. "_refund", when = { refund = true } } }
end

local cancel = { to = "cancelled", by = { "applicant" }, guard = can_cancel, effects = ended, notify = tell_end "cancelled" }
local expire = { to = "closed", by = { "system" }, effects = ended, notify = tell_end "closed" }
local late_money = { by = { "system", "cashier" }, effects = { "open_refund" } }

local function after_the_end(state)
    return { paid = { to = state, by = late_money.by, effects = late_money.effects } }
end

-- What may happen anywhere between printing and the end of review.
local function on_the_way(own)
    own.registered = own.registered or onward_by { "applicant", "counter" }
    own.removed = own.removed or onward_by { "applicant", "counter" }
    own.changed = own.changed or onward_by { "applicant" }
    own.identified = own.identified or onward_by({ "system", "counter" }, nil, { "identified" })
    own.identity_expired = onward_by({ "system" }, { "void_identity" }, { "identity_expired" })
    own.paid = own.paid or onward_by({ "system", "cashier" }, nil, { "paid" })
    own.voucher_submitted = own.voucher_submitted or onward_by { "applicant" }
    own.voucher_confirmed = own.voucher_confirmed or onward_by({ "cashier" }, nil, { "paid" })
    own.voucher_refused = own.voucher_refused or onward_by({ "cashier" }, nil, { "voucher_refused" })
    own.cancel = cancel
    return own
end

return {
    steps = { "在线申请", "材料提交", "身份识别", "费用支付", "材料审核", "领取证书" },

    states = {
        draft = { label = "填写中", step = 1, tab = "issuing", counters = { "issuing" }, who = "applicant",
            on = {
                submit = { to = "submitted", by = { "applicant" }, guard = form_complete,
                    effects = { "pin", "reserve_name" }, notify = { "submitted" } },
                cancel = { to = "cancelled", by = { "applicant" }, effects = { "close_links" } },
                expire = { to = "closed", by = { "system" }, effects = { "close_links" }, notify = { "closed" } },
            },
            after = { days = 90, event = "expire" }, remind = { days = { 7, 80 }, message = "remind_draft" } },

        submitted = { label = "提交成功", step = 1, tab = "issuing", counters = { "issuing" }, who = "applicant",
            on = {
                printed = { to = path, choose = onward, by = { "applicant" }, guard = delivery_chosen },
                changed = staying("submitted", { "applicant" }),
                registered = staying("submitted", { "counter" }),
                paid = staying("submitted", { "system", "cashier" }, nil, { "paid" }),
                voucher_submitted = staying("submitted", { "applicant" }),
                voucher_confirmed = staying("submitted", { "cashier" }, nil, { "paid" }),
                voucher_refused = staying("submitted", { "cashier" }, nil, { "voucher_refused" }),
                cancel = cancel,
                expire = expire,
            },
            after = { days = 90, event = "expire" }, remind = { days = { 3, 30, 80 }, message = "remind_path" } },

        materials = { label = "等待材料", step = 2, tab = "issuing", counters = { "issuing" }, who = "applicant",
            on = on_the_way { expire = expire },
            after = { days = 90, event = "expire" }, remind = { days = { 3, 30, 80 }, message = "remind_path" } },

        identity = { label = "等待身份识别", step = 3, tab = "issuing", counters = { "issuing" }, who = "person",
            enter = { "ask_identity" },
            on = on_the_way { expire = expire, compare = onward_by { "applicant", "counter" } },
            after = { days = 90, event = "expire" }, remind = { days = { 3, 30, 80 }, message = "remind_path" } },

        payment = { label = "等待缴费", step = 4, tab = "issuing", counters = { "issuing" }, who = "applicant",
            on = on_the_way { expire = expire },
            after = { days = 90, event = "expire" }, remind = { days = { 3, 15, 80 }, message = "remind_path" } },

        voucher = { label = "凭证待确认", step = 4, tab = "issuing", counters = { "issuing" }, who = "cashier",
            on = on_the_way {}, due = { workdays = 2 } },

        review = { label = "材料审核中", step = 5, tab = "issuing", counters = { "issuing" }, who = "reviewer",
            enter = { "queue_review" }, leave = { "leave_review" },
            on = on_the_way {
                registered = onward_by({ "applicant", "counter" }, nil, nil, unclaimed),
                removed = onward_by({ "applicant", "counter" }, nil, nil, unclaimed),
                changed = onward_by({ "applicant" }, nil, nil, unclaimed),
                claim = staying("review", { "reviewer" }),
                hold = staying("review", { "reviewer" }),
                unhold = staying("review", { "reviewer", "system" }),
                identified = staying("review", { "reviewer", "system", "counter" }),
                approve = { to = { "review", "paper", "active" }, choose = after_approval, by = { "reviewer" },
                    guard = can_approve, effects = { "approved" } },
                ["return"] = { to = "returned", by = { "reviewer" }, guard = something_returned,
                    effects = { "void_approvals" }, notify = { "returned" } },
                refuse = { to = "refused", by = { "reviewer" }, guard = reason_given, effects = ended, notify = tell_end "refused" },
            },
            due = { workdays = 2 } },

        returned = { label = "退回补正", step = 1, step_from = "returned", step_of = { field = 1, material = 2, identity = 3 },
            tab = "issuing", counters = { "issuing", "mending" }, who = "applicant",
            on = {
                registered = { to = { "returned", "materials", "identity", "payment", "voucher", "review" }, choose = mended,
                    by = { "applicant", "counter" } },
                changed = { to = { "returned", "materials", "identity", "payment", "voucher", "review" }, choose = mended,
                    by = { "applicant" } },
                mended = { to = { "returned", "materials", "identity", "payment", "voucher", "review" }, choose = mended,
                    by = { "applicant" } },
                identified = { to = { "returned", "materials", "identity", "payment", "voucher", "review" }, choose = mended,
                    by = { "system", "counter" } },
                removed = staying("returned", { "applicant", "counter" }),
                paid = staying("returned", { "system", "cashier" }, nil, { "paid" }),
                cancel = cancel,
                expire = expire,
            },
            after = { days = 60, event = "expire" }, remind = { days = { 3, 15, 50 }, message = "remind_returned" } },

        paper = { label = "等待纸质材料", step = 5, tab = "issuing", counters = { "issuing" }, who = "applicant",
            tell = { "approved" },
            on = {
                received = { to = "active", by = { "counter", "reviewer" }, guard = still_paid, notify = { "paper_received" } },
                ["return"] = { to = "returned", by = { "reviewer" }, guard = something_returned,
                    effects = { "void_approvals" }, notify = { "returned" } },
                refuse = { to = "refused", by = { "reviewer" }, guard = reason_given, effects = ended, notify = tell_end "refused" },
                paid = staying("paper", { "system", "cashier" }),
                expire = expire,
            },
            after = { days = 90, event = "expire" }, remind = { days = { 7, 30, 80 }, message = "remind_paper" } },

        active = { label = "激活完成", step = 6, tab = "downloadable", who = "applicant",
            counters = { { id = "download", when = { medium = "ukey" } }, { id = "soft", when = { medium = "soft" } } },
            enter = { "issue", { id = "ship", when = { medium = "ukey", delivery = "courier" } },
                { id = "send_code", when = { delivery = "none" } } },
            tell = { { id = "activated", when = { medium = "soft" } }, { id = "collect", when = { delivery = "onsite" } } },
            on = {
                shipped = staying("active", { "counter", "reviewer" }, { "send_code" }, { "shipped" }),
                handed = staying("active", { "counter", "reviewer" }, { "send_code" }),
                lost = staying("active", { "counter", "reviewer" }, { "void_code", "ship" }, { "lost" }),
                recode = staying("active", { "applicant", "counter" }, { "void_code", "send_code" }),
                received = staying("active", { "counter", "reviewer" }),
                downloaded = { to = "done", by = { "system" }, effects = { "close_links" }, notify = { "downloaded" } },
                paid = staying("active", { "system", "cashier" }),
                expire = expire,
            },
            after = { days = 180, event = "expire" }, remind = { days = { 7, 30, 150 }, message = "remind_download" } },

        done = { label = "已完成", step = 6, tab = "finished", final = true,
            on = { paid = staying("done", { "system", "cashier" }), received = staying("done", { "counter", "reviewer" }) } },
        refused = { label = "已否决", tab = "finished", counters = { "refused" }, final = true, on = after_the_end("refused") },
        cancelled = { label = "已取消", tab = "finished", final = true, on = after_the_end("cancelled") },
        closed = { label = "已过期关闭", tab = "finished", final = true, on = after_the_end("closed") },
    },
}
