-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

-- What answers is tested from outside (tests/scenario/script_client_test.py); here nothing is configured.
check.test("outgoing calls need a configuration", function()
    check.raises("E_UNSUPPORTED", client.request, { url = "https://127.0.0.1/" })
    check.raises("E_UNSUPPORTED", mail.send, { to = "a@b.cn", subject = "x", text = "y" })
end)
