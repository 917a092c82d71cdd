-- SPDX-License-Identifier: Apache-2.0
-- The shipped rules with some mistakes in them, and the finding that each must give.
local bundle_check = use "lib/bundle_check"
local check = use "tests/check"
local mend = use "lib/bundle_check/mend"

local edit = { today = "2026-11-24" }

-- A check is longer than a task may compute without waiting, under the sanitizers at least.
local function pause()
    task.sleep(1)
end
edit.pause = pause

local steps = 0
function edit.pause_sometimes()
    steps = steps + 1
    if steps % 20 == 0 then
        pause()
    end
end

local function replace(body, file, from, to)
    if from == "" then
        return to
    elseif not string.find(body or "", from, 1, true) then
        error(file .. " does not hold: " .. from, 2)
    end
    return text.replace(body, from, to)
end

-- edit.files(edits) -> the texts of the shipped rules; edits = list of { file, from, to }, an empty `from` is the whole file
function edit.files(edits)
    local files, hash = {}, bundle.shipped()
    for _, name in ipairs(bundle.files(hash)) do
        files[name] = bundle.source(hash, name)
    end
    for _, one in ipairs(edits) do
        if one[2] then
            files[one[1]] = replace(files[one[1]], one[1], one[2], one[3])
        end
    end
    return files
end

-- edit.findings(how, edits) -> list; how: "structure", "invariants" or "run"
function edit.findings(how, edits)
    pause()
    local hash = "edit:"
    for _, one in ipairs(edits) do
        hash = hash .. one[1] .. tostring(one[2]) .. tostring(one[3])
    end
    local findings = bundle_check.load(hash, edit.files(edits))
    if #findings > 0 then
        return findings
    elseif how == "structure" then
        return bundle_check.structure(hash, edit.today)
    end
    return (bundle_check[how](hash, edit.pause_sometimes, edit.today))
end

function edit.show(findings)
    local lines = {}
    for i, f in ipairs(findings) do
        lines[i] = string.format("%s %s [%s] %s", f.severity, f.file, f.path, f.message)
    end
    return table.concat(lines, "\n")
end

-- edit.expect(findings, file, path, message) -> the finding in this file whose path and message hold these parts; it says how
-- to mend it
function edit.expect(findings, file, path, message)
    for _, f in ipairs(findings) do
        if f.file == file and string.find(f.path, path, 1, true) and string.find(f.message, message, 1, true) then
            check.equal({ f.message, f.mend == nil and mend.of(f.message) == mend.unknown }, { f.message, false })
            return f
        end
    end
    error("no finding " .. file .. " " .. path .. " " .. message .. "; got:\n" .. edit.show(findings), 3)
end

-- edit.finds({ file, from, to }, file, path, message, how) -> the finding of one mistake
function edit.finds(one, file, path, message, how)
    return edit.expect(edit.findings(how or "structure", { one }), file, path, message)
end

-- edit.finds_all { { file, from, to, path, message, at = another file } … }: several mistakes at once, each with its finding;
-- without from and to a row expects a second finding
function edit.finds_all(rows)
    local findings = edit.findings("structure", rows)
    for _, row in ipairs(rows) do
        edit.expect(findings, row.at or row[1], row[4], row[5])
    end
end

return edit
