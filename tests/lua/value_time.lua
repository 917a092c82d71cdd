-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("time is the calendar at +08:00", function()
    local ms = time.from_civil { year = 2026, month = 11, day = 23, hour = 16, minute = 20, second = 50 }
    check.equal(ms, 1795422050000)
    check.equal(time.rfc3339(ms), "2026-11-23T16:20:50.000+08:00")
    check.equal(time.date(ms), "2026-11-23")
    check.equal(time.text(ms), "2026年11月23日 16:20")
    local c = time.civil(ms)
    check.equal({ c.year, c.month, c.day, c.hour, c.weekday }, { 2026, 11, 23, 16, 1 })
    check.equal(time.date(time.from_civil { year = 2026, month = 14, day = 0 }), "2027-01-31")
    check.equal(time.date(time.parse_date("2024-02-29")), "2024-02-29")
    check.equal(time.parse_date("2025-02-29"), nil)
    check.equal(time.parse_date("2025-2-29"), nil)
    check.equal(time.parse_date("2025-13-01"), nil)
    check.equal(time.now() > 1700000000000, true)
end)

check.test("log takes only plain fields", function()
    log.debug("unseen", { n = 1, ok = true, s = "x" })
    check.raises("bad argument", log.info, "x", { t = {} })
    check.raises("bad argument", log.warn, "x", { n = 1.5 })
    check.raises("bad argument", log.error)
end)

check.test("config is read-only", function()
    check.equal(config.missing, nil)
    check.equal(config.name, "suite")
    check.raises("read-only", function() config.name = "x" end)
end)
