-- SPDX-License-Identifier: Apache-2.0
-- materials page (C23): one row for each material with an input of its own, no pop-up; each works as a plain form. The script
-- sends a file as soon as it is chosen and puts in the answer of the same post.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local link = use "system/service/link"
local material = use "system/service/material"
local onward = use "system/page/onward"
local rows = use "system/page/material_rows"
local shell = use "system/page/shell"

local BODY = 64 * 1048576
local TITLE = "提交材料"

local function summary_of(row, b)
    local kind = b:kind(row.kind)
    return {
        { label = "主体名称", value = row.user_name },
        { label = "单位名称", value = row.values[kind.fields.unit] },
        { label = "业务受理号", value = row.number },
        { label = "证书申请时间", value = row.submitted and time.text(row.submitted) },
        { label = "证书申请状态", value = b:state(row.kind, row.state).label },
    }
end

-- What the last post did, said once.
local function notice_of(req, items)
    local saved, gone = req:query("saved"), req:query("removed")
    for _, item in ipairs(items) do
        if item.id == saved and item.state == "submitted" then
            return { title = "“" .. item.label .. "”已提交", text = table.concat(item.file and item.file.warnings or {}, "；"),
                tone = item.file and #item.file.warnings > 0 and "warn" or "good" }
        elseif item.id == gone and not item.file then
            return { title = "“" .. item.label .. "”已删除", text = "可以重新选择文件上传。", tone = "good" }
        end
    end
    return nil
end

local function show(req, status, user, row, opts)
    local b = case.rules(row)
    local items = material.list(row)
    local data = shell.data(req, user, row, TITLE, 2)
    data.allowed, data.sentence = material.allowed(row, "applicant")
    data.base = data.href .. "/materials"
    data.needed, data.submitted = rows.of(items, data.base, { errors = opts.errors, allowed = data.allowed, key = row.key })
    data.left = material.todo(items)
    data.summary, data.lines = summary_of(row, b), b:text("materials", {})
    data.errors, data.notice, data.done = opts.errors or {}, opts.notice or notice_of(req, items), b:text("materials_done", {})[1]
    data.onward = data.left == 0 and onward.of(row) or nil
    data.phone = link.current(row.key, "upload", user.account)
    data.qr = data.phone and not data.phone.device and qr.svg(data.phone.url, "手机上传二维码") or nil
    data.refresh, data.changes = data.phone and 10 or nil, data.href .. "/changes"
    data.said = (data.phone and data.phone.device and "手机已连接，" or "") .. (data.left > 0 and string.format("还有 %d 项材料待上传", data.left)
        or "必需的材料已全部上传")
    return shell.send(req, status, "case/materials", data)
end

local function closed_before(row)
    return row.state == "draft" and "/form" or row.state == "submitted" and "/confirm" or nil
end

http.get("/case/{key}/materials", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local other = closed_before(row)
    return other and req:redirect("/case/" .. row.key .. other) or show(req, 200, user, row, {})
end), { no_store = true })

-- The file part of the form; the token stands before it.
local function file_part(req)
    for part in req:parts() do
        if part.name == "file" then
            return part
        end
    end
    return nil
end

local STATUS = { E_INVALID = 422, E_CONFLICT = 409, E_BUSY = 503 }

-- Runs it and goes back to the page; what the services refuse is said there, anything else is raised again.
local function act(req, user, row, id, word, run)
    local ok, e = pcall(run)
    if ok then
        return req:redirect("/case/" .. row.key .. "/materials?" .. word .. "=" .. id)
    end
    local status = type(e) == "table" and STATUS[e.code] or error(e, 0)
    return show(req, status, user, case.get(user, row.key), { errors = { { field = "file-" .. id, message = e.message } } })
end

local function applicant(user)
    return { account = user.account, as = "applicant", way = "pc" }
end

http.post("/case/{key}/materials/{type}", guard.user(function(req, user)
    local row, id = case.get(user, req:param("key")), req:param("type")
    local part = file_part(req)
    csrf.check(req)
    return act(req, user, row, id, "saved", function()
        if not part or part.filename == "" then
            material.missing(row, id)
        end
        material.upload(applicant(user), row, id, req, part.filename)
    end)
end), { body = "multipart", limit = BODY, no_store = true })

http.post("/case/{key}/materials/{type}/reuse", guard.user(function(req, user)
    csrf.check(req)
    local row, id = case.get(user, req:param("key")), req:param("type")
    return act(req, user, row, id, "saved", function()
        material.reuse(applicant(user), row, id, req:field("from") or "")
    end)
end), { no_store = true })

http.post("/case/{key}/materials/{type}/remove", guard.user(function(req, user)
    csrf.check(req)
    local row, id = case.get(user, req:param("key")), req:param("type")
    return act(req, user, row, id, "removed", function()
        material.remove(applicant(user), row, id)
    end)
end), { no_store = true })

-- 查看: the picture, large and the right way up.
http.get("/case/{key}/materials/{type}", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local item = material.find(row, req:param("type"))
    local data = shell.data(req, user, row, "查看材料", 2)
    data.base = data.href .. "/materials"
    data.item = rows.shown(item, data.base, material.allowed(row, "applicant"))
    return shell.send(req, 200, "case/material", data)
end), { no_store = true })

http.get("/case/{key}/materials/{type}/file", guard.user(function(req, user)
    return material.send(req, case.get(user, req:param("key")), req:param("type"))
end), { no_store = true })

-- Upload from the phone: a QR code on request, taken back on request.
http.post("/case/{key}/materials-phone", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    if req:field("cancel") then
        link.cancel(user, row.key, "upload")
    else
        link.make(row.key, "upload", { account = user.account, way = "qr" })
    end
    return req:redirect("/case/" .. row.key .. "/materials#phone")
end), { no_store = true })
