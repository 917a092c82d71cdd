-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("json keeps integers, arrays and objects apart", function()
    check.equal(json.encode { n = 1790000000123456, r = 1.5, list = json.array {}, none = {} },
        '{"list":[],"n":1790000000123456,"none":{},"r":1.5}')
    local back = json.decode('{"a":[],"b":{},"n":9007199254740993,"x":null,"s":"\\u4e2d"}')
    check.equal(json.encode(back), '{"a":[],"b":{},"n":9007199254740993,"s":"中","x":null}')
    check.equal(math.type(back.n), "integer")
    check.equal(back.x == json.null, true)
end)

check.test("json refuses what is no plain data", function()
    check.raises("E_INVALID", json.encode, { 1, nil, 3, x = 1 })
    check.raises("E_INVALID", json.encode, { f = function() end })
    check.raises("E_INVALID", json.encode, { n = 0 / 0 })
    check.raises("E_INVALID", json.encode, { [1.5] = 1 })
    local circle = {}
    circle.circle = circle
    check.raises("E_TOO_BIG", json.encode, circle)
    check.raises("E_PARSE", json.decode, '{"a":1,"a":2}')
    check.raises("E_PARSE", json.decode, "{")
    check.raises("bad argument", json.decode)
    check.raises("bad argument", json.encode)
end)
