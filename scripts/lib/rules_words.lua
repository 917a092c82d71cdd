-- SPDX-License-Identifier: Apache-2.0
-- rules_words: what the editor of business rules completes and explains: the functions of scripts/api.lua and the words of
-- declarations.
local api = use "api"
local effects = use "lib/business/effects"

local rules_words = {}

local words = {
    { "states", "流程的状态：states = { draft = { … } }" }, { "include", "取用 flows/parts.lua 中共同的状态" }, { "start", "流程的起始状态" },
    { "options", "流程的选项，guard 和 choose 可读" }, { "label", "显示给人的名称" }, { "step", "状态属于第几步" }, { "tab", "用户中心的列表" },
    { "who", "轮到谁办理" }, { "counters", "计入用户中心的哪些数字" }, { "on", "状态接受的事件：on = { submit = { to = …, by = { … } } }" },
    { "to", "事件的去向；多个去向须有 choose" }, { "choose", "choose(facts) → 去向之一" }, { "guard", "guard(facts) → true，或拒绝的理由" },
    { "by", "谁可以触发：applicant、person、reviewer、cashier、counter、system" }, { "effects", "事件的效果" }, { "notify", "事件发出的消息" },
    { "enter", "进入状态的效果" }, { "leave", "离开状态的效果" }, { "tell", "进入状态时的消息" }, { "after", "到期：after = { days = 30, event = \"expire\" }" },
    { "remind", "提醒：remind = { days = { 3, 15 }, message = … }" }, { "due", "办理期限：due = { workdays = 2 }" }, { "final", "结束状态" },
    { "sections", "表单的各页" }, { "fields", "一页的字段" }, { "required", "必填" }, { "required_when", "什么时候必填" }, { "visible_when", "什么时候显示" },
    { "hint", "填写说明" }, { "options_from", "选项取自 lists.lua" }, { "part", "取用 forms/parts.lua 中共同的字段" }, { "prefix", "共同字段的前缀" },
    { "feeds", "改动后要重做的事：print、identity、price" }, { "derive", "由另一字段得出" }, { "rows", "价目或模板的各行" }, { "fen", "以分为单位的价格" },
    { "from", "从哪一天起" }, { "permille", "折后的千分比" }, { "kinds", "适用的业务" }, { "paper", "纸质要求：original、copy、false" }, { "templates", "证书模板" },
    { "suspend", "暂停受理：suspend = { from, to, text }" },
}

-- rules_words.all() -> list of { label, signature, info, type = function | keyword | effect }
function rules_words.all()
    local out = json.array {}
    for _, one in ipairs(api.business) do
        out[#out + 1] = { label = string.match(one[1], "^[^( ]+"), signature = one[1], info = one[2], type = "function" }
    end
    for _, one in ipairs(words) do
        out[#out + 1] = { label = one[1], signature = one[1], info = one[2], type = "keyword" }
    end
    for id in pairs(effects) do
        out[#out + 1] = { label = id, signature = "效果 " .. id, info = "流程可以使用的效果", type = "constant" }
    end
    table.sort(out, function(a, b) return a.label < b.label end)
    return out
end

return rules_words
