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
    },
    counters = { "demo_welcomes" },
    logs = { "audit" },
    sequences = { { name = "demo_number", first = 1 } },
    jobs = { "demo.welcome" },
}
