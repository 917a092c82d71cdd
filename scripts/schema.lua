-- SPDX-License-Identifier: Apache-2.0
-- schema: tables, key shapes, indexes, counters, logs, sequences and jobs. Data only. See store/README.md.
return {
    tables = {
        -- The demonstration's entries.
        demo_entry = {
            key = "time",
            indexes = {
                { name = "phone", kind = "blind", fields = { "phone" } },
                { name = "kind", kind = "plain", fields = { "kind" } },
            },
            counters = { { name = "demo_by_kind", by = { "kind" } } },
        },
        -- Money and trust: written by core/domain alone.
        staff = { key = "text" },
        grant = {
            key = "time",
            indexes = {
                { name = "holder", kind = "plain", fields = { "account", "object" } },
                { name = "object", kind = "plain", fields = { "object" } },
            },
        },
        fact = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "case", "kind" } } } },
        order = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "cases" }, multi = true } } },
        attempt = { key = "time", indexes = { { name = "out_no", kind = "plain", fields = { "out_no" }, unique = true } } },
        receipt = {
            key = "time",
            indexes = { { name = "trade", kind = "plain", fields = { "channel", "trade_no" }, unique = true } },
        },
        refund = { key = "time" },
        ticket = { key = "time", indexes = { { name = "case", kind = "plain", fields = { "case" } } } },
    },
    counters = { "demo_welcomes" },
    logs = { "audit" },
    sequences = { { name = "demo_number", first = 1 } },
    jobs = { "demo.welcome" },
}
