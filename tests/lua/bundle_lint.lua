-- SPDX-License-Identifier: Apache-2.0
-- The linter of edited rules: each of luacheck's findings has a Chinese sentence, its line and column, and a way to mend.
local check = use "tests/check"
local lint = use "lib/bundle_check/lint"
local mend = use "lib/bundle_check/mend"
local report = use "lib/bundle_check/report"
local said = use "lib/bundle_check/said"
local words = use "lib/bundle_check/lint_words"

local function nothing()
end

local function findings_of(body)
    local out = report.new()
    lint.run(out, { ["a.lua"] = body }, nothing)
    return out.findings
end

-- { text, line, column, severity, a part of the sentence }
local samples = {
    { "local t = {\n  a = 1,,\n}\nreturn t", 2, 9, "error", "语法错误：',' 附近缺少" },
    { "return {\n  a = \"1,\n}", 2, 7, "error", "文本或注释没有结束" },
    { "local function f()\n  return 1\nreturn f", 3, 1, "error", "附近缺少" },
    { "return os.time()", 1, 8, "error", "没有“os”这个名称" },
    { "return { a = string.gsub('a', 'b', 'c') }", 1, 14, "error", "没有“string.gsub”这个函数" },
    { "total = 1\nreturn total", 1, 1, "error", "给全局名称“total”赋值" },
    { "string.len = nil\nreturn {}", 1, 1, "error", "“string”是只读的" },
    { "local a = 1\nreturn {}", 1, 7, "warning", "“a”定义后没有用到" },
    { "return function(facts) return 1 end", 1, 17, "warning", "参数“facts”没有用到" },
    { "for i = 1, 2 do log('info', 'x') end\nreturn {}", 1, 5, "warning", "循环变量“i”没有用到" },
    { "local a = 1\nlocal function f(x)\n  local a = x\n  return a\nend\nreturn { f(a) }", 3, 9, "warning", "遮住了函数外第 1 行" },
    { "local a = 1\nlocal a = 2\nreturn { a }", 2, 7, "warning", "重复定义，第 1 行" },
    { "local function f(x)\n  do return x end\n  return 2\nend\nreturn f", 3, 3, "warning", "永远不会执行" },
    { "local function f(x)\n  if x then\n  end\n  return 1\nend\nreturn f", 2, 8, "warning", "空的 if 分支" },
    { "local a = 1\na = 2\nreturn a", 1, 7, "warning", "“a”的这个值没有用到" },
    { "return { fen = 1, fen = 2 }", 1, 10, "error", "“fen”在同一个表中写了两次" },
    { "local t = {}\nfor i = #t, 1 do log('info', t[i]) end\nreturn t", 2, 1, "warning", "步长 -1" },
    { "local a, b\na, b = 1\nreturn { a, b }", 2, 1, "warning", "左边的名称多于右边" },
    { "local x\nreturn { x.y }", 1, 7, "warning", "“x”从未赋值" },
    { "local function f(a)\n  while a do\n    return 1\n  end\nend\nreturn f", 2, 3, "warning", "最多执行一次" },
    { "local function f(t)\n  return not t == 1\nend\nreturn f", 2, 10, "warning", "not 先于比较" },
    { "local function f(t)\n  return not (t == 1)\nend\nreturn f", 2, 10, "warning", "可以写成 a ~= b" },
    { "return function(_a) return _a end", 1, 17, "warning", "以 _ 开头却被用到" },
    { "local a\na = 1\nreturn {}", 1, 7, "warning", "“a”只有赋值" },
    { "return function(a) a = 1 end", 1, 17, "warning", "参数“a”只有赋值" },
    { "for i = 1, 2 do i = 3 end\nreturn {}", 1, 5, "warning", "循环变量“i”只有赋值" },
    { "local t = {}\nt.x = 1\nreturn {}", 1, 7, "warning", "表“t”只有写入" },
    { "return function(a) a = 1 return a end", 1, 17, "warning", "参数“a”的值没有用到就被覆盖" },
    { "for i = 1, 2 do i = 3 log('info', i) end\nreturn {}", 1, 5, "warning", "循环变量“i”的值没有用到就被覆盖" },
    { "local a\nlog('info', a)\na = 1\nreturn a", 2, 13, "warning", "“a”还没有值就被使用" },
    { "local t = {}\nt.x = 1\nt = {}\nreturn t", 1, 7, "warning", "这个表只有写入" },
    { "local a\na.x = 1\na = {}\nreturn a", 2, 1, "warning", "“a”还没有值就被写入" },
    { "return function(a)\n  local a = 1\n  return a\nend", 2, 9, "warning", "第 1 行的参数同名" },
    { "for i = 1, 2 do\n  local i = 3\n  log('info', i)\nend\nreturn {}", 2, 9, "warning", "第 1 行的循环变量同名" },
    { "local a = 1\ndo\n  local a = 2\n  log('info', a)\nend\nreturn a", 3, 9, "warning", "遮住了第 1 行的同名变量" },
    { "return function(a)\n  do\n    local a = 2\n    log('info', a)\n  end\n  return a\nend", 3, 11, "warning", "遮住了第 1 行的同名参数" },
    { "for i = 1, 2 do\n  do\n    local i = 2\n    log('info', i)\n  end\n  log('info', i)\nend\nreturn {}", 3, 11, "warning", "遮住了第 1 行的同名循环变量" },
    { "return function(a)\n  local function f(x)\n    local a = x\n    return a\n  end\n  return f(a)\nend", 3, 11, "warning", "遮住了外层函数第 1 行的同名参数" },
    { "local t = {}\nfor i = 1, 2 do\n  t[i] = function(x)\n    local i = x\n    return i\n  end\nend\nreturn t", 4, 11, "warning", "遮住了外层第 2 行的同名循环变量" },
    { "::top::\nreturn {}", 1, 1, "warning", "标签“top”没有用到" },
    { "local a, b\na, b = 1, 2, 3\nreturn { a, b }", 2, 1, "warning", "右边的值多于左边" },
    { "do end\nreturn {}", 1, 1, "warning", "空的 do" },
    { "local a = 1;;\nreturn a", 1, 13, "warning", "多余的分号" },
}

local function check_sample(sample)
    for _, f in ipairs(findings_of(sample[1])) do
        if f.line == sample[2] and f.column == sample[3] and f.severity == sample[4] and string.find(f.message, sample[5], 1, true) then
            return check.equal((f.mend or mend.of(f.message)) ~= mend.unknown, true)
        end
    end
    error(sample[1] .. "\n" .. json.encode(findings_of(sample[1])))
end

check.once("the linter says where and what, and how to mend it", function()
    for _, sample in ipairs(samples) do
        check_sample(sample)
    end
end)

-- A sentence with its {name} and {line} open, as a pattern.
local function pattern_of(sentence)
    return (string.gsub(string.gsub(sentence, "[%(%)%.%-%+]", "%%%0"), "{%w+}", ".-"))
end

check.once("each rule of the linter has a sample above", function()
    local told = {}
    for _, sample in ipairs(samples) do
        for _, f in ipairs(findings_of(sample[1])) do
            told[#told + 1] = f.message
        end
    end
    local all = table.concat(told, "\n")
    for code, sentence in pairs(words) do
        check.equal({ code, string.find(all, pattern_of(sentence[1])) ~= nil }, { code, true })
    end
end)

check.once("the linter is silent about what is right, and about _", function()
    check.equal(#findings_of("local t = {}\nfor _, row in ipairs({ 1 }) do t[row] = text.trim('x') end\nreturn t"), 0)
    check.equal(#findings_of("-- luacheck: ignore\nlocal a = 1\nreturn {}"), 1)
end)

check.once("the linter reads the shipped rules without a word, and gives up on what is too long or too deep", function()
    local files, out = {}, report.new()
    for _, name in ipairs(bundle.files(bundle.shipped())) do
        files[name] = bundle.source(bundle.shipped(), name)
    end
    lint.run(out, files, function() task.sleep(0) end)
    check.equal(#out.findings, 0)
    check.equal(string.find(findings_of("return {" .. string.rep("1,", 40000) .. "}")[1].message, "文件太长", 1, true) ~= nil, true)
    check.equal(#findings_of(string.rep("a = 1\n", 200)), 51)
    local branches = "local a, b = 1, 2\n" .. string.rep("if a then b = a end\n", 500) .. "return b"
    check.equal(string.find(findings_of(branches)[1].message, "无法查验", 1, true) ~= nil, true)
    check.equal(string.find(findings_of("return " .. string.rep("(", 5000) .. "1" .. string.rep(")", 5000))[1].message, "无法查验", 1, true) ~= nil, true)
end)

check.test("what is said of broken rules is Chinese, also when nobody thought of it", function()
    check.equal({ said.of("'}' expected (to close '{' at line 3) near <eof>") }, { "语法错误：第 3 行开始的部分没有结束，<eof> 附近缺少 }",
        "检查这一行和上一行的括号、逗号、引号是否成对" })
    check.equal(said.error { message = "prices.lua:3: attempt to index a nil value (local 'x')" }, "从 nil 中取内容 (local 'x')")
    check.equal({ said.of("something new") }, { "规则不能运行：something new", "核对这一行；撤销最近的修改后再检查" })
end)
