-- SPDX-License-Identifier: Apache-2.0
-- given_csr: a certificate request that was made elsewhere: a file (PEM or DER) or pasted text. Works without a script.
local certificate = use "system/service/certificate"

local given_csr = {}

local FILE_BYTES = 8 * 1024
local TOO_MUCH, EMPTY = "文件超过 8 KB，不是证书请求文件，请重新选择", "文件是空的，请重新选择"

given_csr.PASTED = { id = "csr", type = "textarea", label = "证书请求（PKCS#10）", max = 16000,
    hint = "没有选择文件的，把 openssl 等工具生成的证书请求全部粘贴到这里" }
given_csr.FILE = { id = "csr_file", type = "file", label = "证书请求文件", accept = ".csr,.p10,.pem,.req,.der,application/pkcs10",
    hint = "PEM 或 DER 格式，不超过 8 KB。选择了文件的，不必再粘贴" }

-- given_csr.file(req) -> { bytes, wrong = sentence } of the file that was chosen; empty when none was. Before any field is read.
function given_csr.file(req)
    for part in req:parts() do
        if part.name == "csr_file" and part.filename ~= "" then
            local ok, bytes = pcall(req.part_bytes, req, FILE_BYTES)
            if not ok and not (type(bytes) == "table" and bytes.code == "E_TOO_BIG") then
                error(bytes, 0)
            end
            return { bytes = ok and bytes or "", wrong = not ok and TOO_MUCH or bytes == "" and EMPTY or nil }
        end
    end
    return {}
end

-- given_csr.judge(req, row, file) -> what certificate.read_key says. The file goes before what was pasted; its errors stand at its own field.
function given_csr.judge(req, row, file)
    if file.wrong then
        return nil, { field = "csr_file", code = "file", message = file.wrong }
    elseif not file.bytes and text.trim(req:field("csr") or "") == "" then
        return nil, { field = "csr", code = "missing", message = "请选择证书请求文件，或粘贴证书请求" }
    end
    local read, problem = certificate.read_key(row, file.bytes or req:field("csr"))
    if problem and file.bytes then
        problem.field = "csr_file"
    end
    return read, problem
end

return given_csr
