-- SPDX-License-Identifier: Apache-2.0
-- rules_report: what a check said, with links to the lines; and the files of a draft as a tree.
local draft = use "system/service/rules_draft"
local lua_places = use "lib/lua_places"
local rules_shell = use "system/page/staff/rules_shell"

local rules_report = {}

local MARKS = { changed = { "已修改", "yellow" }, new = { "新文件", "green" }, removed = { "已删除", "red" } }

rules_report.MARKS = MARKS

-- rules_report.linked(row, findings) -> the same, each with the address of its line
function rules_report.linked(row, findings)
    for _, f in ipairs(findings) do
        f.href = f.file ~= "" and rules_shell.file(row, f.file, { { "line", tostring(f.line) } }) or nil
    end
    return findings
end

-- rules_report.nearest(findings, name) -> the same, those of the file that is edited first, from its first line to its last
function rules_report.nearest(findings, name)
    table.sort(findings, function(a, b)
        if (a.file == name) ~= (b.file == name) then
            return a.file == name
        elseif a.file ~= b.file then
            return a.file < b.file
        end
        return a.line < b.line or a.line == b.line and a.message < b.message
    end)
    return findings
end

-- rules_report.tests(row, tests, files) -> the same, each with its line and the address of it
function rules_report.tests(row, tests, files)
    for _, test in ipairs(tests) do
        local body = files[test.file]
        local at = body and string.find(body, '"' .. test.name .. '"', 1, true)
        if not test.line and at then
            test.line = lua_places.line_of(body, at)
        end
        test.href = test.line and rules_shell.file(row, test.file, { { "line", tostring(test.line) } }) or nil
    end
    return tests
end

-- rules_report.folders(row, current) -> list of { name, files = { { name, href, mark, current } } }, files without a folder first
function rules_report.folders(row, current)
    local out, by_name = { { name = "", files = {} } }, {}
    by_name[""] = out[1]
    for _, one in ipairs(draft.list(row)) do
        local folder, short = string.match(one.name, "^(.-)([^/]+)$")
        if not by_name[folder] then
            by_name[folder] = { name = folder, files = {} }
            out[#out + 1] = by_name[folder]
        end
        local list = by_name[folder].files
        list[#list + 1] = { name = short, href = rules_shell.file(row, one.name), mark = MARKS[one.state], current = one.name == current }
    end
    return out
end

return rules_report
