-- POSTs a form of about 1 KB, different values each time. --set csrf=no for servers without tokens, --set path=… for
-- another address than /bench/entry (bench/hall).
local REQUESTS = 50

local function form(user, i, token)
    return {
        { "_csrf", token },
        { "name", "张" .. utf8.char(0x4E00 + user.id % 512) },
        { "phone", string.format("138%08d", (user.id * 9973 + i * 104729 + math.random(0, 99999999)) % 100000000) },
        { "kind", i % 2 == 0 and "unit" or "person" },
        { "note", string.rep("请于周五前办理，谢谢。", 9) },
    }
end

return {
    setup = function(user)
        local token = ""
        if args.csrf ~= "no" then
            local page = http.get("/bench/entry")
            check(page.status == 200, "GET /bench/entry answers " .. page.status)
            token = page:input("_csrf") or ""
            check(token ~= "", "the form has no token")
        end
        local requests = {}
        for i = 1, REQUESTS do
            requests[i] = { method = "POST", path = args.path or "/bench/entry", form = form(user, i, token), expect = 303 }
        end
        return requests
    end,
}
