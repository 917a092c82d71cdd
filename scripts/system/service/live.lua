-- SPDX-License-Identifier: Apache-2.0
-- live: which bundle of business rules new things follow, and the rules that a case follows.
local business = use "lib/business"

local live = {}

-- The hash of the published bundle.
function live.hash()
    return bundle.shipped()
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
