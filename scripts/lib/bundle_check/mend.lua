-- SPDX-License-Identifier: Apache-2.0
-- mend: how what a check found can be put right, in a sentence beside the finding.
local mend = {}

-- What stands in a message, and the way to mend it; the first that fits counts.
local ways = {
    { "系统要用到它", "恢复它；文字可以改，名称不能改" },
    { "以 / 开头", "写成 /guides/download 的样子" },
    { "中的一项", "四项中只写一项" },
    { "步骤应在", "写步骤的序号，从 1 数起" },
    { "没有退路", "给申请人一个取消（to 为结束状态），或一条回到申请人办理的状态的路，如 return" },
    { "未知的事件", "核对拼写；自己的事件只能作为 after 的到期事件" },
    { "没有来源", "把它写进 params（打印件写进 needs），或核对拼写" },
    { "系统不提供", "从 params 中删去它；可用的有 number、kind、subject、state、reason、amount、until 等" },
    { "系统提供的内容“", "从 needs 中删去它；可用的有 number、created、link、total、lines 等" },
    { "没有用到", "从 params 中删去它，或写进正文" },
    { "未知的格式", "可用的格式只有 grouped" },
    { "site.lua 中没有", "在 site.lua 中加上它，或核对拼写" },
    { "未知的版面块", "可用的有 heading、paragraph、list、pairs、section、choice、prices、sign、qr、articles、space" },
    { "不是选择字段", "改用有选项的字段" },
    { "的表单没有这一节", "核对 section 的名称" },
    { "年的节假日", "在 holidays 和 workdays 中写上该年的放假与调休，在 years 中写上该年；安排未公布的写 provisional" },
    { "years 中没有", "在 years 中加上这一年：announced 为已公布，provisional 为暂定" },
    { "不是日期", "写成 2026-11-24 的样子" },
    { "调休上班日", "核对这一天" },
    { "行政区划代码", "核对代码" },
    { "没有价格", "在 prices.lua 的 rows 中给它一个价格" },
    { "价格为 0 元", "写上正确的价格；个别免收由两位主管办理减免" },
    { "有两个价格", "删去其中一个，或改日期" },
    { "折扣应在", "写折后要付的千分比，例如 900 为九折" },
    { "没有写出应有的结果", "在 expect 中写上 state、price、missing、refused、messages 等" },
    { "没有测试", "在 tests/ 中写上这项业务应有的结果" },
    { "没有可签发的证书模板", "在 templates 中加上 issued = true 的模板" },
    { "须有 value 和 label", "写成 { value = \"…\", label = \"…\" }" },
    { "大小上限", "写字节数，例如 2 * 1048576" },
    { "纸质要求", "改为 \"original\"、\"copy\" 或 false" },
    { "未知的字段类型", "核对拼写；可用的类型见补全列表" },
    { "格式表达式有误", "核对括号和反斜杠；这是 PCRE2 表达式" },
    { "只读字段", "写上 derive = { from = … }，或改用别的类型" },
    { "没有指定字段类型", "在 lists.lua 的这一行写上 type" },
    { "须在前面声明", "把所引用的字段移到前面，或核对拼写" },
    { "有多个去向", "写上 choose = function(facts) … end，或只留一个去向" },
    { "去向与 choose 不符", "一个去向不写 choose，多个去向须写 choose" },
    { "到期事件", "在本状态的 on 中声明它，by 写上 system" },
    { "提醒须早于", "把 days 改为小于 after 的天数" },
    { "没有对应的状态", "让某个状态的 step 指向它，或删去这一步" },
    { "起始状态", "改为 states 或 include 中有的状态，step 为 1" },
    { "step_from", "两个都写或都不写" },
    { "服务协议应有", "核对条文是否完整" },
    { "流程过于复杂", "减少状态和事件" },
    { "没有返回表", "在文件末尾写 return { … }；不要的文件请删除" },
    { "测试未通过", "改回规则；确实要变的，同时修改 tests/ 中的这条测试" },
    { "无法到达", "让某个状态的 to 指向它，或删去这个状态" },
    { "死胡同", "给它加一个能走到结束状态的事件" },
    { "不应再有去向", "删去 after 和 on 中通向其他状态的事件" },
    { "状态“", "核对拼写；状态须写在 states 中，或用 include 取用共同的状态" },
    { "效果“", "核对拼写；可用的效果见补全列表" },
    { "消息“", "在 messages/sms.lua 或 messages/mail.lua 中加上这条消息，或改用已有的" },
    { "条件不满足时签发", "恢复这条路径上的缴费、识别、审核、材料等条件（guard）" },
    { "时没有被拒绝", "在这个事件的 guard 中恢复这项条件；别处已经检查的，这里也须再查" },
    { "未知的属性", "删去它，或改为正确的名称" },
    { "缺少这个文件", "恢复这个文件" },
    { "缺少", "补上这一项" },
    { "应为以分为单位的整数", "写成不小于 0 的整数，例如 26000 表示 260 元" },
    { "应为", "改成所说的形式" },
    { "重复", "改用另一个标识" },
    { "测试未通过", "改回规则；确实要变的，同时修改 tests/ 中的这条测试" },
    { "不存在", "核对拼写，或先加上它" },
}

mend.unknown = "按所说的改正后再检查"

-- mend.of(message) -> sentence; mend.unknown when this file does not know the message
function mend.of(message)
    for _, way in ipairs(ways) do
        if string.find(message, way[1], 1, true) then
            return way[2]
        end
    end
    return mend.unknown
end

return mend
