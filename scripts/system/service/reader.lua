-- SPDX-License-Identifier: Apache-2.0
-- reader: the same reading inside a transaction and outside: reader.of(tx) or reader.of(nil).
local reader = {}

local outside = {
    get = function(_, ...) return store.get(...) end,
    list = function(_, ...) return store.list(...) end,
    count = function(_, ...) return store.count(...) end,
    standing = function(_, ...) return domain.standing(...) end,
    may = function(_, ...) return domain.may(...) end,
    roles = function(_, ...) return domain.roles(...) end,
    now = function() return time.now() end,
}

-- reader.of(tx) -> what has get, list, count, standing, may, roles and now as methods
function reader.of(tx)
    return tx or outside
end

-- reader.page(found) -> the same page of what store.list found, its rows with their keys
function reader.page(found)
    local rows = {}
    for i, one in ipairs(found.rows) do
        one.row.key = one.key
        rows[i] = one.row
    end
    return { rows = rows, more = found.more, after = found.after }
end

return reader
