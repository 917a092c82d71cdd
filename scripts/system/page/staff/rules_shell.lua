-- SPDX-License-Identifier: Apache-2.0
-- rules_shell: what all pages of one draft share: its address, title and crumbs, links into its files, and the questions of the preview.
local checkup = use "system/service/checkup"
local draft = use "system/service/rules_draft"
local shell = use "system/page/staff/shell"

local rules_shell = {}

function rules_shell.base(row)
    return "/staff/rules/drafts/" .. row.key
end

function rules_shell.title(row)
    return row.title ~= "" and row.title or "未命名的草稿"
end

-- The draft of the address; only its owner's.
function rules_shell.open(req, user)
    return draft.get(user, req:param("key"))
end

-- rules_shell.file(row, name, query) -> address of a file in the editor; query: list of { name, value }, at a line when it has one
function rules_shell.file(row, name, query)
    local all = { { "name", name } }
    for _, pair in ipairs(query or {}) do
        all[#all + 1] = pair
    end
    return shell.href(rules_shell.base(row) .. "/file", all) .. (query and "#editor" or "")
end

-- rules_shell.crumbs(row, title or nil, between or nil): title is the page's own below the draft, between a page { label, href } above it
function rules_shell.crumbs(row, title, between)
    local out = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" } }
    out[3] = { label = rules_shell.title(row), href = title and rules_shell.base(row) or nil }
    out[#out + 1] = between
    out[#out + 1] = title and { label = title } or nil
    return out
end

-- Answers with a page of the draft.
function rules_shell.send(req, status, view, user, row, title, data)
    data.title, data.base, data.crumbs = title, rules_shell.base(row), rules_shell.crumbs(row, title, data.between)
    return shell.send(req, status, view, user, data)
end

-- The preview ------------------------------------------------------------------------------------------------------------

-- The answers chosen in the address: c_years=3.
local function chosen_of(req)
    local out = {}
    for id in string.gmatch(req:target(), "[?&]c_([%w_]+)=") do
        out[id] = text.sub(req:query("c_" .. id) or "", 1, 40)
    end
    return out
end

local function day_of(req)
    local typed = req:query("date") or ""
    return time.parse_date(typed) and typed or time.date(time.now())
end

-- rules_shell.ask(req, row, args) -> the preview, or nil, findings; args of lib/bundle_preview.make go before those of the address
function rules_shell.ask(req, row, args)
    local all = { kind = req:query("kind") or "", chosen = chosen_of(req), date = day_of(req), section = req:query("section") }
    for name, value in pairs(args or {}) do
        all[name] = value
    end
    local answer = checkup.preview(draft.files(row), all)
    return answer.preview, answer.findings
end

-- rules_shell.link(row, p, path, query) -> an address of the preview that keeps what was chosen
function rules_shell.link(row, p, path, query)
    local all = { { "kind", p.kind }, { "date", p.date } }
    for _, one in ipairs(p.choices) do
        all[#all + 1] = { "c_" .. one.id, one.value }
    end
    for _, pair in ipairs(query or {}) do
        all[#all + 1] = pair
    end
    return shell.href(rules_shell.base(row) .. "/preview" .. path, all)
end

-- A page below the preview.
function rules_shell.send_preview(req, status, view, user, row, title, data)
    data.between = { label = "预览", href = rules_shell.base(row) .. "/preview" }
    return rules_shell.send(req, status, view, user, row, title, data)
end

function rules_shell.refuse_preview(req, user, row, findings)
    return rules_shell.send(req, 422, "rules/preview", user, row, "预览", { refused = findings[1] and findings[1].message or "没有可以预览的内容" })
end

return rules_shell
