-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

-- National Day 2026: Thursday to Wednesday off, Saturday the 10th worked.
local calendar = {
    holidays = { "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-04", "2026-10-05", "2026-10-06", "2026-10-07" },
    workdays = { "2026-10-10" },
}

check.test("working days follow the calendar", function()
    check.equal(workday.check("2026-09-30", calendar), true)
    check.equal(workday.check("2026-10-01", calendar), false)
    check.equal(workday.check("2026-10-10", calendar), true)
    check.equal(workday.check("2026-10-11", calendar), false)
    check.equal(workday.check("2026-10-10", {}), false)
end)

check.test("working days are added", function()
    check.equal(workday.add("2026-09-30", 1, calendar), "2026-10-08")
    check.equal(workday.add("2026-09-30", 3, calendar), "2026-10-10")
    check.equal(workday.add("2026-09-30", 4, calendar), "2026-10-12")
    check.equal(workday.add("2026-10-01", 0, calendar), "2026-10-08")
    check.equal(workday.add("2026-10-08", 0, calendar), "2026-10-08")
    check.equal(workday.add("2026-12-31", 1, {}), "2027-01-01")
end)

check.test("working days are counted both ways", function()
    check.equal(workday.count("2026-09-30", "2026-10-12", calendar), 4)
    check.equal(workday.count("2026-10-12", "2026-09-30", calendar), -4)
    check.equal(workday.count("2026-10-08", "2026-10-08", calendar), 0)
end)

check.test("wrong dates and calendars are named", function()
    check.raises("no date such as", workday.check, "2026-02-29", {})
    check.raises("no date such as", workday.check, "2026-1-1", {})
    check.raises("day of the calendar", workday.check, "2026-01-01", { holidays = { "x" } })
    check.raises("bad argument", workday.check, "2026-01-01")
    check.raises("bad argument", workday.add, "2026-01-01", -1, {})
    check.raises("ten years", workday.count, "2000-01-01", "2026-01-01", {})
end)
