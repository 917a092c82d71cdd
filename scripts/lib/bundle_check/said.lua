-- SPDX-License-Identifier: Apache-2.0
-- said: what Lua, the core and the linter say of broken rules, in Chinese, with a way to mend.
local said = {}

local pairs_match = "检查这一行和上一行的括号、逗号、引号是否成对"
local lighter = "去掉不会结束的循环、过大的表或文本"
local allowed = "规则只能计算；可用的函数见补全列表"

-- A pattern, the sentence (%1 what the pattern took), the mend; the first that fits counts.
local ways = {
    { "^expected (.-) %(to close (.-) on line (%d+)%) near (.+)$", "语法错误：第 %3 行的 %2 没有结束，%4 附近缺少 %1", pairs_match },
    { "^expected expression near (.+)$", "语法错误：%1 附近缺少一个值", pairs_match },
    { "^expected statement near '[<=>][<=>].*$", "语法错误：合并时留下的标记还在", "选定一种写法，删去 <<<<<<<、=======、>>>>>>> 各行" },
    { "^expected statement near (.+)$", "语法错误：%1 不应出现在这里", pairs_match },
    { "^expected (.+) near (.+)$", "语法错误：%2 附近缺少 %1", pairs_match },
    { "^'?(.-)'? expected %(to close .- at line (%d+)%) near (.+)$", "语法错误：第 %2 行开始的部分没有结束，%3 附近缺少 %1", pairs_match },
    { "^'?(.-)'? expected near (.+)$", "语法错误：%2 附近缺少 %1", pairs_match },
    { "^unexpected symbol near (.+)$", "语法错误：%1 不应出现在这里", pairs_match },
    { "^syntax error near (.+)$", "语法错误：%1 附近不合语法", pairs_match },
    { "^unfinished .+$", "语法错误：文本或注释没有结束", "补上引号或括号" },
    { "^malformed number.*$", "语法错误：数字写法有误", "数字只写 0 至 9 和小数点" },
    { "^invalid .*escape sequence.*$", "语法错误：反斜杠后的写法有误", "要写反斜杠本身时写两个" },
    { "^invalid long string delimiter.*$", "语法错误：长文本的括号有误", "写成 [[ … ]]" },
    { "^'break' is not inside a loop.*$", "语法错误：break 不在循环中", "删去它，或写进循环" },
    { "^cannot use '%.%.%.' outside a vararg function.*$", "语法错误：这里不能用 ...", "改用有名称的参数" },
    { "^chunk has too many syntax levels$", "语法错误：括号或函数嵌套太深", "分成几步来写" },
    { "^.*C stack overflow.*$", "嵌套太深", "分成几步来写" },
    { "^stack overflow.*$", "函数没有止境地调用自己", "给它一个结束的条件" },
    { "^.*too many .+limit is.*$", "一个函数中的变量或常量太多", "分成几个函数或文件" },
    { "^function or expression needs too many registers.*$", "表达式太长", "分成几步来写" },
    { "^a NUL byte is not allowed$", "文件中有不可见的 NUL 字符", "删去它；文件应为 UTF-8 文本" },
    { "^the text is not UTF%-8$", "文件不是 UTF-8 编码", "用 UTF-8 编码重新保存" },
    { "^compiled code is not allowed$", "文件是编译过的代码", "只能使用文本形式的规则" },
    { "^a byte order mark is not allowed$", "文件中有字节顺序标记（BOM）", "保存为不带 BOM 的 UTF-8" },
    { "^a bidirectional control character is not allowed$", "文件中有改变显示方向的不可见字符", "删去这些字符" },
    { "^names may hold ASCII letters only$", "名称只能用英文字母、数字和下划线", "改名；中文只能写在引号或注释中" },
    { "^<close> is not allowed$", "不能使用 <close>", "去掉 <close>" },
    { "^the file is too big$", "文件超过 256 KB", "分成几个文件，用 use 取用" },
    { "^name '(.-)' is not declared.*$", "没有“%1”这个名称", "核对拼写；自己的变量要先用 local 声明，" .. allowed },
    { "^assignment to a name or table that is read%-only.*$", "给全局名称或只读的表赋值", "在前面加上 local，或换成自己的表" },
    { "^files use each other in a circle: (.+)$", "文件互相取用，成了一圈：%1", "把共同的部分移到第三个文件" },
    { "^there is no file (.+)$", "没有文件 %1", "核对 use 中的名称，或恢复这个文件" },
    { "^这项业务的规则计算超时.*$", "计算的时间、步数或内存超过限制", lighter },
    { "^这项业务的规则出现故障.*$", "规则多次超过限制，已停用", lighter },
    { "^memory limit reached$", "使用的内存超过限制", lighter },
    { "^instruction budget used up$", "计算的步数超过限制", lighter },
    { "^time limit reached$", "计算的时间超过限制", lighter },
    { "^the business rules are suspended$", "规则多次超过时间限制，已停用", lighter },
    { "^attempt to index a (%a+) value%s*(.*)$", "从 %1 中取内容 %2", "先确认它是表；核对名称的拼写" },
    { "^attempt to call a (%a+) value%s*(.*)$", "把 %1 当作函数调用 %2", "核对函数名称；" .. allowed },
    { "^attempt to perform arithmetic on a (%a+) value%s*(.*)$", "用 %1 作算术 %2", "先用 tonumber 或写默认值" },
    { "^attempt to compare (.+)$", "不能比较：%1", "比较的两边须同为数字或同为文本" },
    { "^attempt to concatenate a (%a+) value%s*(.*)$", "用 %1 连接文本 %2", "先用 tostring 或写默认值" },
    { "^attempt to (.+)$", "不能这样计算：%1", "核对这一行用到的值" },
    { "^bad argument #(%d+) to '(.-)' %((.+)%)$", "函数 %2 的第 %1 个参数有误：%3", "看补全列表中这个函数的说明" },
    { "^'for' .+$", "for 循环的起止或步长有误", "起止须为数字，步长不能为 0" },
    { "^assertion failed!$", "assert 的条件不成立", "核对这一行的条件" },
    { "^error value is no text$", "error 的内容不是文字", "只用文字报错" },
    { "^result: (.+)$", "函数的结果不是普通数据（%1）", "只返回文字、数字、true 或 false 和表" },
    { "^no such function in the bundle$", "规则中没有这个函数", "写上这个函数，如 price = function(facts) … end" },
    { "^the fact (.+) is missing$", "缺少事实 %1", "核对名称" },
    { "^[%w_/]+: [%w_]+%.([%w_]+) chose (.+), which is no declared edge$", "choose 给出了没有声明的去向“%2”（事件 %1）", "把它加进 to，或改正 choose" },
    { "^(.+): fen and count must be whole numbers$", "%1：price 给出的 fen 和 count 须为整数", "金额一律用以分为单位的整数" },
    { "^(.+): the discount must be a whole number up to the price$", "%1：off 须为不大于价格的整数", "折扣用 // 取整" },
    { "^(.+) has no label for (.+)$", "计费项目 %1 没有业务 %2 的名称", "在 items 的 label 中加上它" },
    { "^price must give a list of at most 20 lines$", "price 应返回最多 20 行的列表", "返回 { { item, count, fen } … }" },
    { "^a line names no item$", "price 给出的行没有写明计费项目", "每行写上 item，须在 items 中" },
    { "^business rules: there is no list (.+)$", "没有选项列表 %1", "核对 options_from，或在 lists.lua 中加上它" },
    { "^business rules: there is no part (.+)$", "forms/parts.lua 中没有 %1", "核对 part 的名称" },
    { "^business rules: no shared state (.+)$", "flows/parts.lua 中没有状态 %1", "核对 include，或在 states 中自己写上" },
    { "^business rules: no state (.+)$", "没有状态 %1", "核对拼写，或加上这个状态" },
}

-- said.of(message) -> sentence, mend; what is not known here stands as it is behind a Chinese word
function said.of(message)
    local plain = string.gsub(message, "^prices%.lua: ", "")
    for _, way in ipairs(ways) do
        if string.find(plain, way[1]) then
            return text.trim((string.gsub(plain, way[1], way[2]))), way[3]
        end
    end
    return "规则不能运行：" .. message, "核对这一行；撤销最近的修改后再检查"
end

-- said.error(err) -> sentence, mend of what a protected call caught
function said.error(err)
    local message = type(err) == "table" and err.message or tostring(err)
    return said.of((string.gsub(message, "^[%w_/]+%.lua:%d+: ", "")))
end

return said
