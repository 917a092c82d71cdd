-- A visitor of bench/hall: home page, form, a mistake, the corrected form, the result. Thinks in between
-- (--set think=200, milliseconds; 0 for none).
local think = tonumber(args.think) or 200

local function values(user, token, phone)
    return {
        { "_csrf", token },
        { "name", "李四" .. user.id },
        { "phone", phone },
        { "kind", "person" },
        { "note", "" },
    }
end

return {
    journey = function(user)
        check(http.get("/").status == 200, "no home page")
        sleep(think)
        local form = http.get("/bench/entry")
        check(form.status == 200, "no form")
        sleep(think)
        local again = http.post("/bench/entry", { form = values(user, form:input("_csrf"), "13800") })
        check(again.status == 422, "a short phone number is answered with " .. again.status)
        sleep(think)
        local token = again:input("_csrf")
        local done = http.post("/bench/entry", { form = values(user, token, "138" .. math.random(10000000, 99999999)) })
        check(done.status == 303, "the form is answered with " .. done.status)
        check(http.get(done.headers.location).status == 200, "no result")
    end,
}
