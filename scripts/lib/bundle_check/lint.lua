-- SPDX-License-Identifier: Apache-2.0
-- lint: luacheck's rules over the texts of a bundle: broken grammar with its column, unknown names (errors), what is unused,
-- shadowed, overwritten or never reached (warnings). Only the process that checks loads this.
local api = use "api"
local check_state = use "generated/luacheck/check_state"
local said = use "lib/bundle_check/said"
local words = use "lib/bundle_check/lint_words"

local lint = {}

-- Longer ones are read by nobody, and would hold up the check: some of luacheck's stages grow with the square of a text.
local FILE_MAX, ALL_MAX, WALKS_MAX = 32 << 10, 512 << 10, 100000
local TOLD_MAX = 50

local first_stages = {
    use "generated/luacheck/stages/parse", use "generated/luacheck/stages/unwrap_parens",
    use "generated/luacheck/stages/linearize", use "generated/luacheck/stages/name_functions",
}
local stages = {
    use "generated/luacheck/stages/resolve_locals",
    use "generated/luacheck/stages/detect_empty_blocks", use "generated/luacheck/stages/detect_empty_statements",
    use "generated/luacheck/stages/detect_globals", use "generated/luacheck/stages/detect_reversed_fornum_loops",
    use "generated/luacheck/stages/detect_unbalanced_assignments", use "generated/luacheck/stages/detect_uninit_accesses",
    use "generated/luacheck/stages/detect_unreachable_code", use "generated/luacheck/stages/detect_unused_fields",
    use "generated/luacheck/stages/detect_unused_locals",
}

-- { log = true, string = { byte = true, … }, … }: what rules may call.
local function known_names()
    local out = {}
    for _, one in ipairs(api.business) do
        local name, field = string.match(one[1], "^(%w+)%.?(%w*)")
        out[name] = out[name] or (field ~= "" and {} or true)
        if field ~= "" then
            out[name][field] = true
        end
    end
    return out
end

local known = known_names()

local function fill(template, name, line)
    return (string.gsub(template, "{(%w+)}", { name = tostring(name or ""), line = tostring(line or "") }))
end

-- Sentence and mend of a name that rules do not have, or may not change; nil when it is all right.
local function global_words(warning)
    local name, field = warning.name, warning.indexing and warning.indexing[1]
    local there = known[name]
    if warning.code == "111" then
        return "给全局名称“" .. name .. "”赋值", "在前面加上 local"
    elseif there and warning.code == "112" then
        return "“" .. name .. "”是只读的，不能写入", "换成自己的表：local t = {}"
    elseif not there then
        return "没有“" .. name .. "”这个名称", "核对拼写；自己的变量要先用 local 声明，可用的函数见补全列表"
    elseif type(there) == "table" and type(field) == "string" and not there[field] then
        return "没有“" .. name .. "." .. field .. "”这个函数", "核对拼写；可用的函数见补全列表"
    end
    return nil
end

local function is_silent(warning)
    return not words[warning.code] or warning.secondary or warning.self
        or string.find(warning.code, "^[234]") and string.sub(warning.name or "", 1, 1) == "_" and warning.code ~= "214"
end

local function tell(out, file, warning)
    if string.find(warning.code, "^11") then
        local message, way = global_words(warning)
        return message and out:at(file, warning, "error", message, way)
    elseif not is_silent(warning) then
        local name, line = warning.name or warning.field or warning.label, warning.overwritten_line or warning.prev_line
        local sentence = words[warning.code]
        out:at(file, warning, sentence[3] or "warning", fill(sentence[1], name, line), fill(sentence[2], name, line))
    end
end

-- The first of them; who makes hundreds of mistakes mends one and asks again.
local function tell_all(out, file, warnings)
    local before = #out.findings
    table.sort(warnings, function(a, b) return a.line < b.line end)
    for _, warning in ipairs(warnings) do
        if #out.findings - before >= TOLD_MAX then
            return out:at(file, warning, "warning", "这个文件还有更多同类问题，没有全部列出", "改正前面的之后再检查")
        end
        tell(out, file, warning)
    end
end

-- Each assignment is followed through everything behind it; a shipped file makes some thousands of such steps.
local function is_too_much(state)
    local walks = 0
    for _, line in ipairs(state.lines) do
        local sets = 0
        for _, item in ipairs(line.items) do
            sets = item.set_variables and sets + 1 or sets
        end
        walks = walks + sets * #line.items
    end
    return walks > WALKS_MAX
end

local function run_all(state, pause)
    for _, stage in ipairs(first_stages) do
        stage.run(state)
    end
    pause()
    if is_too_much(state) then
        error("too much")
    end
    for _, stage in ipairs(stages) do
        stage.run(state)
        pause()
    end
end

local function tell_syntax(out, file, state, err)
    local place = { line = err.line, column = state:offset_to_column(err.line, err.offset) }
    out:at(file, place, "error", said.of(err.msg))
end

-- One text, to its end or to where its grammar breaks.
local function check_text(out, file, body, pause)
    local state = check_state.new(body)
    local ok, err = pcall(run_all, state, pause)
    if not ok and type(err) == "table" and err.offset then
        return tell_syntax(out, file, state, err)
    elseif not ok then
        return out:at(file, { line = 1, column = 1 }, "warning", "写法无法查验：嵌套太深或过于复杂", "分成几步来写")
    end
    tell_all(out, file, state.warnings)
end

-- lint.run(out, files, pause): files = { ["prices.lua"] = text }; pause() is called between steps
function lint.run(out, files, pause)
    local total = 0
    for name, body in pairs(files) do
        local file = string.match(name, "^(.+)%.lua$")
        total = total + #body
        if file and (#body > FILE_MAX or total > ALL_MAX) then
            out:at(file, { line = 1, column = 1 }, "warning", "文件太长，没有查验写法", "分成几个 32 KB 以内的文件，用 use 取用")
        elseif file then
            check_text(out, file, body, pause)
            pause()
        end
    end
end

return lint
