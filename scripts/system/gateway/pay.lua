-- SPDX-License-Identifier: Apache-2.0
-- pay: the ways to pay, each an adapter beside the others:
--   id, label            channel of attempts and receipts; what the page calls it
--   create(attempt)      attempt { out_no, fen, title, back }: tells the gateway, gives the path or address the payer goes to
--   query(out_no)        -> notice (PAYMENT of service/payment) or nil when it knows of no money; may wait
--   close(out_no)        the attempt is not to be paid any more; idempotent
--   refund(refund)       refund { key, fen, trade_no, out_no }: -> done, said; idempotent by key
--   read(raw, headers)   -> notice of a notification, verified over its raw bytes, with sent_ms, when it left; nil when it is not genuine
local pay = {}

local adapters, order = {}, {}

-- While scripts are loaded.
function pay.add(adapter)
    adapters[adapter.id] = adapter
    order[#order + 1] = adapter
end

function pay.of(id)
    return adapters[id] or fail("E_NOT_FOUND", "没有这种支付方式")
end

function pay.has(id)
    return adapters[id] ~= nil
end

-- The ways an applicant may choose from.
function pay.list()
    return order
end

return pay
