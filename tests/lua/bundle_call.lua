-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("business rules are called with plain data", function()
    bundle.add("b1", { ["prices.lua"] = [[
        local base = use "lib/base"
        return { total = function(f) return { fen = #f.lines * base.unit } end, label = "价格", spin = function() while true do end end }
    ]], ["lib/base.lua"] = "return { unit = 30000 }" })
    check.equal(bundle.known("b1"), true)
    bundle.resume("b1", "")
    bundle.resume("b1", "bad")
    bundle.overruns()
    check.equal(bundle.known("b2"), false)
    check.equal(bundle.call("b1", "prices:total", { lines = { 1, 2 } }), { fen = 60000 })
    check.equal(bundle.read("b1", "prices:label"), "价格")
    check.raises("E_NOT_FOUND", bundle.call, "b1", "prices:none", {})
    check.raises("E_NOT_FOUND", bundle.call, "b2", "prices:total", {})
    check.raises("E_BUDGET", bundle.call, "b1", "prices:spin", {})
    check.raises("E_INVALID", bundle.call, "b1", "prices:total", { f = function() end })
    for _ = 1, 3 do
        check.raises("E_BUDGET", bundle.call, "b1", "prices:spin", {}, "bad", "case")
    end
    check.raises("E_BUSY", bundle.call, "b1", "prices:total", { lines = {} }, "bad")
    check.equal(bundle.call("b1", "prices:total", { lines = {} }, "good"), { fen = 0 })
    local one = bundle.suspended()[1]
    check.equal({ one.bundle, one.kind, one.where }, { "b1", "bad", "prices.lua:2" })
    local noted = bundle.overruns()
    check.equal({ #noted, noted[2].kind, noted[2].case, noted[2].count, noted[2].suspended }, { 2, "bad", "case", 3, true })
    check.equal(bundle.overruns(), json.array {})
    bundle.resume("b1", "bad")
    check.equal(bundle.call("b1", "prices:total", { lines = {} }, "bad"), { fen = 0 })
    local err = check.raises("E_SCRIPT", bundle.call, "b1", "prices:total", { lines = 5 })
    check.equal(text.starts(err.message, "prices.lua:2: "), true)
    check.raises("E_SCRIPT", bundle.add, "b3", { ["x.lua"] = "return {" })
    check.raises("E_PARSE", bundle.add, "b3", { ["x.lua"] = "local a <close> = 1" })
end)
