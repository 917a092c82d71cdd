-- SPDX-License-Identifier: Apache-2.0
-- effect: what a flow may ask for (lib/business/effects) and who carries it out. Services register while scripts are loaded;
-- each runs inside the transaction of its event and may change the case row, which is written afterwards.
local known = use "lib/business/effects"

local effect = {}

local handlers = {}

-- effect.on("issue", function(tx, row, ctx) … end); ctx = { event, from, actor, facts, extra, b }
function effect.on(id, handler)
    if not known[id] or handlers[id] then
        error("effect " .. tostring(id) .. " is unknown or has its handler already", 2)
    end
    handlers[id] = handler
end

function effect.run(id, tx, row, ctx)
    local handler = handlers[id] or fail("E_SCRIPT", "no service carries out the effect " .. id)
    return handler(tx, row, ctx)
end

-- The effects without a handler, for a test.
function effect.open()
    local out = json.array {}
    for id in pairs(known) do
        out[#out + 1] = not handlers[id] and id or nil
    end
    return out
end

return effect
