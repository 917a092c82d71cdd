-- SPDX-License-Identifier: Apache-2.0
-- regions: corrections of the tree of provinces, cities and districts, until a release brings a newer tree. Always live.
-- Codes have 2, 4 or 6 digits. A closed code is no longer offered; what was stored under it keeps its words.
return {
    added = {},   -- ["430199"] = "示例新区"
    renamed = {}, -- ["430102"] = "新名称"
    closed = {},  -- ["430102"] = "2027-01-01"
}
