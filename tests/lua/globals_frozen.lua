-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("globals are frozen", function()
    check.raises("assignment to undeclared global 'counter'", function() counter = 1 end)
    check.raises("global 'unknown' is not declared", function() return unknown end)
    check.raises("assignment to undeclared global 'string'", function() string = nil end)
    for _, name in ipairs { "io", "os", "debug", "package", "load", "dofile", "coroutine", "collectgarbage", "print", "rawset" } do
        check.raises("is not declared", function() return _ENV[name] end)
    end
    check.equal(string.dump, nil)
    check.equal(getmetatable(""), false)
    for _, module in ipairs { string, table, math, utf8, crypto, http, store, html, html.helpers, config } do
        check.raises("read-only", function() module.x = 1 end)
        check.equal(getmetatable(module), false)
        check.raises("protected", setmetatable, module, {})
    end
    check.raises("__gc", setmetatable, {}, { __gc = function() end })
    check.raises("E_UNSUPPORTED", use, "lib/none")
    check.equal(type(use "tests/check"), "table")
end)

check.test("errors carry code, message, place and details", function()
    local ok, err = pcall(fail, "E_INVALID", "not so", { field = "name" })
    check.equal(ok, false)
    check.equal({ err.code, err.message, err.details.field }, { "E_INVALID", "not so", "name" })
    check.raises("no such error code", fail, "E_NOPE", "x")
    check.equal(text.starts(tostring(err), "tests/globals_frozen.lua:"), true)
end)
