-- SPDX-License-Identifier: Apache-2.0
-- live: which bundle of business rules new things follow, and the rules that a case follows. Works inside a transaction too:
-- what is not held is brought by service/bundles.
local business = use "lib/business"
local closing = use "system/service/closing"

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
    return business.open(hash, hash, closing.of)
end

-- The rules of a case: those it was pinned to at 提交数据, the live ones before; words and calendars are always live.
function live.rules_of(row)
    local hash = live.hash()
    return business.open(row.bundle ~= "" and row.bundle or hash, hash, closing.of)
end

return live
