-- SPDX-License-Identifier: Apache-2.0
-- identity: whether the person of a case (C30: the handler of a unit, the applicant of a personal certificate) is who the form
-- says. The fact is the core's; it lives 30 days and ends when the person changes. Comparison by staff: service/compare. What
-- happens by itself when a case comes to the check: service/identity_ask.
local case = use "system/service/case"
local digest = use "system/service/digest"
local effect = use "system/service/effect"
local face = use "system/gateway/face"
local fact = use "system/service/fact"
local link = use "system/service/link"
local live = use "system/service/live"
local message = use "system/service/message"
local own = use "system/service/own"
local person = use "system/service/person"
local quota = use "system/service/quota"
local reader = use "system/service/reader"
local say = use "system/service/say"

local identity = {}

local DAY_MS = 24 * 3600 * 1000
local FAILS_MAX = 5
local SMS_RULES = { { 1, 60 * 1000 }, { 5, DAY_MS } }
local TRY_RULES = { { 15, DAY_MS } }

-- identity.fact(reader, key) -> the live identity fact, also one whose days are over; or nil
function identity.fact(r, key)
    for _, one in ipairs(r:list("fact", { index = "case", equal = { key, "identity" }, descending = true, limit = 20 }).rows) do
        if not one.row.ended then
            return one.row
        end
    end
    return nil
end

fact.on(function(r, row, facts)
    if facts.identity == "none" and identity.fact(r, row.key) then
        facts.identity = "expired"
    end
end)

effect.on("void_identity", function(tx, row, ctx)
    local by = ctx.actor.as == "applicant" and ctx.actor.account or nil
    tx:void { case = row.key, what = { "identity" }, why = ctx.event, by = by }
    row.person, row.compare = "", false
    link.end_all(tx, row.key, "changed", function(l) return l.purpose == "identity" end)
end)

-- identity.phone(row, b) -> the mobile number of the person whose face is checked, or nil
function identity.phone(row, b)
    local prefix = b:kind(row.kind).person
    local phone = row.values[prefix .. "_mobile"] or row.values[prefix .. "_phone"]
    return phone ~= "" and phone or nil
end

-- "张三" -> "张*"
local function masked(name)
    local n = text.length(name) or 0
    return n > 0 and text.sub(name, 1, 1) .. string.rep("*", math.max(n - 1, 1)) or ""
end

local function item_of(row)
    for _, one in ipairs(row.returned) do
        if one.item == "identity" and not one.done then
            return one
        end
    end
    return nil
end

-- identity.of(row) -> new: { state = none | passed | manual | expired | again, name, phone (both masked), who (label), at, ends,
-- method, reason, open = whether a check may be made now, can_compare, earlier = key of the case it was made for }
function identity.of(row)
    local b, now = live.rules_of(row), time.now()
    local prefix, found, back = b:kind(row.kind).person, identity.fact(reader.of(nil), row.key), item_of(row)
    local ends = found and found.at + b:site().days.identity * DAY_MS
    local phone = identity.phone(row, b)
    local out = { name = masked(row.values[prefix .. "_name"] or ""), phone = phone and html.helpers.phone(phone),
        who = prefix == "handler" and "经办人" or "申请人", at = found and found.at, ends = ends, method = found and found.method,
        reason = back and back.reason, open = case.knows(row, "identified", "system", b),
        can_compare = case.knows(row, "compare", "applicant", b), earlier = found and found.from }
    out.state = back and "again" or found and (ends > now and "passed" or "expired") or row.compare and "manual" or "none"
    return out
end

-- Whether a machine judges here at all; else there is nothing to be done on a phone.
function identity.has_face()
    return face.adapter() ~= nil
end

-- Raises E_CONFLICT when no link can be of use now.
function identity.must_take(row)
    if not identity.has_face() then
        fail("E_CONFLICT", "人脸识别尚未开通，请选择人工比对或到受理点现场核验")
    elseif not case.knows(row, "identified", "system") then
        fail("E_CONFLICT", "申请现在不需要身份识别")
    end
end

-- identity.compare(user, key): 人工比对 by a reviewer instead of the machine
function identity.compare(user, key)
    store.tx(function(tx)
        local row = own.lock(tx, user, key)
        row.compare = true
        case.fire(tx, row, "compare", { account = user.account, as = "applicant" })
    end)
    case.told(key)
end

-- identity.tell(tx, row, prepared link): the link goes to the person by SMS
function identity.tell(tx, row, made)
    local b = live.rules_of(row)
    link.insert(tx, made)
    message.send(tx, row, "identity_link", say.of(row, b, { say = { link = made.url } }))
    tx:append("audit", row.key, { event = "identity.link", way = "sms" })
end

-- identity.sms(account, row) -> 0, or the milliseconds to wait: the link by SMS, anew in the place of the one before
function identity.sms(account, row)
    local phone = identity.phone(row, live.rules_of(row)) or fail("E_CONFLICT", "申请中没有可以接收短信的手机号码")
    local made, key = link.prepare(row.key, "identity", { way = "sms", account = account }), quota.key("identity_sms", phone)
    return store.tx(function(tx)
        local wait = quota.take(tx, key, SMS_RULES)
        if wait == 0 then
            identity.tell(tx, row, made)
        end
        return wait
    end)
end

-- identity.expire(args, job id): the days of a check are over; cases that still need it go back to it. The rules may name fewer
-- days than the core: what it still takes for good is over for the flow.
function identity.expire(args, job_id)
    store.tx(function(tx)
        local row, found = tx:get("case", args.case), identity.fact(tx, args.case)
        if row and found and found.at <= args.at and case.knows(row, "identity_expired", "system") then
            row.key = args.case
            case.fire(tx, row, "identity_expired", { account = "", as = "system" }, { identity = "expired" })
        end
        tx:finish(job_id)
    end)
    case.told(args.case)
end

-- The case of a link, for the phone. E_NOT_FOUND.
function identity.case_of(l)
    local row = store.get("case", l.case) or fail("E_NOT_FOUND", "没有找到这项申请")
    row.key = l.case
    return row
end

-- identity.subject(row) -> what the adapter is told of the person, and the digests that the fact will carry. May wait.
function identity.subject(row)
    local b = live.rules_of(row)
    local prefix = b:kind(row.kind).person
    local kind, number = row.values[prefix .. "_document_type"] or "", row.values[prefix .. "_document_no"] or ""
    local who = person.identified(row, b) or fail("E_CONFLICT", "申请没有写明身份证件，不能识别")
    return { name = row.values[prefix .. "_name"], document_type = kind, document_no = number },
        { person = who, document_mac = digest("document", kind .. ":" .. number), rev = row.values[prefix .. "_name"] .. number }
end

-- identity.begin(link row) -> the provider's check, to stand in the link; may wait
function identity.begin(l)
    local row = identity.case_of(l)
    identity.must_take(row)
    return face.adapter().create((identity.subject(row))).id
end

-- identity.settle(tx, row, person, when it was made, days it is good for): what follows for the case from a check that passed
function identity.settle(tx, row, who, at, days)
    row.person, row.compare = who, false
    for _, one in ipairs(row.returned) do
        one.done = one.done or one.item == "identity"
    end
    link.end_all(tx, row.key, "used", function(one) return one.purpose == "identity" end)
    tx:enqueue("identity.expire", { case = row.key, at = at }, at + days * DAY_MS + 1000)
end

local function pass_in(tx, l, digests, provider, evidence)
    link.locked(tx, l)
    local row = tx:get("case", l.case)
    row.key = l.case
    local prefix = live.rules_of(row):kind(row.kind).person
    if (row.values[prefix .. "_name"] or "") .. (row.values[prefix .. "_document_no"] or "") ~= digests.rev then
        fail("E_CONFLICT", "申请中的身份信息刚刚被修改，请重新识别")
    end
    tx:identify { case = row.key, person = digests.person, document_mac = digests.document_mac, method = "face", provider = provider,
        evidence = evidence }
    identity.settle(tx, row, digests.person, tx:now(), live.rules():site().days.identity)
    case.fire(tx, row, "identified", { account = "", as = "system" }, { note = "人脸识别" })
end

local function miss(l, verdict)
    store.tx(function(tx)
        local row = link.locked(tx, l)
        row.fails = row.fails + 1
        row.ended = row.fails >= FAILS_MAX and "failed" or row.ended
        tx:put("link", l.key, row)
        tx:append("audit", l.case, { event = "identity." .. verdict })
    end)
end

-- identity.judge(link row, taken) -> the adapter's verdict; on a pass fact, case and link are written in one transaction
function identity.judge(l, taken)
    local adapter, key = face.adapter(), quota.key("face", l.case)
    local _, digests = identity.subject(identity.case_of(l))
    local wait = store.tx(function(tx) return quota.take(tx, key, TRY_RULES) end)
    if wait > 0 then
        fail("E_CONFLICT", "今天识别的次数太多，请明天再试，或选择人工比对")
    end
    local said = adapter.verify(l.check, taken)
    if said.verdict == "passed" then
        store.tx(function(tx) pass_in(tx, l, digests, adapter.id, said.evidence) end)
    else
        miss(l, said.verdict)
    end
    case.told(l.case)
    return said
end

return identity
