-- SPDX-License-Identifier: Apache-2.0
-- remake API: the first key given up for another, once (重新生成密钥), for programs.
local api = use "system/api/lib"
local certificate = use "system/service/certificate"
local change = use "system/service/certificate_change"
local credential = use "system/service/credential"
local signer = use "system/service/signer"

api.post("/api/v1/cases/{key}/certificate/remake", { id = "remakeKey", tag = "certificates", status = 202, idempotent = false,
    summary = "撤销刚下载的证书，免费再签发一次；新的授权码另发邮件",
    body = { type = "object", required = { "password" }, additionalProperties = false, properties = {
        password = { type = "string", title = "登录密码", maxLength = 200 } } },
    answers = { [409] = "现在不能重新生成", [503] = "签发系统没有应答" } }, function(req, user, body)
    local stage = certificate.stage(user, req:param("key"))
    if not certificate.may_remake(stage) then
        fail("E_CONFLICT", "现在不能重新生成密钥，需要时请办理补办")
    end
    local good, sentence = credential.is_own(user, body.password)
    if not good then
        api.invalid { { field = "password", code = "password", message = sentence } }
    elseif not change.remake(user, stage.row.key) then
        fail("E_BUSY", signer.WAIT)
    end
    return 202
end)
