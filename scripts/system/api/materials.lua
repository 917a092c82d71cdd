-- SPDX-License-Identifier: Apache-2.0
-- materials API: what the materials page does, for programs: a form with one file, or the bare bytes of a picture.
local api = use "system/api/lib"
local case = use "system/service/case"
local material = use "system/service/material"
local scan = use "lib/scan"

local BODY = 64 * 1048576

local File = { type = { "object", "null" }, properties = {
    name = { type = "string" }, size = { type = "integer" }, kind = { type = "string", enum = { "jpeg", "png", "bmp" } },
    width = { type = "integer" }, height = { type = "integer" }, dpi = { type = "integer", description = "文件自称的分辨率，0 为没有" },
    sha256 = { type = "string" }, at = { type = "string" }, received = { type = "string", description = "收到材料的日期" },
    warnings = { type = "array", items = { type = "string" } } } }

local Material = api.schema("Material", { type = "object", properties = {
    id = { type = "string" }, label = { type = "string" }, hint = { type = "string" }, required = { type = "boolean" },
    state = { type = "string", enum = { "missing", "submitted", "again", "optional" } }, open = { type = "boolean", description = "现在可以上传或删除" },
    formats = { type = "array", items = { type = "string" } }, limit = { type = "integer", description = "字节" },
    dpi = { type = { "integer", "null" } }, reason = { type = { "string", "null" }, description = "须重新上传的原因" },
    reuse = { type = { "string", "null" }, description = "可以使用哪一种已上传材料的文件" }, file = File } })

local function file_of(file)
    return { name = file.name, size = file.size, kind = file.kind, width = file.width, height = file.height, dpi = file.dpi,
        sha256 = file.sha256, at = time.rfc3339(file.at), received = file.received, warnings = json.array(file.warnings) }
end

local function shown(item)
    return { id = item.id, label = item.label, hint = item.hint, required = item.required, state = item.state, open = item.open,
        formats = item.formats, limit = item.limit, dpi = item.dpi or json.null, reason = scan.reason(item) or json.null,
        reuse = item.reuse and item.reuse.id or json.null, file = item.file and file_of(item.file) or json.null }
end

local function listed(row)
    local out = json.array {}
    for i, item in ipairs(material.list(row)) do
        out[i] = shown(item)
    end
    return out
end

local function one(user, key, type)
    for _, item in ipairs(listed(case.get(user, key))) do
        if item.id == type then
            return item
        end
    end
    return nil
end

api.get("/api/v1/cases/{key}/materials", {
    id = "listMaterials", tag = "materials", summary = "一项申请需要的材料及其状态", returns = { type = "array", items = Material },
}, function(req, user)
    return 200, listed(case.get(user, req:param("key")))
end)

-- Refusals of a file become errors of the field `file`, as on the page.
local function act(user, req, run)
    local row, id = case.get(user, req:param("key")), req:param("type")
    local ok, e = pcall(run, row, id, { account = user.account, as = "applicant", way = "program" })
    if ok then
        return one(user, row.key, id)
    elseif type(e) == "table" and e.code == "E_INVALID" and type(e.details) == "table" and e.details.reason then
        return api.invalid { { field = "file", code = e.details.reason, message = e.message } }
    end
    return error(e, 0)
end

local function file_part(req)
    for part in req:parts() do
        if part.name == "file" then
            return part
        end
    end
    return nil
end

local Upload = { type = "object", required = { "file" }, properties = { file = { type = "string", format = "binary", description = "图片" } } }

api.post("/api/v1/cases/{key}/materials/{type}", {
    id = "uploadMaterial", tag = "materials", summary = "上传一种材料；已有的被替换", returns = Material, status = 201, body = Upload,
    takes = "multipart/form-data", options = { body = "multipart", limit = BODY },
}, function(req, user)
    return 201, act(user, req, function(row, type, actor)
        local part = file_part(req)
        if not part then
            material.missing(row, type)
        end
        material.upload(actor, row, type, req, part.filename)
    end)
end)

api.put("/api/v1/cases/{key}/materials/{type}", {
    id = "putMaterial", tag = "materials", summary = "上传一种材料，请求体就是图片", returns = Material,
    takes = "image/jpeg", options = { body = "stream", limit = BODY },
}, function(req, user)
    return 200, act(user, req, function(row, type, actor)
        material.upload(actor, row, type, req, "")
    end)
end)

api.post("/api/v1/cases/{key}/materials/{type}/reuse", {
    id = "reuseMaterial", tag = "materials", summary = "使用另一种材料已上传的文件", returns = Material,
    body = { type = "object", required = { "from" }, additionalProperties = false, properties = { from = { type = "string", title = "材料" } } },
}, function(req, user, body)
    return 200, act(user, req, function(row, type, actor)
        material.reuse(actor, row, type, body.from)
    end)
end)

api.delete("/api/v1/cases/{key}/materials/{type}", {
    id = "removeMaterial", tag = "materials", summary = "删除一种已上传的材料", returns = Material,
}, function(req, user)
    return 200, act(user, req, function(row, type, actor)
        material.remove(actor, row, type)
    end)
end)

api.get("/api/v1/cases/{key}/materials/{type}/file", {
    id = "readMaterial", tag = "materials", summary = "一种材料的图片", gives = "image/*",
}, function(req, user)
    material.send(req, case.get(user, req:param("key")), req:param("type"))
end)
