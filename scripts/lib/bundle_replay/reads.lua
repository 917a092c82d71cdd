-- SPDX-License-Identifier: Apache-2.0
-- reads: which facts the functions of a bundle can look at, by the words of their text. What they never name cannot change what
-- they say, so that it need not be asked again for every application.
local reads = {}

-- Ways to come by a fact without naming it.
local UNNAMED = { "%f[%w_]pairs%f[^%w_]", "%f[%w_]next%f[^%w_]", "facts%s*%[", "values%s*%[" }

local function starts_one(name, prefixes)
    for _, prefix in ipairs(prefixes) do
        if text.starts(name, prefix) then
            return true
        end
    end
    return false
end

local function note(out, body)
    body = string.gsub(body, "%-%-[^\n]*", "")
    for word in string.gmatch(body, "[%a_][%w_]*") do
        out.words[word] = true
    end
    for _, way in ipairs(UNNAMED) do
        out.all = out.all or string.find(body, way) ~= nil
    end
end

-- reads.of(hash, prefixes) -> { words = { name = true }, all }; all: a name may be read that does not stand there
function reads.of(hash, prefixes)
    local out = { words = {}, all = false }
    for _, name in ipairs(bundle.files(hash)) do
        if starts_one(name, prefixes) then
            note(out, bundle.source(hash, name))
        end
    end
    return out
end

-- reads.some(r, facts) -> those of the facts that can be read
function reads.some(r, facts)
    if r.all then
        return facts
    end
    local out = {}
    for name, value in pairs(facts) do
        out[name] = r.words[name] and value or nil
    end
    return out
end

-- reads.names(r, fields) -> ids of the fields (a list with .id) that can be read, in their order; nil: any may be
function reads.names(r, fields)
    local out = {}
    for _, f in ipairs(fields) do
        out[#out + 1] = r.words[f.id] and f.id or nil
    end
    return not r.all and out or nil
end

return reads
