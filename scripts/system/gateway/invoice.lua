-- SPDX-License-Identifier: Apache-2.0
-- invoice gateway: who makes out electronic invoices. An adapter is a table:
--   id
--   create(ask) -> { number, link }   ask = { key, type, title, tax_no, number (of the case), what, fen }; idempotent by key; may wait
-- Without one the cashier makes them out elsewhere and registers them.
local try = use "system/gateway/invoice_try"

local invoice = {}

-- The adapter in use, or nil.
function invoice.adapter()
    return config.try_mode == true and try or nil
end

return invoice
