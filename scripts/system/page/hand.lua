-- SPDX-License-Identifier: Apache-2.0
-- hand pages: what a phone sees behind a one-use link: consent and camera for the identity check, or uploading of materials. A
-- GET changes nothing (mail and chat programs look at links by themselves); the first press takes the link for this device.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local identity = use "system/service/identity"
local face = use "system/gateway/face"
local link = use "system/service/link"
local material = use "system/service/material"
local page = use "lib/page"
local rows = use "system/page/material_rows"

local FRAMES, FRAME_BYTES = 5, 4 * 1048576
local CONSENT = "face_consent"

local WHY = {
    unknown = { 404, "这个链接无效", "请在电脑上重新生成二维码后再扫描，或请对方重新发送链接。" },
    expired = { 410, "这个链接已过期", "请在电脑上重新生成二维码后再扫描，或请对方重新发送链接。" },
    ended = { 410, "这个链接已失效", "它已被使用、取消或更换。请在电脑上重新生成二维码后再扫描。" },
    taken = { 403, "这个链接已在另一台手机上打开", "一个链接只能在一台手机上使用。如果不是您本人操作，请在电脑上取消并重新生成二维码。" },
}

-- What is said on the page itself.
local REFUSED = { E_CONFLICT = 409, E_INVALID = 422, E_UNREACHABLE = 502, E_BUSY = 503 }

local function send(req, status, view, data)
    data.crumbs, data.base = { { label = data.title } }, "/h/" .. req:param("token")
    return page.send_form(req, status, "hand/" .. view, data)
end

local function closed(req, why)
    if why == "used" then
        return send(req, 200, "done", { title = "身份识别已通过" })
    end
    local said = WHY[why]
    return send(req, said[1], "closed", { title = said[2], text = said[3] })
end

local function camera(req)
    req:set_header("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
end

local function brief(l)
    local row = identity.case_of(l)
    local b = case.rules(row)
    return row, b, { kind = b:kind(row.kind).label, tail = string.sub(row.number, -4) }
end

local function show_identity(req, status, l, opts)
    local row, b, about = brief(l)
    about.title, about.person, about.errors = "身份识别", identity.of(row), opts.errors or {}
    if not l.mine or not l.consent then
        about.lines, about.version = b:text(CONSENT, {}), crypto.sha256(json.encode(b:text(CONSENT, {})))
        return send(req, status, "consent", about)
    end
    camera(req)
    about.is_try, about.refused, about.left = (face.adapter() or {}).is_try, opts.refused, 5 - l.fails
    return send(req, status, "face", about)
end

local function show_upload(req, status, l, opts)
    local row, b, about = brief(l)
    about.title, about.lines, about.errors = "手机上传材料", b:text("hand_upload", {}), opts.errors or {}
    if not l.mine then
        return send(req, status, "begin", about)
    end
    local items, base = material.list(row), "/h/" .. l.token .. "/files"
    about.needed, about.submitted = rows.of(items, base, { errors = opts.errors, allowed = (material.allowed(row, "applicant")) })
    about.left, about.saved = material.todo(items), req:query("saved")
    return send(req, status, "upload", about)
end

local shows = { identity = show_identity, upload = show_upload }

-- Wraps a handler: the link is open to this device. purpose: the one it must have, or nil; claimed: it must be this device's.
local function on(purpose, claimed, handler)
    return function(req)
        local l, why = link.find(req, req:param("token"))
        if not l or purpose and l.purpose ~= purpose then
            return closed(req, why or "unknown")
        elseif claimed and not l.mine then
            return closed(req, "ended")
        end
        return handler(req, l)
    end
end

http.get("/h/{token}", on(nil, false, function(req, l)
    return shows[l.purpose](req, 200, l, {})
end), { no_store = true })

http.post("/h/{token}/begin", on("upload", false, function(req, l)
    csrf.check(req)
    return link.claim(req, l) and req:redirect("/h/" .. l.token) or closed(req, "taken")
end), { no_store = true })

-- Consent comes first and by itself; only then the camera is asked for.
http.post("/h/{token}/consent", on("identity", false, function(req, l)
    csrf.check(req)
    if req:field("agree") ~= "yes" then
        return show_identity(req, 422, l, { errors = { { field = "agree", message = "请先勾选同意；不同意的，可以选择人工比对或现场核验" } } })
    end
    local consent = { at = time.now(), text = string.sub(req:field("version") or "", 1, 64) }
    local ok, check = pcall(identity.begin, l)
    if not ok then
        local status = type(check) == "table" and REFUSED[check.code] or error(check, 0)
        return show_identity(req, status, l, { errors = { { field = "agree", message = check.message } } })
    end
    return link.claim(req, l, { consent = consent, check = check }) and req:redirect("/h/" .. l.token) or closed(req, "taken")
end), { no_store = true })

-- The pictures of the post, as sealed files that are gone when the verdict is there.
local function frames_of(req, data_key)
    local frames = {}
    for part in req:parts() do
        csrf.check(req)
        if part.name == "frames" and part.filename ~= "" and #frames < FRAMES then
            local ok, file = pcall(req.upload, req, { kinds = { "jpeg", "png" }, limit = FRAME_BYTES, data_key = data_key })
            frames[#frames + 1] = ok and { blob = file.blob, sha256 = file.sha256, bytes = function()
                return blob.get(file.blob, { data_key = data_key, limit = FRAME_BYTES })
            end } or nil
        end
    end
    return frames
end

local function judge(req, l, frames)
    local is_try = (face.adapter() or {}).is_try
    if #frames == 0 and not is_try then
        return nil, { code = "E_INVALID", message = "没有拍到照片，请对准镜头重新拍摄" }
    end
    local ok, said = pcall(identity.judge, l, { frames = frames, said = req:field("said") })
    for _, frame in ipairs(frames) do
        blob.remove(frame.blob)
    end
    if ok then
        return said
    end
    return nil, type(said) == "table" and REFUSED[said.code] and said or error(said, 0)
end

http.post("/h/{token}/face", on("identity", true, function(req, l)
    local frames = frames_of(req, identity.case_of(l).data_key)
    csrf.check(req) -- also when there was no picture
    if not l.consent then
        return show_identity(req, 409, l, {})
    end
    local said, e = judge(req, l, frames)
    if said and said.verdict == "passed" then
        return req:redirect("/h/" .. l.token)
    end
    local now, why = link.find(req, l.token)
    if not now then
        return closed(req, why)
    end
    return show_identity(req, e and REFUSED[e.code] or 422, now, { refused = e and e.message or said.reason })
end), { body = "multipart", limit = 32 * 1048576, no_store = true })

local function file_part(req)
    for part in req:parts() do
        if part.name == "file" then
            return part
        end
    end
    return nil
end

http.post("/h/{token}/files/{type}", on("upload", true, function(req, l)
    local part, id = file_part(req), req:param("type")
    csrf.check(req)
    local row = identity.case_of(l)
    local ok, e = pcall(function()
        if not part or part.filename == "" then
            material.missing(row, id)
        end
        material.upload({ account = l.account, as = "applicant", way = "phone" }, row, id, req, part.filename)
    end)
    if ok then
        return req:redirect("/h/" .. l.token .. "?saved=" .. id)
    end
    local status = type(e) == "table" and REFUSED[e.code] or error(e, 0)
    return show_upload(req, status, l, { errors = { { field = "file-" .. id, message = e.message } } })
end), { body = "multipart", limit = 64 * 1048576, no_store = true })
