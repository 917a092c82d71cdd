-- SPDX-License-Identifier: Apache-2.0
-- lua_places: where in the text of a declaration a path stands ("rows.3.fen", "states.draft.on.submit"): a scanner that knows
-- table constructors and skips everything else. Pure; it never runs the text.
local lua_places = {}

local skipped = { "^%s+", "^%-%-%[(=*)%[.-%]%1%]", "^%-%-[^\n]*" }

local function skip(src, at)
    repeat
        local moved = false
        for _, pattern in ipairs(skipped) do
            local _, stop = string.find(src, pattern, at)
            if stop then
                at, moved = stop + 1, true
            end
        end
    until not moved
    return at
end

local function quoted_end(src, at)
    local quote, i = string.sub(src, at, at), at + 1
    while i <= #src do
        local c = string.sub(src, i, i)
        if c == quote or c == "\n" then
            return i
        end
        i = i + (c == "\\" and 2 or 1)
    end
    return #src
end

-- Kinds: name, text, or the character itself.
local function read_token(src, at)
    local first = string.sub(src, at, at)
    local _, stop = string.find(src, "^[%a_][%w_]*", at)
    if stop then
        return { kind = "name", text = string.sub(src, at, stop), at = at, stop = stop }
    elseif first == '"' or first == "'" then
        stop = quoted_end(src, at)
        return { kind = "text", text = string.sub(src, at + 1, stop - 1), at = at, stop = stop }
    end
    _, stop = string.find(src, "^%[(=*)%[.-%]%1%]", at)
    stop = stop or select(2, string.find(src, "^[%d][%w.]*", at)) or select(2, string.find(src, "^[=~<>]=", at))
    return { kind = stop and "other" or first, text = string.sub(src, at, stop or at), at = at, stop = stop or at }
end

local function tokens_of(src)
    local out, at = {}, skip(src, 1)
    while at <= #src do
        local token = read_token(src, at)
        out[#out + 1] = token
        at = skip(src, token.stop + 1)
    end
    return out
end

local opens = { ["function"] = true, ["if"] = true, ["do"] = true, ["repeat"] = true }
local closes = { ["end"] = true, ["until"] = true }
local read_table

local function is_over(token, ends)
    return ends[token.kind] or token.kind == "name" and ends[token.text]
end

-- An expression up to one of `ends` outside brackets and blocks. The last table constructor in it is its own.
local function read_value(p, node, ends)
    local depth, first = 0, p.at
    while p.tokens[p.at] do
        local token = p.tokens[p.at]
        if depth == 0 and is_over(token, ends) then
            break
        elseif token.kind == "{" then
            local made = read_table(p)
            node.kids = depth == 0 and made.kids or node.kids
        else
            local word = token.kind == "name" and token.text or token.kind
            depth = depth + ((opens[word] or word == "(" or word == "[") and 1 or (closes[word] or word == ")" or word == "]") and -1 or 0)
            p.at = p.at + 1
        end
    end
    local token = p.tokens[first]
    node.text = token and token.kind == "text" and token.text or nil
    node.ref = token and token.kind == "name" and p.at == first + 1 and token.text or nil
    node.stop = p.tokens[p.at - 1] and p.tokens[p.at - 1].stop or node.at
    return node
end

local function is_kind(p, ahead, kind)
    local token = p.tokens[p.at + ahead]
    return token and token.kind == kind
end

-- The key of an entry, and the token behind its "=".
local function read_key(p)
    local token = p.tokens[p.at]
    if token.kind == "name" and is_kind(p, 1, "=") then
        p.at = p.at + 2
        return token.text
    elseif token.kind == "[" and is_kind(p, 2, "]") and is_kind(p, 3, "=") then
        p.at = p.at + 4
        return p.tokens[p.at - 3].text
    end
    return nil
end

local entry_ends = { [","] = true, [";"] = true, ["}"] = true }

function read_table(p)
    local node, count = { at = p.tokens[p.at].at, kids = {} }, 0
    p.at = p.at + 1
    while p.tokens[p.at] and p.tokens[p.at].kind ~= "}" do
        local at = p.tokens[p.at].at
        if entry_ends[p.tokens[p.at].kind] then
            p.at = p.at + 1
        else
            local key = read_key(p)
            count = key and count or count + 1
            node.kids[key or count] = read_value(p, { at = at }, entry_ends)
        end
    end
    p.at = p.at + 1
    return node
end

local value_ends = { ["local"] = true, ["return"] = true, ["end"] = true }

-- lua_places.read(text) -> { [""] = what the file returns, name = a local table }; a node: { at, stop, kids, text, ref }
function lua_places.read(src)
    local p, roots, depth = { tokens = tokens_of(src), at = 1 }, {}, 0
    while p.tokens[p.at] do
        local token = p.tokens[p.at]
        local is_local = token.text == "local" and is_kind(p, 1, "name") and is_kind(p, 2, "=")
        if depth == 0 and token.kind == "name" and (is_local or token.text == "return") then
            local name = is_local and p.tokens[p.at + 1].text or ""
            p.at = p.at + (is_local and 3 or 1)
            roots[name] = read_value(p, { at = token.at }, value_ends)
        else
            local word = token.kind == "name" and token.text
            depth = depth + (opens[word] and 1 or closes[word] and -1 or 0)
            p.at = p.at + 1
        end
    end
    return roots
end

local function named(node, name)
    for _, kid in pairs(node.kids) do
        for _, key in ipairs { "id", "name", "value", "prefix", "part" } do
            local own = kid.kids and kid.kids[key]
            if own and own.text == name then
                return kid
            end
        end
    end
    return nil
end

-- An entry whose children are named in a list of their own: a form's field lies in one of its sections.
local function deeper(node, name)
    for _, kid in pairs(node.kids) do
        local found = kid.kids and (named(kid, name) or deeper(kid, name))
        if found then
            return found
        end
    end
    return nil
end

local function step(roots, node, name)
    local target = node.ref and roots[node.ref] or node
    if not target.kids then
        return nil
    end
    return target.kids[name] or target.kids[math.tointeger(tonumber(name)) or name] or named(target, name) or deeper(target, name)
end

local function line_of(src, at)
    local line, start = 1, 1
    for place in string.gmatch(string.sub(src, 1, at - 1), "()\n") do
        line, start = line + 1, place + 1
    end
    return line, at - start + 1
end
lua_places.line_of = line_of

-- lua_places.node(roots, path) -> the node deepest on the way, and how many of the path's names were found
function lua_places.node(roots, path)
    local node, found = roots[""], 0
    for name in string.gmatch(path, "[^.]+") do
        local following = node and step(roots, node, name)
        if not following then
            break
        end
        node, found = following, found + 1
    end
    return node, found
end

-- lua_places.find(text, path, roots) -> line, column of the path, or of what stands nearest around it; roots, when they are
-- known already, spare reading the text again
function lua_places.find(src, path, roots)
    if math.type(tonumber(path)) == "integer" then
        return tonumber(path), 1
    end
    local node, found = lua_places.node(roots or lua_places.read(src), path)
    if found == 0 and path ~= "" then
        local said = string.find(src, '"' .. path .. '"', 1, true)
        if said then
            return line_of(src, said)
        end
    end
    if not node then
        return 1, 1
    end
    return line_of(src, node.at)
end

return lua_places
