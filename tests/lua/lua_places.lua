-- SPDX-License-Identifier: Apache-2.0
-- Where a path stands in the text of a declaration, also when the text is broken; a business that begins as a copy; the editor's words.
local check = use "tests/check"
local copy_kind = use "system/service/copy_kind"
local lua_places = use "lib/lua_places"
local rules_words = use "lib/rules_words"

local sample = [==[
-- { not = "code" }
local rows = {
    { id = "a", fen = 1 },
    { id = "b", note = "}{", fen = 2 },
}
local function f(t)
    if t.x then return { rows = 3 } end
end
return flow "x" {
    states = {
        draft = { on = { submit = { to = "b", guard = function(t) local u = { 1, 2 } return u[1] end,
            by = { "applicant" } } } },
        ["end"] = { [[ long
text ]], final = true },
    },
    sections = { { id = "one", fields = { { id = "name" },
        { part = "address", prefix = "unit_" } } } },
    rows = rows,
}
]==]

local function line(path)
    return (lua_places.find(sample, path))
end

check.test("places: keys, numbers, ids, locals, functions between", function()
    check.equal(line("rows.2.fen"), 4)
    check.equal(line("rows.b.fen"), 4)
    check.equal(line("states.draft.on.submit.by"), 12)
    check.equal(line("states.end.final"), 14)
    check.equal(line("name"), 16)
    check.equal(line("sections.one.unit_"), 17)
    check.equal(line("7"), 7)
end)

check.test("places: what is missing is shown where it would stand", function()
    check.equal(line("states.draft.step"), 11)
    check.equal(line("nothing"), 9)
    local at, column = lua_places.find(sample, "rows.2.fen")
    check.equal({ at, column }, { 4, 30 })
end)

check.once("places: broken texts end", function()
    for n = 1, #sample, 61 do
        task.sleep(0)
        lua_places.find(string.sub(sample, 1, n), "states.draft")
    end
    for _, body in ipairs { "", "return", "return {{{{", "return }", "return { a = ", '"', "[[", "--[[", "return { [1 = 2 }", "local x =" } do
        check.equal(lua_places.find(body, "a.b"), 1)
    end
end)

check.test("a copied business: its row, flow, form, and its name where the old one is listed", function()
    local made = copy_kind.files({
        ["kinds.lua"] = 'return {\n    {\n        id = "old", label = "A", title = "T", flow = "old", form = "f", guide = "old",\n    },\n}\n',
        ["flows/old.lua"] = 'return flow "old" {}\n', ["forms/f.lua"] = 'return form "f" {}\n',
        ["prices.lua"] = '{ label = { old = "X" } }\n{ kind = "old", fen = 1 },\n', ["materials.lua"] = 'kinds = { "old", "b" }, paper = { old = false }\n',
    }, "old", "new", "B")
    check.equal(string.find(made["kinds.lua"], 'id = "new", label = "B", title = "B申请表", flow = "new", form = "new", guide = "old"', 1, true) ~= nil, true)
    check.equal(made["flows/new.lua"], 'return flow "new" {}\n')
    check.equal(made["forms/new.lua"], 'return form "new" {}\n')
    check.equal(made["prices.lua"], '{ label = { old = "X", new = "X" } }\n{ kind = "old", fen = 1 },\n{ kind = "new", fen = 1 },\n')
    check.equal(made["materials.lua"], 'kinds = { "old", "new", "b" }, paper = { old = false, new = false }\n')
end)

check.test("the editor explains every type of field and every effect", function()
    check.equal(rules_words.unexplained(), json.array {})
end)
