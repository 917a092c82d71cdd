-- SPDX-License-Identifier: Apache-2.0
-- recurring: work that comes again and again: recurring.every("sweep", ms, function() … end). Each start of the hall begins the
-- chains anew; a job of an older chain ends by itself, so that there is one of each.
local recurring = {}

local works = {}

-- While scripts are loaded. The work may wait; what it raises is logged and it comes again.
function recurring.every(name, ms, work)
    works[name] = { ms = ms, work = work }
end

local function next_of(tx, name, chain, due)
    tx:enqueue("recurring", { name = name, chain = chain }, due)
end

local function begin(tx, name)
    local chain = tx:key()
    tx:put("setting", "recurring:" .. name, { chain = chain })
    next_of(tx, name, chain, tx:now() + 2000)
end

function recurring.start()
    store.tx(function(tx)
        for name in pairs(works) do
            begin(tx, name)
        end
    end)
end

local function is_current(r, name, chain)
    local row = r.get("setting", "recurring:" .. name)
    return row ~= nil and row.chain == chain
end

-- recurring.run(name, chain, job): the work, then the next one in the same transaction as the end of this.
function recurring.run(name, chain, job_id)
    local one = works[name]
    local current = one and is_current(store, name, chain)
    if current then
        local ok, problem = pcall(one.work)
        if not ok then
            log.error("recurring work failed", { work = name, why = tostring(problem) })
        end
    end
    store.tx(function(tx)
        if current then
            next_of(tx, name, chain, tx:now() + one.ms)
        end
        tx:finish(job_id)
    end)
end

return recurring
