-- SPDX-License-Identifier: Apache-2.0
-- authorities: what the CAs publish: certificates, revocation lists, answers about certificates. The names are those that stand
-- in the certificates (core/signer/authority.c).
local signer = use "system/service/signer"

local authorities = {}

local function asked(f, ...)
    local answered, got = signer.ask(f, ...)
    return answered and got or fail("E_BUSY", signer.WAIT)
end

-- authorities.list() -> { { name, certificate, root, root_crl } … } as DER
function authorities.list()
    return asked(issuer.chain).authorities
end

local function find(name)
    for _, one in ipairs(authorities.list()) do
        if one.name == name then
            return one
        end
    end
    return nil
end

-- "p256", ".cer" … of a file's name
local FILES = { "^(%w+)%-root(%.cer)$", "^(%w+)%-root(%.crl)$", "^(%w+)(%.cer)$", "^(%w+)(%.crl)$" }
local MEMBERS = { "root", "root_crl", "certificate", "crl" }

local function which(file)
    for i, pattern in ipairs(FILES) do
        local name = string.match(file, pattern)
        if name then
            return name, MEMBERS[i]
        end
    end
    return nil
end

-- authorities.crl(name) -> { number, this_update, next_update, der } (seconds), or nil when there is no such CA
function authorities.crl(name, known)
    local ok, answered, got = pcall(signer.ask, issuer.crl, name, known)
    if not ok and type(answered) == "table" and answered.code == "E_NOT_FOUND" then
        return nil
    elseif not ok then
        error(answered, 0)
    end
    return answered and got or fail("E_BUSY", signer.WAIT)
end

-- authorities.file("p256-root.cer") -> { kind = "cer" | "crl", der, next_update, number }, or nil
function authorities.file(file)
    local name, member = which(file)
    if not name then
        return nil
    elseif member == "crl" then
        local list = authorities.crl(name)
        return list and { kind = "crl", der = list.der, next_update = list.next_update, number = list.number }
    end
    local one = find(name)
    local der = one and one[member]
    return der and der ~= "" and { kind = member == "root_crl" and "crl" or "cer", der = der } or nil
end

-- authorities.ocsp(request) -> response, both DER
function authorities.ocsp(request)
    return asked(issuer.ocsp, request)
end

-- "-----BEGIN CERTIFICATE-----" …
function authorities.pem(der)
    local lines, encoded = { "-----BEGIN CERTIFICATE-----" }, crypto.base64(der)
    for i = 1, #encoded, 64 do
        lines[#lines + 1] = string.sub(encoded, i, i + 63)
    end
    lines[#lines + 1] = "-----END CERTIFICATE-----\n"
    return table.concat(lines, "\n")
end

-- authorities.chain(name) -> list of DER: the issuing CA and its root
function authorities.chain(name)
    local one = find(name)
    return one and { one.certificate, one.root } or {}
end

-- "AB:CD:…" of a certificate's SHA-256
function authorities.fingerprint(der)
    local pairs_of = {}
    for two in string.gmatch(string.upper(crypto.sha256(der)), "..") do
        pairs_of[#pairs_of + 1] = two
    end
    return table.concat(pairs_of, ":")
end

return authorities
