-- SPDX-License-Identifier: Apache-2.0
-- messages: SMS, mails and texts of pages with their facts put in. Always the live words.
local braces = use "lib/braces"
local rules = use "lib/business/rules"

local messages = {}

-- lookup for {site.…} and the facts that are declared
local function lookup_of(r, facts, params)
    local allowed = {}
    for _, name in ipairs(params) do
        allowed[name] = true
    end
    return function(name)
        local inside = string.match(name, "^site%.(.+)$")
        if inside then
            return braces.at(rules.read(r, "site"), inside)
        end
        return allowed[name] and facts[name] or nil
    end
end

local function fill_list(list, lookup)
    local out = json.array {}
    for i, line in ipairs(list) do
        out[i] = braces.fill(line, lookup)
    end
    return out
end

local function params_of(declared, facts)
    local out = {}
    for _, name in ipairs(declared.params) do
        out[name] = facts[name] ~= nil and tostring(facts[name]) or fail("E_INVALID", "message: the fact " .. name .. " is missing")
    end
    return out
end

-- A fact may be a list of lines, for {items} alone in a paragraph.
local function mail_body(declared, facts, lookup)
    local out = json.array {}
    for _, line in ipairs(declared.body) do
        local name = string.match(line, "^{([%w_]+)}$")
        if name and type(facts[name]) == "table" then
            for _, item in ipairs(facts[name]) do
                out[#out + 1] = item
            end
        else
            out[#out + 1] = braces.fill(line, lookup)
        end
    end
    return out
end

-- messages.sms(r, id, facts) -> { channel, id, to, merge, text, params }, or nil when there is no such message
function messages.sms(r, id, facts)
    local declared = rules.read(r, "messages/sms")[id]
    if not declared then
        return nil
    end
    return { channel = "sms", id = id, to = declared.to, merge = declared.merge == true, params = params_of(declared, facts),
        text = braces.fill(declared.text, lookup_of(r, facts, declared.params)) }
end

-- messages.mail(r, id, facts) -> { channel, id, to, subject, body = { paragraphs } }, or nil
function messages.mail(r, id, facts)
    local declared = rules.read(r, "messages/mail")[id]
    if not declared then
        return nil
    end
    params_of(declared, facts)
    local lookup = lookup_of(r, facts, declared.params)
    return { channel = "mail", id = id, to = declared.to, subject = braces.fill(declared.subject, lookup),
        body = mail_body(declared, facts, lookup) }
end

-- messages.render(r, id, facts) -> the message on every channel that has it. E_NOT_FOUND when none has.
function messages.render(r, id, facts)
    local out = json.array {}
    out[#out + 1] = messages.sms(r, id, facts)
    out[#out + 1] = messages.mail(r, id, facts)
    return #out > 0 and out or fail("E_NOT_FOUND", "business rules: there is no message " .. tostring(id))
end

-- messages.text(r, id, facts) -> the paragraphs of content/texts.lua
function messages.text(r, id, facts)
    local declared = rules.read(r, "content/texts")[id] or fail("E_NOT_FOUND", "business rules: there is no text " .. tostring(id))
    return fill_list(declared.body, lookup_of(r, facts or {}, declared.params))
end

local function fill_deep(value, lookup)
    if type(value) == "string" then
        return braces.fill(value, lookup)
    elseif type(value) ~= "table" then
        return value
    end
    local out = {}
    for k, v in pairs(value) do
        out[k] = fill_deep(v, lookup)
    end
    return out
end

-- messages.content(r, "agreement") -> content/agreement.lua with the site's names put in
function messages.content(r, name)
    return rules.make(r, "content:" .. name, function()
        return fill_deep(rules.read(r, "content/" .. name), lookup_of(r, {}, {}))
    end)
end

return messages
