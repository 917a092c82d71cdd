-- SPDX-License-Identifier: Apache-2.0
-- luacheck_names: what the files of generated/luacheck take from a whole Lua and scripts do not have.
local function require(name)
    return use((string.gsub(string.gsub(name, "^luacheck%.", "generated/luacheck/"), "%.", "/")))
end

local package = { config = "/\n" }
local debug = { getmetatable = getmetatable, traceback = function() return "" end }

-- () -> require, package, debug, _VERSION
return function()
    return require, package, debug, "Lua 5.4"
end
