-- SPDX-License-Identifier: Apache-2.0
-- subject: from a row of templates.lua to what the signer knows: a profile of core/pki/profile.c and a subject as
-- core/signer/subject.h reads it. Reviewed with the form, so that nothing else gets into the certificate.
local subject = {}

local WHOSE = { unit = "unit", person = "person" }

-- A pair of certificates signs with one and enciphers with the other; a single one does what its template lists.
local ENCIPHER = { keyEncipherment = true, dataEncipherment = true, keyAgreement = true }

local function purpose_of(template)
    local sign, encipher = false, false
    for _, use in ipairs(template.usage) do
        sign, encipher = sign or not ENCIPHER[use], encipher or ENCIPHER[use] == true
    end
    if template.pair or not encipher then
        return "sign"
    end
    return sign and "both" or "encrypt"
end

local function parts_of(template, values)
    local parts = {}
    for _, one in ipairs(template.subject) do
        local value = one.value or values[one.from] or ""
        parts[one.part] = value ~= "" and text.normalize(value) or nil
    end
    return parts
end

local function template_of(row, b)
    return b:template(row.kind, row.medium) or fail("E_CONFLICT", "这种证书现在不签发，请联系管理员检查证书模板")
end

-- subject.of(row, b) -> profile, subject table; E_CONFLICT when nothing is issued on the medium
function subject.of(row, b)
    local template = template_of(row, b)
    local whose = WHOSE[template.subject_type] or fail("E_SCRIPT", "templates: unknown subject_type of " .. template.id)
    return whose .. "_" .. purpose_of(template), parts_of(template, row.values)
end

-- The years a certificate of the case runs.
function subject.years(row)
    return math.tointeger(tonumber(row.values.years or "")) or fail("E_CONFLICT", "申请没有写明证书年限")
end

return subject
