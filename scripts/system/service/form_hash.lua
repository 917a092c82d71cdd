-- SPDX-License-Identifier: Apache-2.0
-- form_hash: SHA-256 of the canonical form of an application: what a reviewer looked at, and what a ticket for the signer
-- must still be about. Names stand in bytewise order, so equal values give equal bytes.
local form_hash = {}

-- form_hash.of(row) -> 64 hexadecimal digits
function form_hash.of(row)
    return crypto.sha256(json.encode { kind = row.kind, template = row.template, values = row.values })
end

return form_hash
