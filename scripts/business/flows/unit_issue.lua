-- SPDX-License-Identifier: Apache-2.0
-- unit_issue: issuing a unit certificate.
--   second_review_over  in fen: an order above it is approved by two reviewers, one after the other (1000000: 10,000 yuan)
--   paper               when paper must have arrived, by medium: before_issue, none
-- Steps, states and reminders that the businesses share stand in flows/parts.lua.
return flow "unit_issue" {
    start = "draft",
    include = { "draft", "submitted", "materials", "identity", "payment", "voucher", "review", "returned", "paper", "active",
        "done", "refused", "cancelled", "closed" },
    states = {},
    options = {
        second_review_over = 1000000,
        paper = { ukey = "before_issue", soft = "none" },
    },
}
