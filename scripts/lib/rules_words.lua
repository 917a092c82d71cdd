-- SPDX-License-Identifier: Apache-2.0
-- rules_words: what the editor of business rules completes and explains: the functions of scripts/api.lua, the words of declarations,
-- types, effects, events, facts, and the names that the draft itself declares.
local api = use "api"
local effects = use "lib/business/effects"
local event_words = use "lib/event_words"
local facts = use "lib/rules_words/facts"
local field = use "lib/field"
local pages = use "lib/rules_words/pages"
local properties = use "lib/rules_words/properties"
local sentences = use "lib/rules_words/effects"
local types = use "lib/rules_words/types"

local rules_words = {}

local function add(out, label, what, info, type_)
    out[#out + 1] = json.array { label, what, info or "", type_ }
end

local function add_all(out, list, what, type_, prefix)
    for _, one in ipairs(list) do
        add(out, (prefix or "") .. one[1], what, one[2], type_)
    end
end

local function fixed()
    local out = {}
    for _, one in ipairs(api.business) do
        add(out, string.match(one[1], "^[^( ]+"), one[1], one[2], "function")
    end
    add_all(out, properties, "属性", "property")
    add_all(out, pages, "属性", "property")
    add_all(out, facts, "事实", "variable", "facts.")
    add_all(out, types, "字段类型", "type")
    for id in pairs(effects) do
        add(out, id, "效果", sentences[id] or effects[id], "constant")
    end
    for _, id in ipairs(event_words.all()) do
        add(out, id, "事件", event_words.event(id), "enum")
    end
    return out
end

-- Types and effects without a sentence: none, or the editor has fallen behind.
function rules_words.unexplained()
    local out, said = json.array {}, {}
    for _, one in ipairs(types) do
        said[one[1]] = true
    end
    for name in pairs(field.types) do
        out[#out + 1] = not said[name] and name or nil
    end
    for id in pairs(effects) do
        out[#out + 1] = not sentences[id] and id or nil
    end
    return out
end

-- rules_words.all(declared) -> list of { label, what it is (of a function how it is called), sentence, type }, without names: it goes over
-- the wire with each file; declared: what lib/bundle_preview names of the draft
function rules_words.all(declared)
    local out = fixed()
    for _, one in ipairs(declared or {}) do
        add(out, one.label, one.what, one.info, "class")
    end
    table.sort(out, function(a, b)
        return a[1] < b[1] or a[1] == b[1] and a[2] < b[2]
    end)
    return json.array(out)
end

return rules_words
