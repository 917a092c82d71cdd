-- SPDX-License-Identifier: Apache-2.0
-- live: which bundle of business rules new things follow, and the rules that a case follows. Bundles are loaded at the start
-- (service/bundles), so that everything here works inside a transaction too.
local business = use "lib/business"

local live = {}

-- The hash of the published bundle. Where the scripts are watched (development) an edited folder goes before what was
-- published earlier.
function live.hash()
    local hash, over = bundle.live()
    local shipped = (not hash or config.watch == true) and bundle.shipped()
    return shipped and shipped ~= over and shipped or hash
end

-- The live rules.
function live.rules()
    local hash = live.hash()
    return business.open(hash, hash)
end

-- The rules of a case: those it was pinned to at 提交数据, the live ones before; words and calendars are always live.
function live.rules_of(row)
    local hash = live.hash()
    return business.open(row.bundle ~= "" and row.bundle or hash, hash)
end

return live
