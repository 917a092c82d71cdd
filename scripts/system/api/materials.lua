-- SPDX-License-Identifier: Apache-2.0
-- materials API: what a case asks for, uploading a scan as the body itself, withdrawing it, using it for another material too.
local api = use "system/api/lib"
local case = use "system/service/case"
local material = use "system/service/material"

local Material = api.schema("Material", { type = "object", properties = {
    id = { type = "string" }, label = { type = "string" }, hint = { type = "string" }, required = { type = "boolean" },
    state = { type = "string", enum = { "missing", "submitted", "again", "optional" } },
    open = { type = "boolean", description = "现在可以上传、更换或删除" },
    limit = { type = "integer", description = "字节" }, formats = { type = "array", items = { type = "string" } },
    printed = { type = { "string", "null" }, description = "由哪一页打印件签字盖章后扫描" },
    outdated = { type = "boolean", description = "打印以后数据有变化，须重新打印" }, reuse = { type = { "string", "null" } },
    sha256 = { type = { "string", "null" } }, size = { type = { "integer", "null" } },
    warnings = { type = "array", items = { type = "string" } }, reason = { type = { "string", "null" }, description = "退回的原因" } } })

local function shown(item)
    local file, back = item.file or {}, item.returned or {}
    return { id = item.id, label = item.label, hint = item.hint, required = item.required, state = item.state, open = item.open,
        limit = item.limit, formats = json.array(item.formats), printed = item.printed or json.null, outdated = item.outdated,
        reuse = item.reuse and item.reuse.id or json.null, sha256 = file.sha256 or json.null, size = file.size or json.null,
        warnings = file.warnings or json.array {}, reason = back.reason or json.null }
end

local function list_of(row)
    local out = json.array {}
    for i, item in ipairs(material.list(row)) do
        out[i] = shown(item)
    end
    return out
end

local function applicant(user)
    return { account = user.account, as = "applicant", way = "program" }
end

-- What is said beside the input of a page, as the error of the field.
local function told(id, run)
    local ok, e = pcall(run)
    if ok then
        return
    elseif type(e) == "table" and e.code == "E_INVALID" then
        api.invalid { { field = id, code = (e.details or {}).reason or "format", message = e.message } }
    end
    error(e, 0)
end

local function reads(req, user)
    return case.get(user, req:param("key")), req:param("type")
end

api.get("/api/v1/cases/{key}/materials", {
    id = "listMaterials", tag = "materials", summary = "要提交的材料和已提交的材料", returns = { type = "array", items = Material },
}, function(req, user)
    return 200, list_of(case.get(user, req:param("key")))
end)

api.put("/api/v1/cases/{key}/materials/{type}", {
    id = "putMaterial", tag = "materials", summary = "上传一项材料：请求内容就是图片文件", takes = "application/octet-stream",
    returns = { type = "array", items = Material }, options = { body = "stream", limit = 16 * 1048576 },
}, function(req, user)
    local row, id = reads(req, user)
    told(id, function()
        material.upload(applicant(user), row, id, req, "")
    end)
    return 200, list_of(case.get(user, row.key))
end)

api.get("/api/v1/cases/{key}/materials/{type}", {
    id = "getMaterial", tag = "materials", summary = "已上传的图片", gives = "image/*",
}, function(req, user)
    local row, id = reads(req, user)
    material.send(req, row, id)
end)

api.delete("/api/v1/cases/{key}/materials/{type}", {
    id = "deleteMaterial", tag = "materials", summary = "删除已上传的材料", status = 204,
}, function(req, user)
    local row, id = reads(req, user)
    material.remove(applicant(user), row, id)
    return 204
end)

api.post("/api/v1/cases/{key}/materials/{type}/reuse", {
    id = "reuseMaterial", tag = "materials", summary = "多证合一：同一图片也用作这项材料", returns = { type = "array", items = Material },
    body = { type = "object", required = { "from" }, additionalProperties = false, properties = { from = { type = "string", maxLength = 60 } } },
}, function(req, user, body)
    local row, id = reads(req, user)
    material.reuse(applicant(user), row, id, body.from)
    return 200, list_of(case.get(user, row.key))
end)
