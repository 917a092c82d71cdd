-- SPDX-License-Identifier: Apache-2.0
-- The tests of the shipped rules run green, and a wrong rule turns one red.
local bundle_tests = use "lib/bundle_tests"
local check = use "tests/check"

check.once("the shipped rules pass their own tests", function()
    local results = bundle_tests.run(bundle.shipped())
    for _, r in ipairs(results) do
        if not r.ok then
            error(r.file .. ": " .. r.name .. ": " .. r.message)
        end
    end
    check.equal(#results, 20)
end)
