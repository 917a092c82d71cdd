-- SPDX-License-Identifier: Apache-2.0
-- refusal: what the facts of trust refuse, in words for staff. The domain speaks to developers; people read this.
local refusal = {}

local sentences = {
    ["nobody judges a case that names them"] = "申请中列有您本人的证件，不能由您审核，请转给其他审核员",
    ["who acts on a case does not judge it"] = "您本人可以办理这项申请，不能由您审核，请转给其他审核员",
    ["nobody identifies themselves"] = "不能核验您本人的身份，请转给其他人员",
    ["the second review needs another person than the first"] = "初审由您本人作出，复审须由另一人进行",
    ["this stage of the review has been given"] = "这一级审核已经通过，请刷新页面查看",
    ["the first review comes before the second"] = "须先通过初审，再进行复审",
    ["the form changed after the first review"] = "初审之后申请内容有变化，须退回后重新审核",
    ["the same officer has waived already; another one is needed"] = "您本人已同意免缴，还须另一位主管同意",
    ["the account does not have the role this needs"] = "您的账号没有办理这项工作的权限",
    ["another role is needed for this"] = "您的账号没有办理这项工作的权限",
    ["nobody changes roles of their own"] = "不能更改本人的角色，请由另一位管理员办理",
    ["there is no living certificate to renew"] = "没有可以更新的有效证书",
}

local function words_of(message)
    local material = string.match(message, "^the material (.+) is missing$")
    return sentences[message] or material and "材料不齐：" .. material
end

-- Raises a caught error again, in words when it is one of the domain's.
function refusal.again(e)
    local words = type(e) == "table" and type(e.message) == "string" and words_of(e.message)
    if words then
        fail(e.code, words)
    end
    error(e, 0)
end

-- refusal.tx(body) -> what store.tx gives
function refusal.tx(body)
    local ok, a, b = pcall(store.tx, body)
    if not ok then
        refusal.again(a)
    end
    return a, b
end

return refusal
