-- SPDX-License-Identifier: Apache-2.0
-- What is looked at all day in a seeded hall: lists, the user centre with its counters, a search by number, the reviewers'
-- queue. Users 1 and 2 are reviewers, the others seeded applicants. --set password=… (that of certhall seed).
local PASSWORD = args.password or "Seed-2026-hall"

local function enter(name)
    local answer = http.post("/api/v1/sessions", { json = string.format('{"account":%q,"password":%q}', name, PASSWORD) })
    check(answer.status == 201, name .. " cannot log in: " .. answer.status)
    return string.match(answer.body, '"token":"([^"]+)"')
end

local function reviewer()
    local headers = { ["Authorization"] = "Bearer " .. enter("reviewer1") }
    return { { path = "/api/v1/review/queue", headers = headers }, { path = "/api/v1/review/queue?view=late", headers = headers },
        { path = "/api/v1/shipments", headers = headers } }
end

local function applicant(id)
    local headers = { ["Authorization"] = "Bearer " .. enter(string.format("199%08d", id)) }
    local page = http.get("/api/v1/cases?limit=20", { headers = headers })
    local number = string.match(page.body, '"number":"(%d+)"')
    check(number, "a seeded applicant has no case")
    return { { path = "/api/v1/cases?limit=20", headers = headers }, { path = "/user", headers = headers },
        { path = "/query?number=" .. number, headers = headers, expect = 303 }, { path = "/user/certificates", headers = headers } }
end

return {
    setup = function(user)
        return user.id <= 2 and reviewer() or applicant(user.id)
    end,
}
