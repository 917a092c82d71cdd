-- SPDX-License-Identifier: Apache-2.0
-- csr_reason: why a certificate request is refused (core/pki/csr.h), in words that say what to do.
local sentences = {
    too_big = "证书请求太大，请检查是否选错了文件",
    not_pem = "这不是证书请求。应以 -----BEGIN CERTIFICATE REQUEST----- 开头，请完整复制",
    wrong_label = "这不是证书请求，而是证书或密钥。请勿把私钥发送给任何人；请提供 CERTIFICATE REQUEST",
    damaged = "证书请求已损坏，请重新生成",
    trailing = "证书请求后面有多余的内容，请只保留一个请求",
    version = "证书请求的版本不支持，请用 PKCS#10 格式重新生成",
    subject = "证书请求中的主体名称有误，请重新生成",
    key = "密钥的类型或长度不支持，请使用 P-256（prime256v1）密钥",
    weak_key = "这把密钥不安全，请重新生成密钥",
    attributes = "证书请求的属性有误，请重新生成",
    algorithm = "证书请求的签名算法不支持，请使用 SHA-256",
    signature = "证书请求的签名不正确，请用同一把密钥重新生成",
}

-- csr_reason(an error) -> the sentence, or nil when the error is another one
return function(problem)
    local reason = type(problem) == "table" and type(problem.details) == "table" and problem.details.reason
    local word = type(reason) == "string" and string.match(reason, "^csr%.(.+)$")
    return word and (sentences[word] or "证书请求有误，请重新生成")
end
