-- SPDX-License-Identifier: Apache-2.0
-- mend: how what a check found can be put right, in a sentence beside the finding.
local mend = {}

-- What stands in a message, and the way to mend it; the first that fits counts.
local ways = {
    { "无法到达", "让某个状态的 to 指向它，或删去这个状态" },
    { "死胡同", "给它加一个能走到结束状态的事件" },
    { "不应再有去向", "删去 after 和 on 中通向其他状态的事件" },
    { "状态“", "核对拼写；状态须写在 states 中，或用 include 取用共同的状态" },
    { "效果“", "核对拼写；可用的效果见补全列表" },
    { "消息“", "在 messages/sms.lua 或 messages/mail.lua 中加上这条消息，或改用已有的" },
    { "条件不满足时签发", "恢复这条路径上的缴费、识别、审核、材料等条件（guard）" },
    { "未知的属性", "删去它，或改为正确的名称" },
    { "缺少这个文件", "恢复这个文件" },
    { "缺少", "补上这一项" },
    { "应为以分为单位的整数", "写成不小于 0 的整数，例如 26000 表示 260 元" },
    { "应为", "改成所说的形式" },
    { "重复出现", "改用另一个标识" },
    { "测试未通过", "改回规则；确实要变的，同时修改 tests/ 中的这条测试" },
    { "choose", "一个去向不写 choose，多个去向须写 choose" },
    { "不存在", "核对拼写，或先加上它" },
    { "expected", "检查这一行和上一行的括号、逗号、引号是否成对" },
    { "syntax error", "检查这一行和上一行的括号、逗号、引号是否成对" },
    { "unexpected symbol", "检查这一行和上一行的括号、逗号、引号是否成对" },
    { "unfinished", "补上引号或括号" },
    { "nil value", "规则中没有这个名称；可用的函数见补全列表" },
}

-- mend.of(message) -> sentence, "" when there is nothing to add
function mend.of(message)
    for _, way in ipairs(ways) do
        if string.find(message, way[1], 1, true) then
            return way[2]
        end
    end
    return ""
end

return mend
