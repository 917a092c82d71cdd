-- SPDX-License-Identifier: Apache-2.0
-- application: what an applicant does with a case until it is printed: begin, fill in, hand in, choose delivery, cancel.
local account = use "system/service/account"
local bundles = use "system/service/bundles"
local edit = use "system/service/edit"
local effect = use "system/service/effect"
local fact = use "system/service/fact"
local flow = use "system/service/flow"
local live = use "system/service/live"
local own = use "system/service/own"
local normal_answer = use "lib/answer"
local names = use "system/service/names"
local reference = use "lib/field/reference"
local unit = use "system/service/unit"
local values = use "system/service/values"

local application = {}

application.editable = edit.of

local function applicant(user)
    return { account = user.account, as = "applicant" }
end

local function blank(user, kind, number, now)
    return { number = number, kind = kind, state = "", since = now, bundle = "", created = now, account = user.account,
        values = {}, delivery = {}, invoice = {}, saved = {}, medium = "", subject = "", user_name = "", template = "", unit = "",
        person = "", answer = "", order = "", total = 0, voucher = "none", compare = false, approvals = 0,
        returned = json.array {}, reason = "", due = "", data_key = "", events = 0, rev = 0, parent = "" }
end

local function refuse_suspended(b, kind)
    local suspended = b:suspended(kind, time.date(time.now()))
    if suspended then
        fail("E_CONFLICT", suspended.text)
    end
end

-- SHA-256 of the agreement as it is shown.
function application.agreement(b, kind)
    local content = b:content(b:kind(kind).agreement)
    return { version = content.version, sha256 = crypto.sha256(json.encode(content)) }
end

local function agree(tx, row, user, agreement)
    tx:agree { case = row.key, version = agreement.version, sha256 = agreement.sha256, by = user.account }
    row.agreement = { version = agreement.version, sha256 = agreement.sha256, at = tx:now() }
end

-- What a similar application takes over: all but the name of the certificate and what must be answered anew.
local function taken_over(b, kind, from)
    local form, out, saved = b:form(kind), {}, {}
    for name, value in pairs(from.values) do
        local field = form.by_id[string.match(name, "^[^.]+")]
        if field and field.type ~= "user_name" and not field.secret then
            out[name] = value
        end
    end
    for _, section in ipairs(form.sections) do
        saved[section.id] = not section.check or nil
    end
    return out, saved
end

-- application.start(user, kind, { version, from = key of a similar one }) -> key. 同意: the agreement is accepted, the draft and
-- its number are there (C26). E_CONFLICT when the text has a newer version or the business is suspended.
function application.start(user, kind, opts)
    local b = live.rules()
    local from = opts.from and own.get(user, opts.from)
    if account.lacks_mobile(user) then
        fail("E_CONFLICT", "请先在账号设置中确认手机号码，再申请证书")
    end
    refuse_suspended(b, kind)
    local agreement = application.agreement(b, kind)
    if opts.version ~= agreement.version then
        fail("E_CONFLICT", "服务协议已更新，请阅读新的版本后再继续")
    end
    local data_key = store.data_key()
    return store.tx(function(tx)
        local key, now = tx:key(), tx:now()
        local row = blank(user, kind, reference.make(time.date(now), tx:next("case_number")), now)
        row.key, row.data_key = key, data_key
        tx:grant { account = user.account, object = key, role = "owner", why = "made the application" }
        agree(tx, row, user, agreement)
        if from and from.kind == kind then
            row.parent = from.key
            local kept, saved = taken_over(b, kind, from)
            row.saved = saved
            values.apply(row, b, kept)
        end
        flow.begin(tx, row, applicant(user), b)
        return key
    end)
end

-- The answers a page begins with: kept ones, and for untouched fields what is proposed.
function application.defaults(row, b)
    local out = b:defaults(row.kind, "form", row.values)
    for name, value in pairs(row.values) do
        out[name] = value
    end
    return out
end

local function hashed(secrets)
    for _, secret in pairs(secrets) do
        return crypto.password_hash(normal_answer(secret))
    end
    return nil
end

-- Answers that may not be changed now are left as they are.
local function allowed(row, form, posted)
    local rule = edit.of(row)
    if not rule.any then
        fail("E_CONFLICT", rule.sentence)
    end
    local out = {}
    for _, field in ipairs(form.order) do
        out[field.id] = rule.open(field) and posted[field.id] or nil
    end
    return out
end

local function mend(row, form, section)
    for _, one in ipairs(row.returned) do
        local id = string.match(one.item, "^field:(.+)$")
        local field = id and form.by_id[id]
        one.done = one.done or field ~= nil and (not section or field.section == section)
    end
end

-- What a change of a handed-in application undoes.
local function undo(tx, row, user, changed, b)
    local ctx = { event = "changed", from = row.state, actor = applicant(user), facts = {}, extra = {}, b = b }
    if changed.identity then
        effect.run("void_identity", tx, row, ctx)
    end
    if changed.price then
        effect.run("close_order", tx, row, ctx)
    end
end

local function write(tx, row, user, b, kept, changed, opts)
    local form, name_before = b:form(row.kind), row.user_name
    values.apply(row, b, kept)
    for _, section in ipairs(form.sections) do
        row.saved[section.id] = row.saved[section.id] or (not opts.section or section.id == opts.section) and not section.check or nil
    end
    row.answer = opts.answer or row.answer
    if b:flow(row.kind).start == row.state then
        flow.put(tx, row)
        tx:append("audit", row.key, { event = "case.saved", by = user.account })
        return
    end
    if row.user_name ~= name_before then
        names.change(tx, row)
    end
    row.unit = unit.note(tx, row, b)
    undo(tx, row, user, changed, b)
    mend(row, form, opts.section)
    flow.fire(tx, row, "changed", applicant(user))
end

local function save_in(tx, user, key, posted, opts)
    local row = own.lock(tx, user, key)
    if opts.rev and opts.rev ~= row.rev then
        return { stale = true, row = row }
    end
    local b = live.rules_of(row)
    local form = b:form(row.kind)
    local clean, errors = values.check(tx, row, b, values.merge(row, form, posted, opts.section), opts.section)
    if #errors > 0 then
        return { errors = errors, row = row }
    end
    values.secrets(form, clean)
    local kept = values.replaced(row.values, form, clean, opts.section)
    local changed = b:changed(row.kind, row.values, kept)
    local draft = b:flow(row.kind).start == row.state
    if changed.price and not draft and fact.of(tx, row, "applicant", nil, b).paid then
        fail("E_CONFLICT", "费用已支付，与价格有关的内容不能再修改")
    end
    if not draft and (changed.print or changed.identity or changed.price) and not opts.sure then
        return { unsure = changed, row = row }
    end
    write(tx, row, user, b, kept, changed, opts)
    return { ok = true, changed = changed, row = row }
end

-- application.save(user, key, posted, { section, sure, rev }) -> { ok, changed, row } | { errors, row } | { unsure = what the change
-- undoes, row } | { stale, row } when rev is not the row's any more. posted: { field id = text }; nothing else is touched.
function application.save(user, key, posted, opts)
    opts = opts or {}
    local row = own.get(user, key)
    local b = live.rules_of(row)
    local form = b:form(row.kind)
    posted = allowed(row, form, posted)
    local clean, errors = values.check(nil, row, b, values.merge(row, form, posted, opts.section), opts.section)
    if #errors > 0 then
        return { errors = errors, row = row }
    end
    local answer = hashed(values.secrets(form, clean))
    local done = store.tx(function(tx)
        return save_in(tx, user, key, posted, { section = opts.section, sure = opts.sure, rev = opts.rev, answer = answer })
    end)
    flow.told(key)
    return done
end

-- application.submit(user, key) -> { ok, row } | { errors, row }: 提交数据. Everything is judged once more, on the live rules.
function application.submit(user, key)
    local done = store.tx(function(tx)
        local row = own.lock(tx, user, key)
        local b = live.rules_of(row)
        local form = b:form(row.kind)
        local clean, errors = values.check(tx, row, b, values.merge(row, form), nil)
        if #errors > 0 then
            return { errors = errors, row = row }
        end
        values.secrets(form, clean)
        values.apply(row, b, clean)
        flow.fire(tx, row, "submit", applicant(user))
        return { ok = true, row = row }
    end)
    flow.told(key)
    return done
end

effect.on("pin", function(tx, row, ctx)
    row.bundle = bundles.pin(tx, live.hash())
    row.submitted = tx:now()
    row.unit = unit.note(tx, row, ctx.b)
end)

-- application.deliver(user, key, posted) -> { ok, row } | { errors, clean, row }: how the certificate is handed over; the first time
-- this is 下一步（打印）.
function application.deliver(user, key, posted)
    local done = store.tx(function(tx)
        local row = own.lock(tx, user, key)
        local b = live.rules_of(row)
        posted.medium = row.medium
        local clean, errors = b:check(row.kind, posted, { which = "delivery", today = time.date(tx:now()) })
        if #errors > 0 then
            return { errors = errors, row = row }
        end
        clean.medium = nil
        row.delivery = clean
        flow.fire(tx, row, flow.knows(row, "printed", "applicant", b) and "printed" or "changed", applicant(user))
        return { ok = true, row = row }
    end)
    flow.told(key)
    return done
end

-- application.cancel(user, key): 取消申请
function application.cancel(user, key)
    store.tx(function(tx)
        flow.fire(tx, own.lock(tx, user, key), "cancel", applicant(user))
    end)
    flow.told(key)
end

return application
