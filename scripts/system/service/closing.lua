-- SPDX-License-Identifier: Apache-2.0
-- closing: kinds of business that administrators closed by hand, beside the dated `suspend` in kinds.lua: no new application is
-- taken, cases go on. One row "setting/closed": { kinds = { [kind] = { text, from, to = day or "", by, by_name, at } } }, always live.
local dates = use "lib/dates"

local closing = {}

local TEXT_MAX = 200

local function all(r)
    local row = r.get("setting", "closed")
    return row and row.kinds or {}
end

-- closing.all() -> { [kind] = { text, from, to, by_name, at } }; one whose last day has gone is not among them
function closing.all()
    local out, today = {}, time.date(time.now())
    for kind, one in pairs(all(store)) do
        out[kind] = (one.to == "" or today <= one.to) and one or nil
    end
    return out
end

-- closing.of(kind) -> { text, from, to } or nil
function closing.of(kind)
    local one = all(store)[kind]
    return one and { text = one.text, from = one.from, to = one.to }
end

local function write(kind, one, user, event)
    store.tx(function(tx)
        local kinds = all({ get = function(...) return tx:get(...) end })
        if not one and not kinds[kind] then
            fail("E_CONFLICT", "这项业务没有暂停受理，请刷新页面")
        end
        kinds[kind] = one
        tx:put("setting", "closed", { kinds = kinds })
        tx:append("audit", kind, { event = "rules." .. event, by = user.account, text = one and one.text or "", to = one and one.to or "" })
    end)
end

-- The last day as typed, or "" for none.
local function read_day(day)
    local words = text.trim(text.normalize(day or ""))
    return words == "" and "" or dates.parse(words) or fail("E_INVALID", "最后一天请写成 2026-12-31 这样的日期")
end

-- closing.close(user, kind, words, day): from now on, to the end of the day if there is one. E_INVALID.
function closing.close(user, kind, words, day)
    local today, said, to = time.date(time.now()), text.trim((string.gsub(words or "", "%c", " "))), read_day(day)
    if said == "" or text.length(said) > TEXT_MAX then
        fail("E_INVALID", "请写明给申请人看的说明，最多 200 字")
    elseif to ~= "" and to < today then
        fail("E_INVALID", "最后一天不能早于今天")
    end
    write(kind, { text = said, from = today, to = to, by = user.account, by_name = user.name, at = time.now() }, user, "closed")
end

-- closing.open(user, kind): applications are taken again.
function closing.open(user, kind)
    write(kind, nil, user, "opened")
end

return closing
