-- SPDX-License-Identifier: Apache-2.0
-- target: for each purpose of a captcha or code, whom a typed name stands for and where a code for them goes. Whoever adds a
-- purpose declares it while scripts are loaded:
--   target.on("download", function(typed, req) return name, { channel = "sms", to = phone } or nil end)
-- name is the normalised form that the code is bound to; nil and a sentence when it is none; no target when nobody is known
-- by that name, which the answer must not tell.
local account = use "system/service/account"
local judge = use "lib/field"

local target = {}

local purposes = {}

function target.on(purpose, resolve)
    purposes[purpose] = resolve
end

function target.has(purpose)
    return purpose ~= nil and purposes[purpose] ~= nil
end

-- target.of(purpose, typed, req) -> name, target or nil; or nil, nil, sentence
function target.of(purpose, typed, req)
    if not target.has(purpose) then
        return nil, nil, "没有这种验证码"
    end
    local name, to, sentence = purposes[purpose](typed or "", req)
    return name, to, sentence or "请先填写接收验证码的号码或邮箱"
end

-- A number that can get an SMS.
function target.mobile(typed)
    local phone, _, sentence = judge.check({ id = "phone", type = "mobile", label = "手机号码", required = true }, typed)
    return phone, phone and { channel = "sms", to = phone }, sentence
end

local function phone_of(row)
    return row and row.phone_verified_at and account.is_mobile(row.phone) and { channel = "sms", to = row.phone } or nil
end

local function mail_of(row)
    return row and row.email_verified_at and { channel = "mail", to = row.email } or nil
end

local function by_login(typed)
    local name = account.login_name(typed)
    if name == "" then
        return nil, nil, "请先填写用户名"
    end
    local row = account.find(name)
    return name, row and row.state == "active" and row
end

target.on("register", target.mobile)

target.on("login", function(typed)
    local name, row, sentence = by_login(typed)
    return name, phone_of(row) or mail_of(row), sentence
end)

-- The code goes where the name leads: to the phone for a number, to the mailbox for an address.
target.on("forgot", function(typed)
    local name, row, sentence = by_login(typed)
    local is_mail = name and string.find(name, "@", 1, true)
    return name, is_mail and mail_of(row) or not is_mail and phone_of(row) or nil, sentence
end)

return target
