-- SPDX-License-Identifier: Apache-2.0
-- words: messages, texts and prints: every {placeholder} has a source, every name exists.
local braces = use "lib/braces"
local facts = use "lib/bundle_check/facts"
local forms = use "lib/business/forms"
local prints = use "lib/business/prints"
local rules = use "lib/business/rules"

local check = {}

local RECEIVERS = { handler = true, applicant = true, person = true, subject = true, account = true, given = true }

-- sources = { name = true }; used collects the names that stand in the text
local function check_text(out, r, file, path, line, sources, used)
    if type(line) ~= "string" then
        return out:wrong(file, path, "应为文字")
    end
    braces.each(line, function(name, filter)
        local root, rest = string.match(name, "^([%w_]+)%.(.+)$")
        if filter and not braces.filters[filter] then
            out:wrong(file, path, "未知的格式“" .. filter .. "”")
        elseif root == "site" then
            if braces.at(rules.read(r, "site"), rest) == nil then
                out:wrong(file, path, "site.lua 中没有 " .. rest)
            end
        elseif not sources[name] and not (root == "values" and sources["values." .. rest]) then
            out:wrong(file, path, "占位符 {" .. name .. "} 没有来源")
        end
        used[name] = true
    end)
end

local function to_set(list)
    local set = {}
    for _, name in ipairs(list or {}) do
        set[name] = true
    end
    return set
end

local function check_params(out, file, path, params, used, told)
    for _, name in ipairs(params or {}) do
        if not told[name] then
            out:wrong(file, path .. ".params", "系统不提供“" .. tostring(name) .. "”这项内容")
        elseif not used[name] then
            out:doubtful(file, path .. ".params", "参数 " .. name .. " 没有用到")
        end
    end
end

local function check_message(out, r, file, id, message, lines, shape, told)
    if not out:shape(file, id, message, shape) then
        return
    end
    local sources, used = to_set(message.params), {}
    for _, line in ipairs(lines(message)) do
        check_text(out, r, file, id, line, sources, used)
    end
    check_params(out, file, id, message.params, used, told)
    if message.to then
        out:known(file, id .. ".to", message.to, RECEIVERS, "接收人")
    end
end

local function check_messages(out, r)
    for id, message in pairs(rules.read(r, "messages/sms")) do
        check_message(out, r, "messages/sms", id, message, function(m) return { m.text } end,
            { to = "text!", merge = "boolean", params = "list!", text = "text!" }, facts.message)
    end
    local function mail_lines(m)
        local lines = { m.subject }
        for _, line in ipairs(m.body or {}) do
            lines[#lines + 1] = line
        end
        return lines
    end
    for id, message in pairs(rules.read(r, "messages/mail")) do
        check_message(out, r, "messages/mail", id, message, mail_lines,
            { to = "text!", params = "list!", subject = "text!", body = "list!" }, facts.message)
    end
    for id, message in pairs(rules.read(r, "content/texts")) do
        check_message(out, r, "content/texts", id, message, function(m) return m.body or {} end, { params = "list!", body = "list!" }, facts.text)
    end
end

-- The kinds that print a document, and the fields they share with it.
local function kinds_of(kinds, id)
    local using = {}
    for _, kind in ipairs(kinds) do
        if to_set(kind.prints)[id] then
            using[#using + 1] = kind
        end
    end
    return using
end

local function value_sources(r, kinds, sources)
    for _, kind in ipairs(kinds) do
        for id in pairs(forms.get(r, kind.id, "form").by_id) do
            sources["values." .. id] = true
        end
    end
end

local function check_block(out, r, file, path, b, sources, using, files)
    if type(b) ~= "table" or not prints.blocks[b.block] then
        return out:wrong(file, path, "未知的版面块“" .. tostring(type(b) == "table" and b.block or b) .. "”")
    end
    local used = {}
    for _, line in ipairs { b.text or "", table.unpack(b.items or {}) } do
        check_text(out, r, file, path, line, sources, used)
    end
    for i, row in ipairs(b.rows or {}) do
        check_text(out, r, file, path .. "." .. i, row[2], sources, used)
    end
    for _, kind in ipairs(b.field and using or {}) do
        local f = forms.get(r, kind.id, "form").by_id[b.field]
        if not f or not f.options then
            out:wrong(file, path .. ".field", "“" .. b.field .. "”在" .. kind.label .. "中不是选择字段")
        end
    end
    for _, kind in ipairs(b.section and using or {}) do
        if not rules.row(forms.get(r, kind.id, "form").sections, b.section) then
            out:wrong(file, path .. ".section", kind.label .. "的表单没有这一节：" .. b.section)
        end
    end
    if b.block == "articles" then
        out:known(file, path .. ".of", "content/" .. tostring(b.of), files, "条文")
    end
end

local function check_print(out, r, kinds, name, files)
    local file = "print/" .. name
    local declared = rules.read(r, file)
    if not out:shape(file, "", declared, { title = "text!", size = "text!", small = "boolean", needs = "list!",
            header = "table!", blocks = "list!" }) then
        return
    end
    local using = kinds_of(kinds, name)
    local sources = to_set(declared.needs)
    for need in pairs(sources) do
        out:known(file, "needs", need, facts.print, "系统提供的内容")
    end
    value_sources(r, #using > 0 and using or kinds, sources)
    for side, line in pairs(declared.header) do
        check_text(out, r, file, "header." .. side, line, sources, {})
    end
    for i, b in ipairs(declared.blocks) do
        check_block(out, r, file, "blocks." .. i, b, sources, using, files)
    end
end

local function check_agreement(out, r)
    local a = rules.read(r, "content/agreement")
    out:shape("content/agreement", "", a, { version = "text!", from = "date!", title = "text!", preface = "text!", articles = "list!",
        closing = "text!", agree = "text!", disagree = "text!" })
    if #a.articles ~= 16 then
        out:doubtful("content/agreement", "articles", "服务协议应有 16 条，现有 " .. #a.articles .. " 条")
    end
end

local function check_texts_deep(out, r, file, path, value)
    if type(value) == "string" then
        check_text(out, r, file, path, value, {}, {})
    elseif type(value) == "table" then
        for k, v in pairs(value) do
            check_texts_deep(out, r, file, path .. "." .. tostring(k), v)
        end
    end
end

-- check.ids(r) -> set of all message ids
function check.ids(r)
    local ids = {}
    for _, channel in ipairs { "sms", "mail" } do
        for id in pairs(rules.read(r, "messages/" .. channel)) do
            ids[id] = true
        end
    end
    return ids
end

function check.run(out, r, kinds, files)
    out:try("messages/sms", check_messages, out, r)
    out:try("content/agreement", check_agreement, out, r)
    for name in pairs(files) do
        local print, content = string.match(name, "^print/(.+)$"), string.match(name, "^content/(.+)$")
        if print then
            out:try(name, check_print, out, r, kinds, print, files)
        elseif content and content ~= "texts" then
            out:try(name, check_texts_deep, out, r, name, "", rules.read(r, name))
        end
    end
end

return check
