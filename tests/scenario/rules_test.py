#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that an insider might publish (T10): each is refused by the check; who wrote them cannot approve them; and a new
business made by a draft alone. Usage: rules_test.py CERTHALL"""
import html
import json
import os
import re
import subprocess
import sys
import unittest

from hall import ROOT, Hall
from journey import Applicant, Refused
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
SCRIPTS = os.path.join(ROOT, "scripts")
CHECK_SECONDS = 120


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

# What is tried, and a word of the finding that refuses it.
HOSTILE = {
    "payment is not asked": (all_of(swap(PARTS, "elseif not facts.paid then", "elseif false then"), *NO_TESTS), "未缴费"),
    "identity is not asked": (all_of(swap(PARTS, 'if facts.identity ~= "passed" then', "if false then"), *NO_TESTS), "身份识别未通过"),
    "a reviewer approves his own": (all_of(swap(PARTS, "elseif facts.own then", "elseif false then"), *NO_TESTS), "有关的人审核"),
    "materials are not asked": (all_of(swap(PARTS, "elseif #facts.missing > 0 then", "elseif false then"),
                                      swap("lib/path.lua", "if #facts.missing > 0 then", "if false then"), *NO_TESTS), "材料不齐"),
    "the agreement is not asked": (all_of(swap(PARTS, "if not facts.agreed then", "if false then"), *NO_TESTS), "未同意服务协议"),
    "materials lead past review": (all_of(swap(PARTS, RETURNED, 'registered = { to = "active", by = { "applicant", "counter" } }'), *NO_TESTS), "签发"),
    "payment leads past review": (all_of(swap(PARTS, 'own.paid = own.paid or onward_by({ "system", "cashier" }, nil, { "paid" })',
                                              'own.paid = { to = "active", by = { "system" } }'), *NO_TESTS), "未经审核"),
    "everything passes": (all_of(swap(PARTS, GUARD, GUARD + "    if facts then return true end\n"), *NO_TESTS), "签发"),
    "issue on submitting": (all_of(swap(PARTS, '"pin", "reserve_name" }', '"pin", "reserve_name", "issue" }'), *NO_TESTS), "签发"),
    "price 0": (swap(PRICES, "fen = 26000", "fen = 0"), "测试未通过"),
    "a lower price": (swap(PRICES, "fen = 26000", "fen = 100"), "测试未通过"),
    "a negative price": (swap(PRICES, "fen = 26000", "fen = -26000"), "fen"),
    "a price with a fraction": (swap(PRICES, "fen = 26000", "fen = 0.01"), "fen"),
    "a price that is a text": (swap(PRICES, "fen = 26000", 'fen = "26000"'), "fen"),
    "a discount beyond the price": (swap(PRICES, "off = off,", "off = off + fen * count * 2,"), "prices.lua"),
    "an undeclared edge": (all_of(swap(PARTS, 'return "active"', 'return "done"'), *NO_TESTS), "no declared edge"),
    "an unknown effect": (swap(PARTS, '"void_approvals"', '"mint"'), "效果"),
    "an unknown actor": (swap(PARTS, 'by = { "applicant" }, guard = form_complete', 'by = { "anybody" }, guard = form_complete'), "角色"),
    "an identity number in a message": (swap(SMS, "您的验证码为 {code}", "您的证件 {handler_document_no} 验证码为 {code}"), "handler_document_no"),
    "a dead end": (swap(UNIT, "states = {},", 'states = { trap = { label = "陷阱", step = 1, tab = "issuing", on = {} } },'), "无法到达"),
    "endless at load": (above(PRICES, "while true do end"), ""),
    "endless in a guard": (swap(PARTS, GUARD, GUARD + "    while true do end\n"), ""),
    "endless in the price": (swap(PRICES, "local function price(facts)\n", "local function price(facts)\n    while true do end\n"), ""),
    "a table without end": (above(PRICES, "local t = {} for i = 1, 1000000000 do t[i] = i end"), ""),
    "a text of 1 GB": (above(PRICES, 'local s = string.rep("x", 1073741824)'), ""),
    "a text that doubles": (above(PRICES, 'local s = "x" for _ = 1, 40 do s = s .. s end'), ""),
    "a pattern that explodes": (above(PRICES, 'local x = text.matches(string.rep("a", 4000), "(a+)+(a+)+b") or error("no")'), ""),
    "recursion without end": (above(PRICES, "local function f() return 1 + f() end\nlocal n = f()"), ""),
    "deep brackets": (above(PRICES, "local n = " + "(" * 5000 + "1" + ")" * 5000), ""),
    "half a file": (lambda files: files.update({PARTS: files[PARTS][:len(files[PARTS]) // 2]}), "parts"),
    "an empty file": (whole(PRICES, ""), ""),
    "bytecode": (whole(PRICES, "\x1bLuaT\x00\x19\x93\r\n\x1a\n"), ""),
    "a command": (above(PRICES, 'os.execute("id")'), "os"),
    "a file": (above(PRICES, 'local f = io.open("/etc/passwd")'), "io"),
    "code from text": (above(PRICES, 'load("return 1")()'), "load"),
    "the store": (above(PRICES, 'store.get("account", "x")'), "store"),
    "system code": (above(PRICES, 'local live = use "system/service/live"'), ""),
    "a way out of the folder": (above(PRICES, 'local x = use "../../etc/passwd"'), ""),
    "metatables": (above(PRICES, "setmetatable({}, { __gc = function() end })"), "setmetatable"),
    "messages taken away": (drop(SMS), "缺少这个文件"),
    "marks of a merge": (above(PRICES, "<<<<<<< 我的修改"), "prices.lua"),
}


def check(files, mode="full"):
    """What the process that checks answers: findings, or None when it died or was ended."""
    told = json.dumps({"files": files, "mode": mode})
    try:
        ended = subprocess.run([PROGRAM, "check-bundle", SCRIPTS], input=told, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None
    return json.loads(ended.stdout) if ended.returncode == 0 else None


def errors_of(answer):
    return [f for f in answer["findings"] if f["severity"] == "error"]


class Hostile(unittest.TestCase):
    def test_refused(self):
        for name, (edit, word) in HOSTILE.items():
            with self.subTest(name):
                files = shipped()
                edit(files)
                answer = check(files)
                if answer is None:
                    continue  # ended by its limits; the hall says so and publishes nothing
                found = errors_of(answer)
                self.assertTrue(found, "accepted")
                self.assertTrue(any(word in f["message"] + f["file"] + f["path"] for f in found), (word, found[:3]))
                self.assertTrue(all(f["line"] >= 1 for f in found))

    def test_shipped_pass(self):
        answer = check(shipped())
        self.assertEqual(errors_of(answer), [])
        self.assertTrue(answer["tests"] and all(t["ok"] for t in answer["tests"]))

    def test_lines(self):
        files = shipped()
        swap(PRICES, 'item = "maintain", kind = "unit_issue", from = "2027-01-01", fen = 16000', 'item = "maintain", kind = "unit_issue", '
             'from = "2027-01-01", fen = 1.5')(files)
        line = next(i for i, text in enumerate(files[PRICES].split("\n"), 1) if "fen = 1.5" in text)
        self.assertIn((PRICES, line), [(f["file"], f["line"]) for f in check(files, "quick")["findings"]])


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
            text = self.first.get(f"{base}/file?name={PRICES}") and html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.first.page, re.S)[1])
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
