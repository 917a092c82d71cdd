-- SPDX-License-Identifier: Apache-2.0
-- rules_history: every publication there ever was, those that were rolled back or never became live too.
local guard = use "system/service/guard"
local publish = use "system/service/publish"
local shell = use "system/page/staff/shell"

local rules_history = {}

local ADMIN = { "admin" }
local PAGE = 30
local TONES = { proposed = "yellow", scheduled = "yellow", live = "green", refused = "red", missed = "red" }

local columns = { { id = "reason", label = "原因" }, { id = "author", label = "提交人" }, { id = "approver", label = "批准人" },
    { id = "at", label = "提交时间", short = true }, { id = "live", label = "生效时间", short = true }, { id = "state", label = "状态" },
    { id = "bundle", label = "版本" } }

local function cells(rows)
    local out = {}
    for i, one in ipairs(rows) do
        local row = one.row
        out[i] = { reason = { label = row.reason ~= "" and row.reason or "未写原因", href = "/staff/rules/publications/" .. row.key, say = time.text(row.at) },
            author = row.author_name, approver = row.approver_name or "", at = time.text(row.at), live = row.live_at and time.text(row.live_at) or "",
            state = { tag = (row.rolled_back and "恢复上一版，" or "") .. (publish.STATES[row.state] or row.state), tone = TONES[row.state] or "grey" },
            bundle = { label = string.sub(row.bundle, 1, 12), href = "/staff/rules/bundles/" .. row.bundle, say = time.text(row.at) } }
    end
    return out
end

local function crumbs(title)
    return { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = title } }
end

http.get("/staff/rules/history", guard.staff(ADMIN, function(req, user)
    local found = publish.latest(PAGE, req:query("after"))
    return shell.send(req, 200, "rules/history", user, { title = "发布记录", columns = columns, rows = cells(found.rows), crumbs = crumbs("发布记录"),
        after = found.more and shell.href("/staff/rules/history", { { "after", found.after } }) or nil })
end), { staff = true, no_store = true })

-- rules_history.of(hash) -> columns, rows of the table of a bundle's publications
function rules_history.of(hash)
    local found = store.list("publication", { index = "bundle", equal = { hash }, descending = true, limit = 50 })
    for _, one in ipairs(found.rows) do
        one.row.key = one.key
    end
    return columns, cells(found.rows)
end

return rules_history
