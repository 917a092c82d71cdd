-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("pictures are made", function()
    local svg = qr.svg("https://a.cn/x", "付款")
    check.equal(type(svg), "table")
    check.raises("E_INVALID", qr.svg, "", "x")
    check.raises("E_TOO_BIG", qr.svg, string.rep("x", 2000), "x")
    local word = captcha.text()
    check.equal(#word, 5)
    check.equal(string.sub(captcha.png(word), 2, 4), "PNG")
    check.raises("E_INVALID", captcha.png, "x")
end)

check.test("passwords are hashed on the pool", function()
    local stored = crypto.password_hash("correct horse")
    check.equal(crypto.password_verify("correct horse", stored), true)
    check.equal(crypto.password_verify("wrong", stored), false)
    check.equal(crypto.password_verify("wrong", ""), false)
    check.equal(crypto.password_is_outdated(stored), false)
    check.raises("bad argument", crypto.password_hash, string.rep("x", 300))
end)
