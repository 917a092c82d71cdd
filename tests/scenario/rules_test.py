#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that an insider might publish (T10): each is refused by the check; who wrote them cannot approve them; and a new
business made by a draft alone. Half of the hostile ones, or all with CERTHALL_LONG. Usage: rules_test.py CERTHALL"""
import html
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

from hall import ROOT, Hall
from journey import Applicant, Refused
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
SCRIPTS = os.path.join(ROOT, "scripts")
CHECK_SECONDS = 120
LONG = bool(os.environ.get("CERTHALL_LONG"))


def shipped():
    files, top = {}, os.path.join(SCRIPTS, "business")
    for folder, _, names in os.walk(top):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as f:
                files[os.path.relpath(path, top)] = f.read()
    return files


def swap(name, old, new):
    def edit(files):
        assert old in files[name], f"{name} has no {old!r}"
        files[name] = files[name].replace(old, new)
    return edit


def above(name, code):
    def edit(files):
        files[name] = code + "\n" + files[name]
    return edit


def whole(name, text):
    def edit(files):
        files[name] = text
    return edit


def all_of(*edits):
    def edit(files):
        for one in edits:
            one(files)
    return edit


def drop(name):
    return lambda files: files.pop(name)


PARTS, PRICES, SMS, UNIT = "flows/parts.lua", "prices.lua", "messages/sms.lua", "flows/unit_issue.lua"
NO_TESTS = (whole("tests/unit_issue.lua", 'return { kind = "unit_issue", values = {}, cases = {} }\n'),
            whole("tests/personal_issue.lua", 'return { kind = "personal_issue", values = {}, cases = {} }\n'))
GUARD = "local function can_approve(facts)\n"
RETURNED = 'registered = own.registered or onward_by { "applicant", "counter" }'

PRICE = "local function price(facts)\n"
APPROVAL = "local function after_approval(facts)\n"
PAID_SMS = 'text = "业务受理号 {number}：已收到费用 {amount} 元。"'
LIMIT = "the process that checks ends without an answer, and says: "

# Two hundred states behind each other, each with every event that changes the facts: more ways than can be walked.
MAZE = """states = (function()
    local states = {}
    for i = 1, 200 do
        local to = i < 200 and "s" .. i + 1 or "materials"
        local function go(who) return { to = { to, "s" .. i }, by = who, choose = function(facts) return #facts.missing > 1 and "s" .. i or to end } end
        states["s" .. i] = { label = "迷宫", step = 1, tab = "issuing", who = "applicant", on = { registered = go { "applicant" }, removed = go { "applicant" },
            changed = go { "applicant" }, identified = go { "system" }, identity_expired = go { "system" }, paid = go { "system" },
            voucher_submitted = go { "applicant" }, voucher_refused = go { "cashier" }, cancel = { to = "cancelled", by = { "applicant" } } } }
    end
    states.submitted = { label = "迷宫", step = 1, tab = "issuing", who = "applicant", on = { changed = { to = "s1", by = { "applicant" } },
        cancel = { to = "cancelled", by = { "applicant" } } } }
    return states
end)(),"""

# What is tried, and a word of the finding that refuses it; LIMIT + a word of the last line of the process, where that is what
# is expected.
HOSTILE = {
    # money, identity, review, agreement, materials
    "payment is not asked": (all_of(swap(PARTS, "elseif not facts.paid then", "elseif false then"), *NO_TESTS), "未缴费"),
    "payment is not asked, tests as they are": (swap(PARTS, "elseif not facts.paid then", "elseif false then"), "测试未通过：未缴费不能审核通过"),
    "a refund is not looked at": (all_of(swap(PARTS, 'return facts.paid or "费用已退还，不能签发证书"', "return facts ~= nil"), *NO_TESTS), "未缴费"),
    "identity is not asked": (all_of(swap(PARTS, 'if facts.identity ~= "passed" then', "if false then"), *NO_TESTS), "身份识别未通过"),
    "a reviewer approves his own": (all_of(swap(PARTS, "elseif facts.own then", "elseif false then"), *NO_TESTS), "有关的人审核"),
    "the applicant may approve": (all_of(swap(PARTS, 'choose = after_approval, by = { "reviewer" }', 'choose = after_approval, by = { "reviewer", "applicant" }'),
                                         *NO_TESTS), "“approve”不能由 applicant 触发"),
    "the applicant confirms his voucher": (swap(PARTS, 'onward_by({ "cashier" }, nil, { "paid" })', 'onward_by({ "applicant" }, nil, { "paid" })'),
                                           "“voucher_confirmed”不能由 applicant 触发"),
    "the applicant identifies himself": (swap(PARTS, 'onward_by({ "system", "counter" }, nil, { "identified" })', 'onward_by({ "applicant" })'),
                                         "“identified”不能由 applicant 触发"),
    "materials are not asked": (all_of(swap(PARTS, "elseif #facts.missing > 0 then", "elseif false then"),
                                      swap("lib/path.lua", "if #facts.missing > 0 then", "if false then"), *NO_TESTS), "材料不齐"),
    "the agreement is not asked": (all_of(swap(PARTS, "if not facts.agreed then", "if false then"), *NO_TESTS), "未同意服务协议"),
    "approvals outlive a return": (all_of(swap(PARTS, 'effects = { "void_approvals" }', "effects = {}"), *NO_TESTS), "退回前的审核仍然有效"),
    "materials lead past review": (all_of(swap(PARTS, RETURNED, 'registered = { to = "active", by = { "applicant", "counter" } }'), *NO_TESTS), "未经审核"),
    "payment leads past review": (all_of(swap(PARTS, 'own.paid = own.paid or onward_by({ "system", "cashier" }, nil, { "paid" })',
                                              'own.paid = { to = "active", by = { "system" } }'), *NO_TESTS), "未经审核"),
    "everything passes": (all_of(swap(PARTS, GUARD, GUARD + "    if facts then return true end\n"), *NO_TESTS), "条件不满足时签发"),
    "a guard writes the facts": (all_of(swap(PARTS, GUARD, GUARD + '    facts.paid, facts.own, facts.identity = true, false, "passed"\n'), *NO_TESTS), "未缴费"),
    "a guard of materials is gone, the path still asks": (all_of(swap(PARTS, "elseif #facts.missing > 0 then", "elseif false then"), *NO_TESTS),
                                                          "“approve”在材料不齐时没有被拒绝"),
    "an approval that nobody gave": (all_of(swap(PARTS, 'effects = { "approved" }', "effects = {}"), *NO_TESTS), "未经审核"),
    "one firm passes": (all_of(swap(PARTS, GUARD, GUARD + '    if facts.values.unit_name == "示范有限公司" then return true end\n'), *NO_TESTS), "未缴费"),
    "one amount passes": (all_of(swap(PARTS, GUARD, GUARD + "    if facts.total == 4242 then return true end\n"), *NO_TESTS), "未缴费"),
    "great amounts pass": (all_of(swap(PARTS, GUARD, GUARD + "    if facts.total > facts.options.second_review_over then return true end\n"), *NO_TESTS), "未缴费"),
    "everything passes from a day on": (all_of(swap(PARTS, GUARD, GUARD + '    if facts.today >= "2027-06-01" then return true end\n'), *NO_TESTS), "未缴费"),
    "a word of the reviewer opens": (all_of(swap(PARTS, GUARD, GUARD + '    if "芝麻开门" == facts.reason then return true end\n'), *NO_TESTS), "未缴费"),
    "two answers together open": (all_of(swap(PARTS, GUARD, GUARD + '    local v = facts.values\n    if v.question == "book" and v.answer == "x" then return true end\n'),
                                         *NO_TESTS), "未缴费"),
    "issue on submitting": (all_of(swap(PARTS, '"pin", "reserve_name" }', '"pin", "reserve_name", "issue" }'), *NO_TESTS), "条件不满足时签发"),
    # states
    "a jump to the end": (all_of(swap(PARTS, 'submit = { to = "submitted"', 'submit = { to = { "submitted", "active" }, '
                                   'choose = function(facts) return facts.total == 0 and "active" or "submitted" end'), *NO_TESTS), "draft --submit--> active：未经审核"),
    "an undeclared edge": (all_of(swap(PARTS, APPROVAL, APPROVAL + '    if facts then return "done" end\n'), *NO_TESTS), "没有声明的去向“done”"),
    "facts as the next state": (all_of(swap(PARTS, APPROVAL, APPROVAL + '    if facts then facts.kind, facts.paid = "personal_issue", true return facts end\n'), *NO_TESTS),
                                "没有声明的去向"),
    "an event of one's own": (swap(PARTS, "claim = staying", 'issue_now = { to = "active", by = { "system" } }, claim = staying'), "未知的事件“issue_now”"),
    "an unknown effect": (swap(PARTS, 'effects = { "void_approvals" }', 'effects = { "void_approvals", "mint" }'), "效果“mint”"),
    "an unknown actor": (swap(PARTS, 'cancel = { to = "cancelled", by = { "applicant" }', 'cancel = { to = "cancelled", by = { "anybody" }'), "角色“anybody”"),
    "a state that nothing reaches": (swap(UNIT, "states = {},", 'states = { trap = { label = "陷阱", step = 1, tab = "issuing", on = {} } },'), "无法到达"),
    "a trap for the applicant": (swap(UNIT, "states = {},", 'states = { voucher = { label = "陷阱", step = 4, tab = "issuing", who = "cashier", on = {'
                                      ' voucher_confirmed = { to = "review", by = { "cashier" } } } } },'), "没有退路"),
    "a maze": (swap(UNIT, "states = {},", MAZE), "过于复杂"),
    # prices
    "price 0": (swap(PRICES, "fen = 26000", "fen = 0"), "价格为 0 元"),
    "price 0 and no tests": (all_of(swap(PRICES, "fen = 26000", "fen = 0"), *NO_TESTS), "价格为 0 元"),
    "no price": (swap(PRICES, PRICE, PRICE + "    if facts then return {} end\n"), "没有价格"),
    "a lower price": (swap(PRICES, "fen = 26000", "fen = 100"), "测试未通过"),
    "a negative price": (swap(PRICES, "fen = 26000", "fen = -26000"), "fen 应为以分为单位的整数"),
    "a price with a fraction": (swap(PRICES, "fen = 26000", "fen = 260.5"), "fen 应为以分为单位的整数"),
    "a price that is a text": (swap(PRICES, "fen = 26000", 'fen = "26000"'), "fen 应为以分为单位的整数"),
    "a discount beyond the price": (swap(PRICES, "off = off,", "off = 99999999,"), "off 须为不大于价格的整数"),
    # what leaves the hall
    "an identity number in a message": (swap(SMS, "您的验证码为 {code}", "您的证件 {handler_document_no} 验证码为 {code}"), "{handler_document_no} 没有来源"),
    "another field in a message": (swap(SMS, 'params = { "number", "amount" }, ' + PAID_SMS, 'params = { "number", "amount", "applicant_document_no" }, '
                                        'text = "{number} {amount} {applicant_document_no}"'), "系统不提供“applicant_document_no”"),
    "values in a mail": (swap("messages/mail.lua", "授权码 {days} 天内有效。", "{values.handler_document_no} {days}"), "没有来源"),
    "a receiver of one's own": (swap(SMS, 'paid = { to = "handler"', 'paid = { to = "13800138000"'), "接收人“13800138000”"),
    "the secret answer on paper": (swap("print/unit_form.lua", 'needs = { "number", "created", "link" }', 'needs = { "number", "created", "link", "answer" }'),
                                   "系统提供的内容“answer”"),
    # the machine
    "endless at load": (above(PRICES, "while true do end"), "计算的"),
    "endless in a guard": (swap(PARTS, GUARD, GUARD + "    while true do end\n"), "计算的"),
    "endless in the price": (swap(PRICES, PRICE, PRICE + "    while true do end\n"), "计算的"),
    "a table without end": (above(PRICES, "local t = {} for i = 1, 1000000000 do t[i] = i end"), "超过限制"),
    "a text of 1 GB": (above(PRICES, 'local s = string.rep("x", 1073741824)'), "result too long"),
    "a text that doubles": (above(PRICES, 'local s = "x" for _ = 1, 40 do s = s .. s end'), "内存超过限制"),
    "a pattern that explodes": (above(PRICES, 'local x = text.matches(string.rep("a", 4000), "(a+)+(a+)+b") or error("ended without a match")'), "ended without a match"),
    "recursion without end": (above(PRICES, "local function f() return 1 + f() end\nlocal n = f()"), "超过限制"),
    "deep brackets": (above(PRICES, "local n = " + "(" * 5000 + "1" + ")" * 5000), "嵌套太深"),
    "half a file": (lambda files: files.update({PARTS: files[PARTS][:len(files[PARTS]) // 2]}), "语法错误"),
    "an empty file": (whole(PRICES, ""), "没有返回表"),
    "bytecode": (whole(PRICES, "\x1bLuaT\x00\x19\x93\r\n\x1a\n"), "编译过的代码"),
    "another encoding": (whole("site.lua", "return { title = \"\udcd6\udcd0\udcb9\udcfa\" }"), LIMIT + "UTF-8"),
    "half a character": (above("site.lua", "-- \udce4\udcb8"), LIMIT + "UTF-8"),
    "a text that reads otherwise": (above(PRICES, "-- \u202e fen = 0"), "改变显示方向"),
    "a command": (above(PRICES, 'os.execute("id")'), "没有“os”"),
    "a file": (above(PRICES, 'local f = io.open("/etc/passwd")'), "没有“io”"),
    "code from text": (above(PRICES, 'load("return 1")()'), "没有“load”"),
    "another's case": (above(PARTS, 'local other = store.get("case", "1")'), "没有“store”"),
    "a global that stays": (above(PARTS, "seen = {}"), "给全局名称“seen”赋值"),
    "system code": (above(PRICES, 'local live = use "system/service/live"'), "没有文件 system/service/live.lua"),
    "a way out of the folder": (above(PRICES, 'local x = use "../../etc/passwd"'), "没有文件 ../../etc/passwd.lua"),
    "metatables": (above(PRICES, "setmetatable({}, { __gc = function() end })"), "没有“setmetatable”"),
    "messages taken away": (drop(SMS), "缺少这个文件"),
    "marks of a merge": (above(PRICES, "<<<<<<< 我的修改"), "合并时留下的标记"),
}

# A guard that is dropped where the rest of the flow happens to hold the case all the same: what was in it, what is now, the finding.
LOCKS = {
    "materials": ("elseif #facts.missing > 0 then", "elseif false then", "“approve”在材料不齐时没有被拒绝"),
    "identity": ('if facts.identity ~= "passed" then', 'if facts.identity == "manual" then', "“approve”在身份识别未通过时没有被拒绝"),
    "an identity of long ago": ("local function can_approve(facts)", "local function can_approve(facts) -- now", "“approve”在身份识别已过期时没有被拒绝"),
    "payment": ("elseif not facts.paid then", "elseif false then", "“approve”在未缴费也未减免时没有被拒绝"),
    "another person": ("elseif facts.own then", "elseif false then", "“approve”在由与申请有关的人审核时没有被拒绝"),
    "agreement": ("if not facts.agreed then", "if false then", "“submit”在未同意服务协议时没有被拒绝"),
    "a whole form": ('return #facts.errors == 0 or "还有', 'return facts ~= nil or "还有', "“submit”在表单还有错误时没有被拒绝"),
    "a way to hand over": ("guard = delivery_chosen }", "}", "“printed”在领取方式未填完时没有被拒绝"),
    "money that went back": ("guard = still_paid, ", "", "“received”在费用已退还时没有被拒绝"),
    "what is returned": ("guard = something_returned,", "", "“return”在没有选出要补正的内容时没有被拒绝"),
    "why it is refused": ("guard = reason_given, ", "", "“refuse”在没有写明原因时没有被拒绝"),
}

DOUBTFUL = ((", nil, nil, unclaimed)", ")", "“removed”在审核员正在审核时没有被拒绝"), (" guard = can_cancel,", "", "“cancel”在已审核通过时没有被拒绝"),
            (GUARD, GUARD + "    local values = facts.values\n    if values.x then return false end\n", "取用了申请表的内容"))
FORM_LISTS = ("person_documents",)  # compared with, not read


def ask(files, mode="full"):
    """What the process that checks answers, or None; and the last line it says when it ends without."""
    told = json.dumps({"files": files, "mode": mode}, ensure_ascii=False).encode("utf-8", "surrogateescape")
    ended = subprocess.run([PROGRAM, "check-bundle", SCRIPTS], input=told, capture_output=True, timeout=CHECK_SECONDS, check=False)
    said = [line for line in ended.stderr.decode().split("\n") if line and not line.startswith("{")]
    return (json.loads(ended.stdout), "") if ended.returncode == 0 else (None, said[-1] if said else f"ended with {ended.returncode}")


def check(files, mode="full"):
    return ask(files, mode)[0]


def errors_of(answer):
    return [f for f in answer["findings"] if f["severity"] == "error"]


def lasting(findings):
    """Without what time alone brings: from each New Year on, the shipped calendar lacks another year."""
    return [f for f in findings if f.get("path") != "years"]


class Hostile(unittest.TestCase):
    def refused(self, edit, word):
        files = shipped()
        edit(files)
        answer, said = ask(files)
        if word.startswith(LIMIT):
            self.assertIsNone(answer)
            return self.assertIn(word[len(LIMIT):], said)
        self.assertIsNotNone(answer, said)
        found = errors_of(answer)
        self.assertTrue(found, "accepted")
        self.assertTrue(any(word in f["message"] for f in found), (word, found[:3]))
        for f in answer["findings"]:
            self.assertNotIn("0x", f["message"], "an address")
            self.assertTrue(f["file"] and f["line"] >= 1 and f["column"] >= 1 and f["mend"], f)
        return None

    def test_refused(self):
        self.assertGreaterEqual(len(HOSTILE) // 2, 30)
        for name, (edit, word) in list(HOSTILE.items())[::1 if LONG else 2]:
            with self.subTest(name):
                self.assertTrue(word)
                self.refused(edit, word)

    def test_no_finding_without_a_way_to_mend(self):
        """Every sentence that the parts of the check say is known to lib/bundle_check/mend, or brings its own."""
        folder = os.path.join(SCRIPTS, "lib/bundle_check")
        with open(os.path.join(folder, "mend.lua"), encoding="utf-8") as f:
            known = re.findall(r'^    \{ "([^"]+)", "', f.read(), re.M)
        said = []
        for name in os.listdir(folder) + ["../bundle_check.lua"]:
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                calls = re.findall(r"out:(?:wrong|doubtful)\(((?:[^()]|\([^()]*\))*)\)", f.read())
            said += [call for call in calls if re.search("[\u4e00-\u9fff]", call)]
        self.assertGreater(len(said), 40)
        for call in said:
            with self.subTest(call):
                own = len(re.findall(r'^\s*"[^"]*[\u4e00-\u9fff]', call.split(",\n")[-1])) and ",\n" in call
                self.assertTrue(own or any(part in call for part in known), "no way to mend is known")

    def test_what_the_release_asks_for_is_in_the_check(self):
        """Texts, messages and lists that pages and services name must be in lib/bundle_check/site."""
        with open(os.path.join(SCRIPTS, "lib/bundle_check/site.lua"), encoding="utf-8") as f:
            check = f.read()
        asked, unknown = 0, []
        for folder, _, names in os.walk(os.path.join(SCRIPTS, "system")):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    text = f.read()
                for pattern in (r':text\("(\w+)"', r'message\.send\([^"\n{]*"(\w+)"', r'message\.send\([^\n{]* or "(\w+)"', r'\btell\(tx, [^"\n]*"([a-z_]+)"\)', r'by_mail and "(\w+)" or "code"', r'"lists\.(\w+)"', r'words = \{ paid = "(\w+)"'):
                    for found in re.findall(pattern, text):
                        asked += 1
                        unknown += [] if f'"{found}"' in check or found in FORM_LISTS else [(name, found)]
        self.assertGreater(asked, 30)
        self.assertEqual(unknown, [])

    def test_events_that_services_fire_are_in_the_check(self):
        with open(os.path.join(SCRIPTS, "lib/bundle_check/events.lua"), encoding="utf-8") as f:
            known = set(re.findall(r"(\w+)(?:\"\])? = by\b", f.read()))
        fired = set()
        for folder, _, names in os.walk(os.path.join(SCRIPTS, "system")):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    fired |= set(re.findall(r'\bfire\(tx, \w+, (?:user, )?"(\w+)"', f.read()))
        self.assertGreater(len(fired), 8)
        self.assertEqual(fired - known, set())

    def test_guards_that_are_gone_are_found_although_the_path_still_asks(self):
        """Materials are asked for on the path (lib/path) and again at the approval. Each event has its own lock."""
        found = self.findings_of([swap(PARTS, old, new) for old, new, _ in LOCKS.values()])
        for name, (_, _, word) in LOCKS.items():
            with self.subTest(name):
                self.assertEqual({f["severity"] for f in found if word in f["message"]}, {"error"})

    def test_a_change_under_review_is_doubtful(self):
        found = self.findings_of([swap(PARTS, old, new) for old, new, _ in DOUBTFUL])
        for _, _, word in DOUBTFUL:
            with self.subTest(word):
                self.assertEqual([f["severity"] for f in found if word in f["message"]], ["warning"])

    def findings_of(self, edits):
        files = shipped()
        all_of(*edits, *NO_TESTS)(files)
        found = check(files)["findings"]
        self.assertTrue(all(f["file"] and f["line"] >= 1 and f["column"] >= 1 and f["mend"] for f in found), found)
        return found

    def test_shipped_pass(self):
        answer = check(shipped())
        self.assertEqual(lasting(answer["findings"]), [])
        self.assertTrue(answer["tests"] and all(t["ok"] for t in answer["tests"]))

    def test_lines(self):
        files = shipped()
        swap(PRICES, 'item = "maintain", kind = "unit_issue", from = "2027-01-01", fen = 16000', 'item = "maintain", kind = "unit_issue", '
             'from = "2027-01-01", fen = 1.5')(files)
        line = next(i for i, text in enumerate(files[PRICES].split("\n"), 1) if "fen = 1.5" in text)
        column = files[PRICES].split("\n")[line - 1].index("fen = 1.5") + 1
        self.assertIn((PRICES, line, column), [(f["file"], f["line"], f["column"]) for f in check(files, "quick")["findings"]])

    def test_its_own_log_does_not_end_it(self):
        """Standard error and output may lead to files, as long as one likes."""
        files = shipped()
        with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as out:
            said.write(b"x" * (65 << 20))
            told = json.dumps({"files": files, "mode": "full"}).encode()
            subprocess.run([PROGRAM, "check-bundle", SCRIPTS], input=told, stdout=out, stderr=said, timeout=CHECK_SECONDS, check=True)
            out.seek(0)
            self.assertEqual(lasting(json.load(out)["findings"]), [])


class Publishing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM, mode="try", scripts=SCRIPTS).start()
        with open(os.path.join(os.path.dirname(cls.hall.data), "try-accounts.txt"), encoding="utf-8") as f:
            passwords = dict(line.split() for line in f)
        cls.first, cls.second, cls.reviewer = (Visitor(cls.hall).login(n, passwords[n]) for n in ("admin1", "admin2", "reviewer1"))

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def begin(self, title):
        self.first.get("/staff/rules").post("/staff/rules/drafts", {"title": title})
        return self.first.path

    def save(self, base, name, text):
        self.first.get(f"{base}/file?name={name}")
        rev = self.first.hidden("rev")
        return self.first.post(f"{base}/file?name={name}", {"rev": rev, "act": "save", "body": text})

    def propose(self, base, reason):
        self.first.get(base + "/propose")
        return self.first.post(base + "/propose", {"reason": reason, "due": ""})

    def decide(self, who, path, act, **more):
        return who.get(path).post(path, {"act": act, **more})

    def test_only_administrators(self):
        base = self.begin("私有")
        self.assertIn(self.reviewer.get("/staff/rules").status, (403, 404))
        self.assertEqual(self.second.get(base).status, 404, "a draft is its owner's")

    def test_hostile_is_not_proposed(self):
        base = self.begin("跳过缴费")
        self.save(base, PARTS, shipped()[PARTS].replace("elseif not facts.paid then", "elseif false then"))
        self.propose(base, "加快办理")
        self.assertEqual(self.first.status, 422)
        self.assertIn("未缴费", self.first.text())
        self.assertNotIn("加快办理", self.first.get("/staff/rules").text())

    def test_the_tests_of_a_bundle_are_shown_green_and_red(self):
        base = self.begin("测试")
        self.save(base, PRICES, self.text_of(base, PRICES).replace("fen = 26000", "fen = 27000", 1))
        self.first.get(base).post(base + "/check")
        shown = self.shown_tests()
        self.assertEqual({(name, tone) for name, tone, _ in shown if tone != "green"}, {("一年的价格", "red"), ("三年的价格", "red")})
        self.assertIn("price 应为 26000，实际为 27000", next(why for name, _, why in shown if name == "一年的价格"))
        self.assertGreater(len(shown), 10)
        text = shipped()["tests/unit_issue.lua"].replace("price = 26000", "price = 27000").replace("price = 62000", "price = 63000")
        self.save(base, "tests/unit_issue.lua", text)
        self.first.get(base).post(base + "/check")
        self.assertEqual([said for _, tone, said in self.shown_tests() if tone != "green"], [])

    def text_of(self, base, name):
        self.first.get(f"{base}/file?name={name}")
        return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.first.page, re.S)[1])

    def shown_tests(self):
        """(name, colour of its tag, what else is said) of each test of unit_issue on the page; a copied business has its own."""
        part, out = re.search(r'<ul class="tests__list">(.*?)</ul>', self.first.page, re.S)[1], []
        for tone, rest in re.findall(r"<li>.*?govuk-tag--(\w+)[^>]*>[^<]*</strong>(.*?)</li>", part, re.S):
            if "tests/unit_issue.lua" not in rest:
                continue
            said = re.sub(r"^\S+( 第 \d+ 行)?\s+", "", html.unescape(re.sub(r"<[^>]*>", "", rest)).strip())
            out.append((said.split("：")[0].strip(), tone, said))
        return out

    def test_wrong_encoding(self):
        base = self.begin("编码")
        self.first.get(f"{base}/file?name=site.lua")
        body = f"_csrf={self.first.token()}&act=save&body=%D6%D0%B9%FA%FF"
        self.first.send("POST", f"{base}/file?name=site.lua", body, {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.hall.urls["http"]})
        self.assertIn(self.first.status, (400, 422))

    def test_two_windows(self):
        base, text = self.begin("两个窗口"), shipped()[PRICES]
        self.first.get(f"{base}/file?name={PRICES}")
        rev = self.first.hidden("rev")
        self.save(base, PRICES, text.replace("quote_days = 30", "quote_days = 31"))
        self.first.get(f"{base}/file?name={PRICES}")
        self.first.post(f"{base}/file?name={PRICES}", {"rev": rev, "act": "save", "body": text.replace("quote_days = 30", "quote_days = 29")})
        self.assertEqual(self.first.status, 409)
        self.assertIn("quote_days = 31", self.first.page)
        self.assertIn("quote_days = 29", self.first.page)

    def test_author_is_not_approver(self):
        base = self.begin("报价天数")
        self.save(base, PRICES, shipped()[PRICES].replace("quote_days = 30", "quote_days = 28"))
        path = self.propose(base, "缩短报价有效期").path.split("?")[0]
        self.assertRegex(path, "/staff/rules/publications/")
        self.assertEqual(self.decide(self.first, path, "approve").status, 403)
        self.assertIn("提交人不能批准自己的修改", self.first.text())
        self.assertEqual(self.decide(self.second, path, "refuse", why="").status, 422)
        self.assertIn("未批准", self.decide(self.second, path, "refuse", why="暂不需要").text())
        self.assertEqual(self.decide(self.second, path, "approve").status, 409)

    def test_merge(self):
        mine, theirs = self.begin("我的"), self.begin("别人的")
        for base, days in ((mine, 21), (theirs, 22)):
            text = self.text_of(base, PRICES)
            self.save(base, PRICES, re.sub(r"quote_days = \d+", f"quote_days = {days}", text))
        path = self.propose(theirs, "先发布的").path.split("?")[0]
        self.assertIn("已经生效", self.decide(self.second, path, "approve").text())
        self.propose(mine, "后提交的")
        self.assertIn(self.first.status, (409, 422))
        self.first.get(mine).post(mine + "/rebase")
        self.assertIn("有 1 个文件须由您选择", self.first.text())
        self.first.get(f"{mine}/file?name={PRICES}")
        self.assertRegex(html.unescape(self.first.page), r"<<<<<<< 我的修改\s+quote_days = 21,\s+=======\s+quote_days = 22,\s+>>>>>>>")
        self.first.get(mine).post(mine + "/check")
        self.assertIn("检查未通过", self.first.text())

    def test_new_kind(self):
        a = Applicant(self.hall.urls["http"], 77, kind="unit_reissue").register()
        with self.assertRaises((Refused, StopIteration)):
            a.begin()
        self.first.get("/staff/rules").post("/staff/rules/copy", {"from": "unit_issue", "id": "unit_reissue", "label": "单位证书补办"})
        base = self.first.path
        path = self.propose(base, "新增补办业务").path.split("?")[0]
        self.assertRegex(path, "/staff/rules/publications/", self.first.text()[:2000])
        self.assertIn("新的规则已经生效", self.decide(self.second, path, "approve").text())
        a.begin()
        a.fill(a.person.values("unit_issue", "soft"))
        a.submit()
        a.deliver()
        self.assertEqual(a.state(), "materials")
        a.upload_all()
        self.assertEqual(a.state(), "identity")
        self.assertEqual(a.case["kind"], "unit_reissue")
        self.assertTrue(re.search("单位证书补办", json.dumps(a.get("/api/v1/kinds"), ensure_ascii=False)))


if __name__ == "__main__":
    unittest.main(verbosity=1)
