-- SPDX-License-Identifier: Apache-2.0
-- dossier: everything that staff see of one application, as plain data for a page: the form in words, the materials, the
-- money, the identity, what was returned before, what happened. Reads only.
local case = use "system/service/case"
local claim = use "system/service/claim"
local dates = use "lib/dates"
local fact = use "system/service/fact"
local issuing = use "system/service/issuing"
local queue = use "system/service/queue"
local reader = use "system/service/reader"
local review = use "system/service/review"
local unit = use "system/service/unit"
local watch = use "system/service/watch"
local words = use "lib/event_words"

local dossier = {}

local PAPERS = { original = "原件", copy = "复印件" }

local function name_of(account)
    local row = account ~= "" and store.get("account", account)
    return row and (row.name or row[row.shown]) or ""
end

local function earlier_of(row)
    local out = {}
    for _, one in ipairs(row.returned) do
        out[one.item] = one
    end
    return out
end

-- What stands there: of the end of the certificate the real day, and what is counted from today only as the estimate it is (C17).
local function text_of(field, made)
    if field.derive and field.derive.years and (made or field.text ~= "") then
        return made and dates.text(time.date(made.not_after)) or field.text .. "（" .. field.hint .. "）"
    end
    return field.text ~= "" and field.text or "未填写"
end

local function fields_of(section, before, made)
    local out = {}
    for _, field in ipairs(section.fields) do
        local old = before["field:" .. field.id]
        out[#out + 1] = not field.secret and { id = field.id, label = field.label, text = text_of(field, made), printed = field.feeds.print == true,
            item = field.type ~= "readonly" and "field:" .. field.id or nil, mended = old and old.done, returned = old and old.reason } or nil
    end
    return out
end

-- The form in words: list of { id, title, fields }. Secret answers are for nobody.
function dossier.sections(row, b)
    local out, before = {}, earlier_of(row)
    local _, made = issuing.living(reader.of(nil), row.key)
    for _, section in ipairs(b:sections(row.kind, row.values, { today = time.date(time.now()) })) do
        local fields = fields_of(section, before, made)
        out[#out + 1] = #fields > 0 and { id = section.id, title = section.heading or section.title, fields = fields } or nil
    end
    return out
end

-- The rows about the files of a case, by blob.
local function files_of(key)
    local out = {}
    for _, one in ipairs(store.list("material", { index = "case", equal = { key }, limit = 200 }).rows) do
        out[one.row.blob] = one.row
    end
    return out
end

local function shown(row, material, live, file, mark, before)
    local item = "material:" .. material.id
    local old = before[item]
    return { id = material.id, item = item, label = material.label, hint = material.hint, required = material.required,
        there = live ~= nil, href = live and "/staff/case/" .. row.key .. "/material/" .. material.id, at = live and live.at,
        by = live and live.by ~= "" and live.by ~= row.account and name_of(live.by) or nil,
        name = file and file.name, size = file and file.size, warnings = file and file.warnings or {},
        printed = material.printed ~= nil, mark = live and live.mark ~= "" and live.mark or nil, fresh = live and live.mark == mark,
        mended = old and old.done, returned = old and old.reason }
end

local function all_materials(row, b)
    return b:materials { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery }
end

-- What was uploaded, in the order of asking: those that are missing too.
function dossier.materials(row, b)
    local have, files, before = fact.materials(reader.of(nil), row.key), files_of(row.key), earlier_of(row)
    local mark, out = b:mark(row.kind, row.values), {}
    for _, material in ipairs(all_materials(row, b)) do
        local live = have[material.id]
        if material.upload and (live or material.required) then
            out[#out + 1] = shown(row, material, live, live and files[live.blob], mark, before)
        end
    end
    return out
end

-- dossier.file(r, row, type) -> { blob, kind, name } of the live material, or nil
function dossier.file(r, row, type)
    local live = fact.materials(r, row.key)[type]
    local file = live and files_of(row.key)[live.blob]
    return live and { blob = live.blob, kind = file and file.kind or "jpeg", name = file and file.name or type } or nil
end

function dossier.saw_file(user, row, type)
    watch.read(user, row.key, "material " .. type)
end

-- What has to come on paper: list of { id, label, form }.
function dossier.papers(row, b)
    local out = {}
    for _, material in ipairs(all_materials(row, b)) do
        out[#out + 1] = material.paper and material.required and { id = material.id, label = material.label, form = PAPERS[material.paper] } or nil
    end
    return out
end

local function live_fact(key, kind)
    for _, one in ipairs(store.list("fact", { index = "case", equal = { key, kind }, descending = true, limit = 50 }).rows) do
        if not one.row.ended then
            return one.row
        end
    end
    return nil
end

local function identity_line(row)
    local found = live_fact(row.key, "identity")
    if found then
        local judge = found.method ~= "face" and name_of(found.provider) or ""
        local earlier = found.from and store.get("case", found.from)
        return words.method(found.method) .. (judge ~= "" and "（" .. judge .. "）" or "") .. "，" .. time.text(found.at)
            .. (earlier and "，沿用业务受理号 " .. earlier.number .. " 的识别" or "")
    end
    return row.compare and "等待审核员人工比对" or "尚未通过"
end

local function receipt_of(order)
    local found = order and store.list("receipt", { index = "order", equal = { order }, limit = 1 }).rows[1]
    return found and found.row
end

local CHANNELS = { alipay = "支付宝", wechat = "微信支付", bank = "银行转账", transfer = "银行转账", try = "试用收银台" }

local function payment_line(row)
    local standing = domain.standing(row.key)
    if standing.waived then
        return "经两位主管同意免缴"
    elseif not standing.paid then
        return row.voucher == "waiting" and "凭证待收费员确认" or "等待缴费"
    end
    local receipt = receipt_of(row.order)
    local how = receipt and (CHANNELS[receipt.channel] or receipt.channel) .. "，" .. time.text(receipt.paid) or ""
    return "缴费完成" .. (how ~= "" and "（" .. how .. "）" or "")
end

local function waivers_of(row)
    local out = {}
    for _, one in ipairs(store.list("fact", { index = "case", equal = { row.key, "waiver" }, limit = 20 }).rows) do
        out[#out + 1] = not one.row.ended and { name = name_of(one.row.by), at = one.row.at, reason = one.row.reason } or nil
    end
    return out
end

local function label_of(b, list, value)
    return value ~= "" and b:label(list, value) or ""
end

local function delivery_text(row, b)
    local d = row.delivery
    if not d.delivery then
        return ""
    end
    local point = d.point and d.point ~= "" and "：" .. b:label("site.points", d.point) or ""
    return label_of(b, "lists.deliveries", d.delivery) .. point
end

local function names_text(row)
    local out = {}
    for i, one in ipairs(unit.other_names(row)) do
        out[i] = one.name .. "（" .. time.date(one.from) .. " 起）"
    end
    return #out > 0 and table.concat(out, "、") or "无"
end

-- The lines above the form: list of { label, value }.
function dossier.lines(row, b)
    local is_final = function(one) return b:state(row.kind, one.state).final == true end
    return {
        { label = "证书模板", value = label_of(b, "templates.rows", row.template) },
        { label = "证书介质", value = label_of(b, "templates.media", row.medium) },
        { label = "领取方式", value = delivery_text(row, b) },
        { label = "费用", value = row.total > 0 and "¥" .. html.helpers.money(row.total) or "未下单" },
        { label = "缴费状态", value = payment_line(row) },
        { label = "身份识别", value = identity_line(row) },
        { label = "申请时间", value = row.submitted and time.text(row.submitted) or "" },
        { label = "同单位在办", value = unit.open_cases(row, is_final) .. " 件" },
        row.unit ~= "" and { label = "该代码其他名称", value = names_text(row) } or nil,
    }
end

-- What happened, newest first, as part/timeline draws it; and the earlier returns among it.
function dossier.history(row)
    local timeline, returns, names = {}, {}, {}
    for i, e in ipairs(case.events(row)) do
        names[e.by] = names[e.by] or name_of(e.by)
        local who = words.actor(e.as) .. (e.as ~= "applicant" and e.as ~= "system" and names[e.by] ~= "" and " " .. names[e.by] or "")
        local said = e.reason ~= "" and e.reason or e.note
        timeline[i] = { title = words.event(e.event), when = time.text(e.at) .. "　" .. who, text = said ~= "" and said or nil, now = i == 1 }
        if e.event == "return" then
            returns[#returns + 1] = { when = time.text(e.at), who = who, text = said }
        end
    end
    return timeline, returns
end

local function claim_of(row, user, now)
    local c = claim.of(row, now)
    return c and { name = c.name, at = c.at, mine = c.account == user.account } or nil
end

-- dossier.of(user, row) -> everything, new
function dossier.of(user, row)
    local b, now = case.rules(row), time.now()
    local kind, state = b:kind(row.kind), b:state(row.kind, row.state)
    local timeline, returns = dossier.history(row)
    return { key = row.key, number = row.number, kind = kind.label, kind_id = row.kind, title = kind.title, state = state.label,
        state_id = row.state, subject = row.subject, user_name = row.user_name, due = row.due ~= "" and row.due or nil,
        late = queue.is_late(row, time.date(now)), claim = claim_of(row, user, now), held = claim.is_held(row) and row.held or nil,
        held_why = row.held_why, approvals = row.approvals, stages = review.stages(row.total, b:flow(row.kind).options),
        mark = b:mark(row.kind, row.values), sections = dossier.sections(row, b), materials = dossier.materials(row, b),
        lines = dossier.lines(row, b), timeline = timeline, returns = returns, waivers = waivers_of(row), paper_at = row.paper }
end

return dossier
