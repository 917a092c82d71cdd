-- SPDX-License-Identifier: Apache-2.0
-- check: assertions of the suite.
local check = {}

local function show(value)
    return type(value) == "table" and json.encode(value) or tostring(value)
end

-- Equal as plain data.
function check.equal(got, expected)
    if show(got) ~= show(expected) or type(got) ~= type(expected) then
        error("expected " .. show(expected) .. ", got " .. show(got), 2)
    end
end

-- f raises an error object with this code, or a text that holds this part.
function check.raises(part, f, ...)
    local ok, err = pcall(f, ...)
    if ok then
        error("nothing was raised", 2)
    end
    local said = type(err) == "table" and err.code or tostring(err)
    if not string.find(said, part, 1, true) then
        error("expected " .. part .. ", got " .. said, 2)
    end
    return err
end

function check.test(name, f)
    job.on("test:" .. name, f)
end

-- For tests that compute for a second: they run once, without the harsh conditions.
function check.once(name, f)
    job.on("once:" .. name, f)
end

return check
