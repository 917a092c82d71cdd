-- SPDX-License-Identifier: Apache-2.0
-- rules_view: looks at a draft: how it differs from the live rules, and its flow as a graph.
local bundles = use "system/service/bundles"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local live = use "system/service/live"
local rules_diff = use "system/service/rules_diff"
local rules_graph = use "system/page/staff/rules_graph"
local rules_shell = use "system/page/staff/rules_shell"

local ADMIN = { "admin" }

http.get("/staff/rules/drafts/{key}/diff", guard.staff(ADMIN, function(req, user)
    local row = rules_shell.open(req, user)
    return rules_shell.send(req, 200, "rules/diff", user, row, "与使用中的规则比较", { behind = draft.is_behind(row),
        files = rules_diff.of(bundles.files(live.hash()), draft.files(row)) })
end), { staff = true, no_store = true })

http.get("/staff/rules/drafts/{key}/graph", guard.staff(ADMIN, function(req, user)
    local row = rules_shell.open(req, user)
    local graph = rules_graph.of(row, draft.files(row), req:query("flow"))
    return rules_shell.send(req, graph.flow and 200 or 422, "rules/graph", user, row, "流程图", { graph = graph, action = rules_shell.base(row) .. "/graph", wide = true })
end), { staff = true, no_store = true })
