-- SPDX-License-Identifier: Apache-2.0
-- person: natural persons by a keyed digest of their document. Separation of duties asks it: who is named in a case does not
-- judge it, whatever account is used.
local digest = use "system/service/digest"

local person = {}

-- person.digest("idcard", "4301…") -> 64 hexadecimal digits. May wait: not inside a transaction.
function person.digest(kind, number)
    return digest("person", kind .. ":" .. string.upper(number))
end

local function names_person(form, field)
    local chosen = field.type == "document" and form.by_id[field.document_of]
    return chosen and chosen.options_from == "lists.person_documents"
end

-- The digests of everyone whose document an application names. May wait.
function person.parties(row, b)
    local form, out, seen = b:form(row.kind), {}, {}
    for _, field in ipairs(form.order) do
        local number = names_person(form, field) and row.values[field.id]
        if number and number ~= "" then
            local found = person.digest(row.values[field.document_of] or "", number)
            out[#out + 1] = not seen[found] and found or nil
            seen[found] = true
        end
    end
    return out
end

-- The digest of the person whose identity the case needs; nil when the form does not say.
function person.identified(row, b)
    local prefix = b:kind(row.kind).person
    local kind, number = row.values[prefix .. "_document_type"], row.values[prefix .. "_document_no"]
    return kind and number and number ~= "" and person.digest(kind, number) or nil
end

return person
