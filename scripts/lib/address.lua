-- SPDX-License-Identifier: Apache-2.0
-- address: parts of addresses of this server.
local address = {}

-- For a value behind "?to=".
function address.escape(value)
    return (string.gsub(value, "[^%w%-._~/]", function(c)
        return string.format("%%%02X", string.byte(c))
    end))
end

-- The path when it leads into this server, else the other one. Browsers read "\" as "/".
function address.inside(path, other)
    return path and #path <= 2000 and text.matches(path, "/(?:[^/\\\\\\s][^\\\\\\s]*)?") and path or other
end

return address
