-- SPDX-License-Identifier: Apache-2.0
-- centre: a user's applications as lists: by tab, by counter, by what can be done with them. One page of at most 200 cases is
-- read and sorted out here; a list says when there are more.
local case = use "system/service/case"
local fact = use "system/service/fact"
local live = use "system/service/live"
local message = use "system/service/message"
local money = use "lib/money"
local order = use "system/service/order"

local centre = {}

centre.TABS = {
    { id = "issuing", label = "正在办理的制作申请" }, { id = "other", label = "正在办理的其他业务" },
    { id = "downloadable", label = "可下载证书" }, { id = "finished", label = "已完成申请" },
}

centre.COUNTERS = {
    { id = "issuing", label = "正在办理的申请", href = "/user?tab=issuing" }, { id = "mending", label = "待补正", href = "/user/records?state=returned" },
    { id = "refused", label = "已否决申请", href = "/user/records?state=refused" }, { id = "download", label = "待下载证书", href = "/user?tab=downloadable" },
    { id = "soft", label = "可下载软证书", href = "/user/downloads" },
}

-- The tab of a case: issuing ones and other businesses stand apart.
function centre.tab(row, b)
    local tab = b:state(row.kind, row.state).tab
    return tab == "issuing" and b:kind(row.kind).type ~= "issue" and "other" or tab
end

-- centre.all(user, after) -> { rows, more, after }
function centre.all(user, after)
    return case.mine(user, { after = after, limit = 200 })
end

-- centre.counts(rows) -> { counter id = number }, { tab id = number }
function centre.counts(rows)
    local counters, tabs = {}, {}
    for _, row in ipairs(rows) do
        local b = live.rules_of(row)
        for _, id in ipairs(b:counters(row.kind, row.state, { medium = row.medium })) do
            counters[id] = (counters[id] or 0) + 1
        end
        local tab = centre.tab(row, b)
        tabs[tab] = (tabs[tab] or 0) + 1
    end
    return counters, tabs
end

local TONES = { returned = "red", refused = "red", active = "green", done = "green", cancelled = "grey", closed = "grey" }

local function template_of(row, b)
    for _, one in ipairs(b:list("templates.rows")) do
        if one.id == row.template then
            return one.label
        end
    end
    return row.medium == "" and "未选择" or row.template
end

-- centre.shown(row) -> what every list shows of a case (new)
function centre.shown(row)
    local b = live.rules_of(row)
    local kind, state = b:kind(row.kind), b:state(row.kind, row.state)
    local subject = row.subject ~= "" and row.subject or kind.label .. "申请"
    return { key = row.key, number = row.number, subject = subject, user_name = row.user_name, href = "/case/" .. row.key,
        type = b:label("lists.business_types", kind.type), certificate = b:label("lists.certificate_types", kind.subject),
        email = message.mail_of(row), template = template_of(row, b), at = time.date(row.submitted or row.created),
        state = { tag = state.label, tone = TONES[row.state] }, name = row.state, kind = row.kind, holder = kind.subject, business = kind.type, row = row, b = b }
end

-- The cell of 主体名称: the legal name is the link, the user name stands below (C10).
function centre.subject_of(shown)
    return { label = shown.subject, href = shown.href, note = shown.user_name ~= "" and shown.user_name or nil }
end

-- centre.payment(row) -> 缴费状态 and amount of the case: { word, tone, amount, open, joint = whether others are paid with it }
function centre.payment(row)
    local shown = row.submitted and order.shown(row)
    if not shown then
        return nil
    elseif shown.state == "paid" then
        return { word = "缴费完成", tone = "green", amount = "¥" .. money.yuan(shown.total), open = false, joint = shown.joint ~= nil }
    end
    return { word = row.voucher == "waiting" and "凭证待确认" or "等待缴费", amount = "¥" .. money.yuan(shown.total), open = order.is_open(row),
        joint = shown.joint ~= nil }
end

-- Whether materials are asked for now.
function centre.wants_materials(row)
    return case.knows(row, "registered", "applicant") and #fact.of(nil, row, "applicant").missing > 0
end

-- A part of a number is enough, with its prefix and spaces or without.
local function has_number(shown, wanted)
    local digits = string.gsub(wanted or "", "[^0-9]", "")
    return (wanted or "") == "" or digits ~= "" and string.find(shown.number, digits, 1, true) ~= nil
end

-- The filters of the lists (S214, S218): values of the query that are known, and whether a case fits them.
function centre.fits(shown, query)
    local name = string.lower(text.normalize(query.name or ""))
    local hit = name == "" or string.find(string.lower(shown.subject), name, 1, true) or string.find(string.lower(shown.user_name), name, 1, true)
    return hit and has_number(shown, query.number) and (not query.template or query.template == "" or query.template == shown.row.template)
        and (not query.state or query.state == "" or query.state == shown.name)
        and (not query.type or query.type == "" or query.type == shown.business)
        and (not query.certificate or query.certificate == "" or query.certificate == shown.holder)
end

return centre
