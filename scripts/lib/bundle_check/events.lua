-- SPDX-License-Identifier: Apache-2.0
-- events: what may happen to a case, and who may be its cause, whatever a flow says: the closed list of the release. A flow may
-- have events of its own only as the end of a term (after).
local function by(...)
    local set = {}
    for _, actor in ipairs { ... } do
        set[actor] = true
    end
    return set
end

return {
    submit = by "applicant", printed = by "applicant", changed = by "applicant", mended = by "applicant", cancel = by "applicant",
    registered = by("applicant", "person", "counter"), removed = by("applicant", "person", "counter"),
    compare = by("applicant", "person", "counter"),
    identified = by("system", "counter", "reviewer"), identity_expired = by "system",
    paid = by("system", "cashier"), voucher_submitted = by "applicant", voucher_confirmed = by "cashier", voucher_refused = by "cashier",
    claim = by "reviewer", hold = by "reviewer", unhold = by("reviewer", "system"),
    approve = by "reviewer", ["return"] = by "reviewer", refuse = by "reviewer",
    received = by("counter", "reviewer"), shipped = by("counter", "reviewer"), lost = by("counter", "reviewer"),
    handed = by("counter", "reviewer"), recode = by("applicant", "counter"), downloaded = by "system", expire = by "system",
}
