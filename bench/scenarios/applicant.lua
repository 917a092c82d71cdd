-- SPDX-License-Identifier: Apache-2.0
-- An applicant by the API: registers with the code out of the inbox of try-it mode, fills in a unit's application, hands it in,
-- uploads scans, is identified, pays at the cashier of try-it mode, and sees the case wait for review. Thinks in between
-- (--set think=200, milliseconds; 0 for none). The certificate itself needs a key of the applicant's: bench P8 measures signing.
local think = tonumber(args.think) or 200
local PASSWORD = "Bench-2026-applicant"
local USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
local ID_WEIGHTS = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }
local ORG_WEIGHTS = { 3, 7, 9, 10, 5, 8, 4, 2 }

local function digits(n)
    local out = {}
    for i = 1, n do
        out[i] = math.random(0, 9)
    end
    return table.concat(out)
end

local function id_number()
    local first = "430102" .. math.random(1960, 2000) .. string.format("%02d%02d", math.random(1, 12), math.random(1, 28)) .. digits(3)
    local sum = 0
    for i, weight in ipairs(ID_WEIGHTS) do
        sum = sum + tonumber(string.sub(first, i, i)) * weight
    end
    return first .. string.sub("10X98765432", sum % 11 + 1, sum % 11 + 1)
end

local function credit_code()
    local org, sum, weight = digits(8), 0, 1
    for i, w in ipairs(ORG_WEIGHTS) do
        sum = sum + tonumber(string.sub(org, i, i)) * w
    end
    local at = (11 - sum % 11) % 11 + 1
    local code, total = "91430102" .. org .. string.sub("0123456789X", at, at), 0
    for i = 1, 17 do
        total = total + (string.find(USCC, string.sub(code, i, i), 1, true) - 1) * weight
        weight = weight * 3 % 31
    end
    local last = (31 - total % 31) % 31 + 1
    return code .. string.sub(USCC, last, last)
end

-- A picture of 24 bits a pixel, as a scanner might save it.
local function bitmap(width, height)
    local row = string.rep("\xf0\xf0\xe8", width) .. string.rep("\0", width * 3 % 4 == 0 and 0 or 4 - width * 3 % 4)
    local size = #row * height
    return "BM" .. string.pack("<I4I4I4I4i4i4I2I2I4I4i4i4I4I4", 54 + size, 0, 54, 40, width, height, 1, 24, 0, size, 3937, 3937, 0, 0)
        .. string.rep(row, height)
end

local SCAN = bitmap(200, 120)

local function json(values)
    local parts = {}
    for name, value in pairs(values) do
        parts[#parts + 1] = string.format("%q:%s", name, type(value) == "table" and json(value) or '"' .. value .. '"')
    end
    return "{" .. table.concat(parts, ",") .. "}"
end

-- A program with its token; what is not 2xx ends the journey.
local function client()
    local self = {}
    local function ask(method, path, request)
        request = request or {}
        request.method, request.path = method, path
        request.headers = request.headers or {}
        request.headers["Authorization"] = self.token and "Bearer " .. self.token or nil
        local answer = http.request(request)
        check(answer.status < 300, method .. " " .. path .. " is answered with " .. answer.status)
        self.tag = answer.headers.etag or self.tag
        return answer.body
    end
    function self.get(path)
        return ask("GET", path)
    end
    function self.post(path, values)
        return ask("POST", path, { json = json(values or {}) })
    end
    function self.patch(path, values)
        return ask("PATCH", path, { json = json(values), headers = { ["If-Match"] = self.tag } })
    end
    function self.put(path, bytes)
        return ask("PUT", path, { body = bytes, headers = { ["Content-Type"] = "image/bmp" } })
    end
    return self
end

local function register(me, phone)
    local made = me.post("/api/v1/codes", { purpose = "register", by = "code", to = phone })
    local code = string.match(me.get("/api/v1/try/inbox?to=" .. phone), '"code":"(%d+)"')
    check(code, "no code came")
    me.post("/api/v1/accounts", { phone = phone, email = "b" .. phone .. "@hall.example", password = PASSWORD, by = "code",
        challenge = string.match(made, '"challenge":"([^"]+)"'), answer = code })
    me.token = string.match(me.post("/api/v1/sessions", { account = phone, password = PASSWORD }), '"token":"([^"]+)"')
end

local function sections(phone)
    local mail = "b" .. phone .. "@hall.example"
    return {
        { "unit", { user_name = "b" .. string.sub(phone, 2), unit_name = "示范负载建筑工程有限公司", unit_phone = "0731-88888888",
            unit_email = mail, unit_region = "430102", unit_address = "示范路 12 号 3 层", unit_postcode = "410000",
            unit_document_type = "uscc", unit_document_no = credit_code() } },
        { "handler", { handler_name = "周示范", handler_phone = phone, handler_email = mail, handler_document_type = "idcard",
            handler_document_no = id_number() } },
        { "terms", { years = "1", seal = "no" } },
        { "medium", { question = "book", answer = "红楼梦", medium = "soft" } },
    }
end

local function apply(me, phone)
    local kinds = me.get("/api/v1/kinds")
    local made = me.post("/api/v1/cases", { kind = "unit_issue", agreement = string.match(kinds, '"agreement":"([^"]+)"') })
    local path = "/api/v1/cases/" .. string.match(made, '"key":"([0-9a-z]+)"')
    for _, section in ipairs(sections(phone)) do
        sleep(think)
        me.patch(path, { section = section[1], values = section[2] })
    end
    me.post(path .. "/submit")
    me.post(path .. "/delivery", { values = {} })
    return path
end

return {
    journey = function()
        local me, phone = client(), "197" .. digits(8)
        register(me, phone)
        sleep(think)
        local path = apply(me, phone)
        for _, id in ipairs { "form", "unit_document", "authorization", "handler_document" } do
            sleep(think)
            me.put(path .. "/materials/" .. id, SCAN)
        end
        local link = string.match(me.post(path .. "/identity/link", { way = "qr" }), '"url":"([^"]+)"')
        me.post("/api/v1/try/face", { url = link, verdict = "passed" })
        me.post(path .. "/order")
        sleep(think)
        local pay_at = string.match(me.post(path .. "/order/attempts", { channel = "try" }), '"pay_at":"([^"]+)"')
        me.post("/api/v1/try/trades/" .. string.match(pay_at, "[^/]+$"))
        for _ = 1, 100 do
            if string.find(me.get(path), '"state":"review"', 1, true) then
                return
            end
            sleep(50)
        end
        check(false, "the payment did not arrive")
    end,
}
