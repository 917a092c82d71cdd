-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("a bucket gives its tokens and says how long to wait", function()
    local key = crypto.id()
    for _ = 1, 3 do
        check.equal(limit.take("test", key, 3, 60000), 0)
    end
    local wait = limit.take("test", key, 3, 60000)
    check.equal(wait > 59000 and wait <= 60000, true)
    check.equal(limit.take("test", key .. "x", 3, 60000), 0)
    check.equal(limit.take("other", key, 3, 60000), 0)
    check.raises("bad argument", limit.take, "test", key, 0, 1)
    check.raises("bad argument", limit.take, "test", key, 1, 0)
end)

check.test("a bucket fills again", function()
    local key = crypto.id()
    check.equal(limit.take("test", key, 1, 100), 0)
    while limit.take("test", key, 1, 100) > 0 do -- how often depends on how busy the machine is
        task.sleep(10)
    end
    local other = crypto.id()
    check.equal(limit.take("test", other, 1, 60000), 0)
    task.sleep(10)
    check.equal(limit.take("test", other, 1, 60000) > 0, true)
end)

check.test("a network is an address or a /64", function()
    check.equal(limit.network("192.0.2.1"), "192.0.2.1")
    check.equal(limit.network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
    check.equal(limit.network("2001:db8::5"), "2001:db8:0:0::/64")
    check.equal(limit.network("::1"), "0:0:0:0::/64")
    check.equal(limit.network("unix"), "unix")
    check.equal(limit.network("x:y"), "x:y")
end)
