-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("children run side by side", function()
    local steps = {}
    local function child(name)
        return function()
            steps[#steps + 1] = name .. " begins"
            task.sleep(10)
            steps[#steps + 1] = name .. " ends"
            return name
        end
    end
    local results = task.all { child "a", child "b", function() return nil end }
    check.equal({ results[1], results[2], results[3] }, { "a", "b" })
    check.equal({ steps[1], steps[2] }, { "a begins", "b begins" })
    check.equal(#steps, 4)
end)

check.test("the first error cancels the other children and closes their variables", function()
    local closed = false
    local guard = setmetatable({}, { __close = function() closed = true end })
    local err = check.raises("E_DENIED", task.all, {
        function()
            local held <close> = guard
            task.sleep(5000)
        end,
        function() task.sleep(10) fail("E_DENIED", "no") end,
    })
    check.equal(err.message, "no")
    check.equal(closed, true)
end)

check.test("waiting works through pcall and nested children", function()
    local ok, list = pcall(function()
        task.sleep(1)
        return task.all { function() return task.all { function() task.sleep(1) return 1 end }[1] end }
    end)
    check.equal(ok, true)
    check.equal(list, { 1 })
end)

check.test("waiting inside a callback raises", function()
    check.raises("E_UNSUPPORTED", table.sort, { 3, 2, 1 }, function(a, b)
        task.sleep(1)
        return a < b
    end)
    check.raises("bad argument", task.all, {})
    check.raises("bad argument", task.sleep, -1)
end)

check.test("a spawned task runs on its own", function()
    local seen = {}
    task.spawn(function() seen[1] = "ran" end)
    check.equal(#seen, 0)
    task.sleep(10)
    check.equal(seen, { "ran" })
    check.raises("bad argument", task.spawn)
end)
