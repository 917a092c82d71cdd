-- SPDX-License-Identifier: Apache-2.0
-- ca page: 根证书/CRL下载 (S018, S062), the files that certificates point to, and OCSP. Programs come here without a session.
local authorities = use "system/service/authorities"
local guard = use "system/service/guard"
local page = use "lib/page"

local REQUEST_MAX = 4096
local LABELS = { p256 = "P-256 证书链", rsa = "RSA 证书链" }

local function files_of(ca)
    local list = authorities.crl(ca.name)
    local files = {
        { file = ca.name .. "-root.cer", label = "根证书下载", print = authorities.fingerprint(ca.root) },
        { file = ca.name .. ".cer", label = "签发证书下载", print = authorities.fingerprint(ca.certificate) },
        { file = ca.name .. ".crl", label = "CRL下载", text = "第 " .. list.number .. " 期，" .. time.text(list.this_update * 1000) .. " 发布，下次更新不晚于 "
            .. time.text(list.next_update * 1000) },
    }
    files[4] = ca.root_crl and ca.root_crl ~= "" and { file = ca.name .. "-root.crl", label = "根 CRL 下载", text = "签发证书的吊销列表" } or nil
    return files
end

local function shown()
    local out = {}
    for i, ca in ipairs(authorities.list()) do
        out[i] = { name = ca.name, label = LABELS[ca.name] or ca.name, files = files_of(ca) }
    end
    return out
end

http.get("/ca", guard.optional(function(req, user)
    local ok, list = pcall(shown)
    return page.send(req, 200, "ca", { title = "根证书/CRL下载", user = user, crumbs = { { label = "根证书/CRL下载" } }, section = "home",
        authorities = ok and list or {}, ocsp = (config.ca_url and config.ca_url ~= "" and config.ca_url or config.public_url .. "/ca") .. "/ocsp" })
end))

local TYPES = { crl = "application/pkix-crl", cer = "application/pkix-cert" }

-- Caches may keep a list for an hour, but never past its end: what is revoked must be known soon.
local function seconds_of(file)
    local left = file.next_update and file.next_update - time.now() // 1000 or 86400
    return math.max(0, math.min(left, file.kind == "crl" and 300 or 86400))
end

http.get("/ca/{name}", function(req)
    local file = authorities.file(req:param("name"))
    if not file then
        return req:problem(404, "没有这个文件，请从“根证书/CRL下载”页面进入")
    end
    local tag = '"' .. string.sub(crypto.sha256(file.der), 1, 32) .. '"'
    req:set_header("Cache-Control", "public, max-age=" .. seconds_of(file))
    req:set_header("ETag", tag)
    req:set_header("Cross-Origin-Resource-Policy", "cross-origin")
    if req:header("If-None-Match") == tag then
        return req:empty(304)
    end
    req:set_header("Content-Disposition", 'attachment; filename="' .. req:param("name") .. '"')
    return req:bytes(200, TYPES[file.kind], file.der)
end, { plain = true })

local function answer(req, request)
    if limit.take("ca.ocsp", limit.network(req:peer()), 600, 100) > 0 then
        return req:problem(429, "查询太频繁，请稍后再试")
    elseif not request or request == "" or #request > REQUEST_MAX then
        return req:problem(400, "这不是 OCSP 请求")
    end
    req:set_header("Cross-Origin-Resource-Policy", "cross-origin")
    return req:bytes(200, "application/ocsp-response", authorities.ocsp(request))
end

http.post("/ca/ocsp", function(req)
    if string.lower(req:header("Content-Type") or "") ~= "application/ocsp-request" then
        return req:problem(415, "Content-Type 应为 application/ocsp-request")
    end
    return answer(req, req:body())
end, { body = "memory", limit = REQUEST_MAX, webhook = true, no_store = true, quiet = true, plain = true })

-- RFC 6960 A.1: the request in base64; the server gives its slashes as "_", so that it is one segment.
http.get("/ca/ocsp/{request}", function(req)
    local encoded = string.gsub(string.gsub(req:param("request"), "_", "/"), " ", "+")
    return answer(req, crypto.unbase64(encoded))
end, { quiet = true, no_store = true, plain = true })
