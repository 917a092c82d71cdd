-- SPDX-License-Identifier: Apache-2.0
-- unit_issue: issuing a unit certificate. Options: second_review_over in fen; paper by medium: before_issue, after, none.
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
