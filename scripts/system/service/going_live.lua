-- SPDX-License-Identifier: Apache-2.0
-- going_live: rules take the place of others: in one transaction with their publication, then by one pointer.
local bundles = use "system/service/bundles"
local live = use "system/service/live"
local move = use "system/service/move"

local going_live = {}

-- going_live.replace(tx, hash): the publication that was live is so no more; the caller writes the new one.
function going_live.replace(tx, hash)
    for _, one in ipairs(tx:list("publication", { index = "state", equal = { "live" }, limit = 10 }).rows) do
        one.row.state = "replaced"
        tx:put("publication", one.key, one.row)
    end
    local before = tx:get("setting", "live")
    tx:put("setting", "live", { hash = hash, since = tx:now(), over = bundle.shipped(), before = before.hash })
end

-- going_live.go(hash): after the commit.
function going_live.go(hash)
    bundle.go_live(bundles.ensure(hash), bundle.shipped())
    log.info("business rules published", { bundle = hash })
end

-- going_live.is_upon(tx, base): whether those rules are still the live ones.
function going_live.is_upon(tx, base)
    local settled = tx:get("setting", "live")
    return base == live.hash() and (base == settled.hash or settled.over ~= bundle.shipped())
end

-- going_live.ask_moves(publication) -> what move.ask says of the open cases as they stand now; nil when none are to be moved.
-- Raises when one would be stranded.
function going_live.ask_moves(row)
    if not row.moves.map then
        return nil
    end
    local asked = move.ask(bundles.files(row.bundle), row.moves.map)
    if not move.is_complete(asked) then
        fail("E_CONFLICT", "提交之后有申请进入了新规则没有的状态，请提交人重新提交并指定代替的状态")
    end
    return asked
end

-- going_live.make(tx, key, publication, asked): changes the row, which the caller writes; asked: of ask_moves
function going_live.make(tx, key, row, asked)
    row.live_at = tx:now()
    going_live.replace(tx, row.bundle)
    if asked then
        move.begin(tx, key, row.bundle, asked)
    end
end

return going_live
