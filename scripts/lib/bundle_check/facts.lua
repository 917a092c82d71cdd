-- SPDX-License-Identifier: Apache-2.0
-- facts: what the release tells messages, texts and printed forms: the closed list of what their params and needs may name.
-- Anything else would stop the event that sends the message, or would be asked of the case behind its back.
local function set(...)
    local out = {}
    for _, name in ipairs { ... } do
        out[name] = true
    end
    return out
end

return {
    message = set("number", "kind", "subject", "state", "name", "amount", "items", "count", "reason", "until", "point", "hours", "days",
        "link", "code", "minutes", "what", "time", "title", "courier", "tracking", "expiry"),
    text = set("number", "who", "name", "until", "point", "address", "hours", "phone"),
    print = set("number", "created", "link", "order_name", "total", "lines", "until", "method", "transaction", "payer", "paid_at",
        "medium", "delivery"),
}
