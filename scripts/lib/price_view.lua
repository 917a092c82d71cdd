-- SPDX-License-Identifier: Apache-2.0
-- price_view: a quote as part/price draws it.
local price_view = {}

-- price_view.of(quote of lib/business/prices) -> { lines, total, remark }
function price_view.of(q)
    local lines = {}
    for i, l in ipairs(q.lines) do
        lines[i] = { label = l.label, count = l.period, unit = l.unit, price = l.fen, discount = l.off > 0 and l.off_text or nil, total = l.total }
    end
    return { lines = lines, total = q.total, remark = q.remark }
end

return price_view
