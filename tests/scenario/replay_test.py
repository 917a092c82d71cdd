#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Recorded applications decided by other rules: each sort of difference is found and equal rules have none; the process that
decides knows no person. Open applications that go over to new rules, or stay. Usage: replay_test.py CERTHALL"""
import base64
import html
import json
import os
import re
import subprocess
import sys
import time
import unittest

from hall import ROOT, Hall, copy_scripts, write
from journey import STAFF_PASSWORD, Applicant, Staff
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
PARTS, PRICES, MATERIALS, UNIT, SMS = "flows/parts.lua", "prices.lua", "materials.lua", "flows/unit_issue.lua", "messages/sms.lua"
USER_SECONDS = 5  # of one core, for 10,000 applications; hall and process together

# Keeps what the process that decides was told.
ASKED = """
local asked = {}
local run = checker.run
return {
    note = function(question)
        if string.find(question, '"mode":"replay"', 1, true) then
            store.tx(function(tx)
                local row = tx:get("setting", "asked") or { count = 0 }
                local run = tx:list("replay", { descending = true, limit = 1 }).rows[1].row
                tx:put("setting", "asked", { count = row.count + 1, said = run.done .. " / " .. run.of })
                for i = 1, #question, 200000 do
                    tx:put("setting", string.format("asked.%d.%d", row.count + 1, i // 200000), { text = crypto.base64(string.sub(question, i, i + 199999)) })
                end
            end)
        end
    end,
    said = http.get("/said", function(req)
        return req:json(200, store.get("setting", "asked").said)
    end),
    routes = http.get("/asked", function(req)
        local parts, n, i = {}, store.get("setting", "asked").count, 0
        repeat
            local row = store.get("setting", string.format("asked.%d.%d", n, i))
            parts[#parts + 1], i = row and row.text, i + 1
        until not row
        return req:json(200, parts)
    end),
}
"""


def listening_scripts(folder):
    """A copy of the scripts that keeps the questions of replays."""
    scripts = copy_scripts(folder)
    write(os.path.join(scripts, "asked.lua"), ASKED)
    path = os.path.join(scripts, "system/service/checkup.lua")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    place = "    local ok, answer = pcall(checker.run, question, timeout_ms)"
    assert place in text
    write(path, text.replace(place, '    use("asked").note(question)\n' + place))
    path = os.path.join(scripts, "system/service/replay.lua")
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert "CASES_OF_WORD = 250" in text
    write(path, text.replace("CASES_OF_WORD = 250", "CASES_OF_WORD = 20"))
    with open(os.path.join(scripts, "main.lua"), "a", encoding="utf-8") as f:
        f.write('use "asked"\n')
    return scripts


def seeded(cases, scripts=None, **options):
    """A hall with invented applications and staff whose password is known. Not started."""
    hall = Hall(PROGRAM, mode="try", scripts=scripts or os.path.join(ROOT, "scripts"), **options)
    for words in (("init",), ("seed", "--cases", str(cases), "--password", STAFF_PASSWORD)):
        done = hall.command(*words, *hall.words()) if cases <= 2000 else long_command(hall, *words)
        assert done.returncode == 0, done.stderr
    return hall


def long_command(hall, *words):
    return subprocess.run([hall.program, *words, *hall.words()], env=hall.environment, cwd=hall.folder, timeout=580, capture_output=True,
                          text=True, check=False)


class Admin(Visitor):
    """An administrator at work on drafts and publications."""

    def begin(self, title):
        self.get("/staff/rules").post("/staff/rules/drafts", {"title": title})
        return self.path

    def body(self, base, name):
        self.get(f"{base}/file?name={name}")
        return html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.page, re.S)[1])

    def edit(self, base, name, *swaps):
        text = self.body(base, name)
        for old, new in swaps:
            assert old in text, f"{name} has no {old!r}"
            text = text.replace(old, new)
        self.post(f"{base}/file?name={name}", {"rev": self.hidden("rev"), "act": "save", "body": text})
        assert self.status == 200, self.text()[:800]

    def replay(self, base, seconds=60):
        """Begins a replay; the numbers that were seen on the way. Stays on the page of its report."""
        self.get(base).post(base + "/replay")
        seen, end = [], time.monotonic() + seconds
        while "重演进行中" in self.page:
            seen.append(re.search("重演进行中 ([0-9,]+) / ([0-9,]+)", self.page).groups())
            assert time.monotonic() < end, self.text()
            time.sleep(0.5 if LONG else 0.1)
            self.get(self.path)
        return seen

    def propose(self, base, reason, **more):
        self.get(base + "/propose")
        self.post(base + "/propose", {"reason": reason, "due": "", "open": "stay", **more})
        return self.path.split("?")[0]

    def proposed(self, base, reason, **more):
        path = self.propose(base, reason, **more)
        assert "/publications/" in path, self.text()[:3000]
        return path

    def decide(self, path, act, **more):
        return self.get(path).post(path, {"act": act, **more})

    def wait_text(self, path, wanted, seconds=30):
        end = time.monotonic() + seconds
        while not re.search(wanted, self.get(path).text()):
            assert time.monotonic() < end, self.text()
            time.sleep(0.2)
        return self.text()


class Differences(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = seeded(60).start()
        cls.admin = Admin(cls.hall).login("admin1", STAFF_PASSWORD)

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def found(self, title, *edits):
        base = self.admin.begin(title)
        for name, *swaps in edits:
            self.admin.edit(base, name, *swaps)
        self.admin.replay(base)
        return self.admin.text()

    def test_equal(self):
        self.assertRegex(self.found("没有修改"), r"用最近 60 项申请（[0-9]{3} 次办理）重演，结果与使用中的规则相同")

    def test_comment_only(self):
        self.assertRegex(self.found("只改注释", (PARTS, ("-- A state:", "-- Each state:"))), "结果与使用中的规则相同")

    def test_state(self):
        said = self.found("先审核", ("lib/path.lua", ('"voucher" or "payment"', '"voucher" or "materials"')))
        self.assertRegex(said, r"办理状态 单位证书“身份识别通过”（identity）：[0-9]+ 次 原来：等待缴费（payment） 现在：等待材料（materials）")
        self.assertNotRegex(said, "价格 |发出的消息 |填写检查 ")

    def test_price(self):
        said = self.found("涨价", (PRICES, ("fen = 18000", "fen = 19000")))
        self.assertRegex(said, r"价格 单位证书：[0-9]+ 次 原来：合计 440.00 元：.{1,60}180.00 元 现在：合计 450.00 元|价格 单位证书：")
        self.assertRegex(said, r"合计 450.00 元")
        self.assertNotRegex(said, "办理状态|需要提交的材料")

    def test_price_reaches_second_review(self):
        """A price over the limit changes the way of the case, not only its sum."""
        said = self.found("二审", (PRICES, ("fen = 26000", "fen = 990000"), ("fen = 18000", "fen = 900000")))
        self.assertRegex(said, r"“审核通过”（review）：[0-9]+ 次 原来：等待纸质材料（paper） 现在：材料审核中（review）")

    def test_materials(self):
        said = self.found("备用材料必交", (MATERIALS, ('"personal_issue" }, required = false', '"personal_issue" }, required = true')))
        self.assertRegex(said, r"需要提交的材料 单位证书：[0-9]+ 次 原来：无 现在：备用材料1")
        self.assertRegex(said, r"“登记材料”（materials）：[0-9]+ 次 原来：等待身份识别（identity） 现在：等待材料（materials）")

    def test_messages(self):
        said = self.found("少发短信", (PARTS, ('effects = { "pin", "reserve_name" }, notify = { "submitted" }', 'effects = { "pin", "reserve_name" }')))
        self.assertRegex(said, r"发出的消息 单位证书“提交数据”（draft）：[0-9]+ 次 原来：submitted 现在：无")
        self.assertNotRegex(said, "办理状态")

    def test_effects(self):
        said = self.found("不占用用户名", (PARTS, ('effects = { "pin", "reserve_name" }', 'effects = { "pin" }')))
        self.assertRegex(said, r"系统的动作 单位证书“提交数据”（draft）：[0-9]+ 次 原来：reserve_name 现在：无")

    def test_form(self):
        said = self.found("传真必填", ("forms/unit.lua", ('label = "单位传真", feeds', 'label = "单位传真", required = true, feeds')))
        self.assertRegex(said, r"填写检查 单位证书：[0-9]+ 次 原来：无 现在：请填写单位传真")
        self.assertRegex(said, r"“提交数据”（draft）：[0-9]+ 次 原来：提交成功（submitted） 现在：拒绝：还有信息没有填完")

    def refused(self, condition):
        """How many are not taken any more when they are handed in."""
        edit = (PARTS, ("local function form_complete(facts)\n", "local function form_complete(facts)\n"
                        f'    if {condition} then return "暂不受理" end\n'))
        return self.count("证书“提交数据”（draft）：([0-9]+) 次 原来：提交成功（submitted） 现在：拒绝：暂不受理", edit)

    def count(self, wanted, *edits):
        return sum(int(n) for n in re.findall(wanted, self.found("数一数", *edits)))

    def test_values_decide(self):
        """A flow that looks at answers is asked for each of them: as many as the form finds by the same answer."""
        region = "110101"
        by_form = self.count("“提交数据”（draft）：([0-9]+) 次 原来：提交成功（submitted） 现在：拒绝：还有信息没有填完",
                             ("forms/unit.lua", ('label = "单位传真", feeds', f'label = "单位传真", required_when = {{ unit_region = "{region}" }}, feeds')))
        self.assertGreater(by_form, 0)
        self.assertEqual(self.refused(f'facts.values.unit_region == "{region}"'), by_form)
        self.assertGreater(self.refused("true"), by_form)

    def test_material_of_some(self):
        """Which materials are asked for depends on answers: of as many as the flow counts by the same answer."""
        some = self.count("证书：([0-9]+) 次 原来：无 现在：备用材料1",
                          (MATERIALS, ('"personal_issue" }, required = false', '"personal_issue" }, required = true, when = { years = "3" }')))
        self.assertGreater(some, 0)
        self.assertEqual(some, self.refused('facts.values.years == "3"'))

    def test_links_by_role(self):
        """Links for an administrator who reviews too, numbers for one who does not."""
        self.found("链接", (PRICES, ("fen = 18000", "fen = 19000")))
        run = self.admin.path
        link = re.search('<a href="(/staff/case/[0-9a-z]{26})">[0-9]{20}</a>', self.admin.page)[1]
        self.assertEqual(self.admin.get(link).status, 200)
        row = re.search("/staff/people/[0-9a-z]{26}(?=[^/]*管理员乙)", self.admin.get("/staff/people").page)[0]
        self.admin.get(row).post(row, {"roles": "admin"})
        other = Admin(self.hall).login("admin2", STAFF_PASSWORD).get(run)
        self.assertRegex(other.page, "<li>[0-9]{20}</li>")
        self.assertNotIn("/staff/case/", other.page)

    def test_only_administrators(self):
        self.admin.replay(self.admin.begin("私有"))
        reviewer = Visitor(self.hall).login("reviewer1", STAFF_PASSWORD)
        for path in (self.admin.path, "/staff/rules/history"):
            self.assertIn(reviewer.get(path).status, (403, 404))
        self.assertIn(reviewer.get(self.admin.path + "/changes").status, (403, 404))


class Nobody(unittest.TestCase):
    """The process that decides gets no true value of a person."""

    def test_no_true_value(self):
        hall = Hall(PROGRAM, mode="try")
        hall.options["scripts"] = listening_scripts(hall.folder)
        for words in (("init",), ("seed", "--cases", "40", "--password", STAFF_PASSWORD)):
            self.assertEqual(hall.command(*words, *hall.words()).returncode, 0)
        with hall:
            people = [Applicant(hall.urls["http"], f"人 {n}", kind=kind, medium=medium) for n, (kind, medium) in enumerate(
                (("unit_issue", "soft"), ("unit_issue", "ukey"), ("personal_issue", "ukey")))]
            for a in people:
                a.to_payment()
            admin = Admin(hall).login("admin1", STAFF_PASSWORD)
            admin.replay(admin.begin("重演"))
            self.assertIn("结果与使用中的规则相同", admin.text())
            self.assertEqual(json.loads(hall.get("/said")[2]), "40 / 43", "how far it is was said on the way")
            told = b"".join(base64.b64decode(part) for part in json.loads(hall.get("/asked")[2])).decode()
        question = json.loads(told)
        self.assertEqual(len(question["cases"]), 43)
        self.assertIn("示", told)
        recorded = json.dumps([question["cases"], question["told"]], ensure_ascii=False)
        found = [v for a in people for v in personal(a) if v in recorded]
        self.assertEqual(found, [])
        self.assertGreater(sum(len(personal(a)) for a in people), 30)
        self.assertFalse([c for c in question["cases"] if set(c) - {"kind", "values", "delivery", "medium", "day", "submitted", "events"}])


def personal(a):
    """What reveals an applicant: everything typed but what is chosen from a list, and what follows from it."""
    chosen = ("region", "question", "medium", "years", "seal", "signature", "sex", "handler_same")
    values = a.person.values(a.kind, a.medium)
    typed = [v for k, v in values.items() if not k.endswith(chosen) and not k.endswith("_type") and isinstance(v, str) and len(v) > 1]
    return typed + [a.person.phone, a.person.email, a.person.user_name, a.key, a.case["number"]]


class Moving(unittest.TestCase):
    """New rules for those that were handed in already, or not."""

    @classmethod
    def setUpClass(cls):
        cls.hall = seeded(1).start()
        cls.url = cls.hall.urls["http"]
        cls.first, cls.second = (Admin(cls.hall).login(n, STAFF_PASSWORD) for n in ("admin1", "admin2"))
        cls.staff = Staff(cls.url)

    @classmethod
    def tearDownClass(cls):
        cls.staff.close()
        cls.hall.close()

    # 材料 is called 资料 from now on: the old state is gone.
    RENAMED = (PARTS, ('path = { "materials",', 'path = { "papers",'), ('"returned", "materials", "identity"', '"returned", "papers", "identity"'),
               ("        materials = { label = \"等待材料\"", "        papers = { label = \"等待资料\""))
    FLOWS = ("flows/unit_issue.lua", ('"submitted", "materials",', '"submitted", "papers",'))
    FLOWS2 = ("flows/personal_issue.lua", ('"submitted", "materials",', '"submitted", "papers",'))
    PATH = ("lib/path.lua", ('return "materials"', 'return "papers"'))

    def test_way(self):
        """One walk, since each step needs the one before."""
        stays, moves = self.to_materials(901), self.to_materials(902)
        held = self.to_review(903)
        base = self.first.begin("资料")
        for edit in (self.RENAMED, self.FLOWS, self.FLOWS2, self.PATH):
            self.first.edit(base, edit[0], *edit[1:])
        for name in ("tests/unit_issue.lua", "tests/personal_issue.lua"):
            self.first.edit(base, name, *[(w, w.replace("materials", "papers")) for w in set(re.findall(r'state = "materials"', self.first.body(base, name)))])
        self.first.replay(base)
        self.assertRegex(self.first.text(), "“登记材料”（materials）：[0-9]+ 次 原来：等待身份识别（identity） 现在：没有状态 materials|“登记材料”（materials）.*没有状态 materials")
        self.refused_until_mapped(base)
        path = self.stranded_meanwhile(base)
        self.assertIn("改按新规则办理", self.first.text())
        self.staff.act("reviewer", held.key, "claim")
        self.assertIn("新的规则已经生效", self.second.decide(path, "approve").text())
        self.first.wait_text(path, "已移动 [0-9]+ 项")
        for a in (stays, moves):
            self.wait_for(a, "papers")
        self.assertEqual(held.state(), "review")
        self.first.wait_text(path, "等待重试：.*未能移动 1 项")
        self.staff.act("reviewer", held.key, "release")
        self.first.wait_text(path, "已完成：已移动 [0-9]+ 项", 40)
        moves.upload_all()
        self.assertEqual(moves.state(), "identity", "goes on under the new rules")
        moves.identify()
        moves.pay()
        self.staff.approve(moves.key)
        moves.state()
        moves.download()
        self.assertEqual(moves.state(), "done")
        self.assertIn("改按新规则办理", Visitor(self.hall).login("reviewer1", STAFF_PASSWORD).get("/staff/case/" + moves.key).text())
        self.back_and_stay(path, stays)

    def back_and_stay(self, path, moved):
        """The way back leaves those who were moved where they are, and everything stays readable."""
        self.first.get("/staff/rules/back").post("/staff/rules/back", {"reason": "试用后恢复"})
        self.assertEqual(moved.state(), "papers")
        fresh = self.to_materials(904)
        self.assertEqual(fresh.state(), "materials")
        moved.upload_all()
        self.assertEqual(moved.state(), "identity")
        self.assertIn("已被替换", self.first.get(path).text())
        for words in ("重演", "检查与测试", "立即对所有申请生效（0 个文件）", "已提交的逐项移动（4 个文件）", "改名"):
            self.assertIn(words, self.first.text())
        self.assertIn("试用后恢复", self.first.get("/staff/rules/history").text())
        for bundle in set(re.findall("/staff/rules/bundles/[0-9a-f]{64}", self.first.page)):
            self.assertIn("flows/parts.lua", self.first.get(bundle).text())
            self.assertIn("return {", self.first.get(bundle + "/file?name=prices.lua").text())

    def refused_until_mapped(self, base):
        self.first.propose(base, "改名", open="move")
        self.assertEqual(self.first.status, 422)
        self.assertRegex(self.first.text(), "单位证书“等待材料”的 [0-9]+ 项申请改为")
        self.assertIn("请选择单位证书“等待材料”的申请改为哪个状态", self.first.text())
        options = re.findall(r'<option value="(\w+)"', re.search(r'<select[^>]*name="move.unit_issue:materials".*?</select>', self.first.page, re.S)[0])
        self.assertIn("papers", options)
        self.assertFalse(set(options) & {"draft", "identity", "payment", "review", "active", "done", "cancelled"}, "never a later step")
        self.first.propose(base, "改名", open="move", **{"move.unit_issue:materials": "active"})
        self.assertEqual(self.first.status, 422)
        self.assertIn("只能是同一步骤或更早的步骤", self.first.text())
        self.assertNotIn("改名", self.first.get("/staff/rules/history").text())

    def stranded_meanwhile(self, base):
        """A case that came to the old state after the proposal, of a kind nobody had mapped."""
        mapped = {"move.unit_issue:materials": "papers"}
        path = self.first.proposed(base, "改名", open="move", **mapped)
        late = self.to_materials(907, kind="personal_issue")
        self.assertEqual(self.second.decide(path, "approve").status, 409)
        self.assertIn("请提交人重新提交并指定代替的状态", self.second.text())
        self.assertEqual(late.state(), "materials")
        self.first.decide(path, "withdraw")
        return self.first.proposed(base, "改名", open="move", **mapped, **{"move.personal_issue:materials": "papers"})

    def test_unmoved(self):
        """Without a move those handed in go on under the old rules; words change for all."""
        a = self.to_materials(905)
        base = self.first.begin("只对新申请")
        self.first.edit(base, MATERIALS, ("备用材料1", "备用材料甲"))
        self.first.edit(base, "site.lua", ("400-000-0000", "400-000-1111"))
        self.first.get(base + "/propose")
        self.assertRegex(self.first.text(), "立即对所有申请生效（1 个文件）.*site.lua.*只对新提交的申请生效（1 个文件）.*materials.lua")
        path = self.first.proposed(base, "备用材料换名")
        began = time.monotonic()
        self.second.decide(path, "approve")
        print(f"live after {time.monotonic() - began:.2f} s")
        self.assertIn("新的规则已经生效", self.second.text())
        labels = [[m["label"] for m in one.materials()] for one in (a, self.to_materials(906))]
        self.assertIn("备用材料1", labels[0])
        self.assertIn("备用材料甲", labels[1])
        self.assertIn("400-000-1111", Visitor(self.hall).get("/").text())
        a.upload_all()
        self.assertEqual(a.state(), "identity")

    def soon(self):
        """A moment as the page takes it, far enough for a full check on a busy machine."""
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 8 * 3600 + 20))

    def test_scheduled(self):
        base, other = self.first.begin("排期"), self.first.begin("插队")
        for one, days in ((base, 24), (other, 25)):
            text = self.first.body(one, PRICES)
            self.first.edit(one, PRICES, (re.search(r"quote_days = \d+", text)[0], f"quote_days = {days}"))
        quick = self.first.proposed(other, "插队的")
        path = self.first.proposed(base, "一月一日起", due=self.soon())
        self.assertIn("已排期", self.second.decide(path, "approve").text())
        self.assertIn("已经生效", self.second.decide(quick, "approve").text())
        self.second.wait_text(path, "未发布（期间有其他发布）")
        for one in (self.first, self.second):
            self.assertIn("排期的规则没有发布：期间已有其他规则发布", one.get("/staff/todos").text())
        self.first.get(base).post(base + "/rebase")
        self.first.edit(base, PRICES, (re.search(r"<<<<<<<.*?>>>>>>>[^\n]*\n", self.first.body(base, PRICES), re.S)[0], "    quote_days = 26,\n"))
        path = self.first.proposed(base, "二月一日起", due=self.soon())
        self.assertIn("已排期", self.second.decide(path, "approve").text())
        self.second.wait_text(path, "状态 使用中")

    def to_materials(self, seed, **more):
        a = Applicant(self.url, seed, **more).register()
        a.begin()
        a.fill()
        a.submit()
        a.deliver()
        return a

    def to_review(self, seed):
        a = Applicant(self.url, seed)
        a.to_payment()
        a.pay()
        self.assertEqual(a.state(), "review")
        return a

    def wait_for(self, a, state, seconds=20):
        end = time.monotonic() + seconds
        while a.state() != state:
            self.assertLess(time.monotonic(), end, a.case["state"])
            time.sleep(0.1)


class Many(unittest.TestCase):
    """How long it takes, the least of three, and that it says how far it is. 10,000 applications with CERTHALL_LONG."""

    def measured(self, hall, admin, base):
        before = user_seconds(hall.process.pid)
        seen = [done for done, _ in admin.replay(base)]
        return user_seconds(hall.process.pid) - before, seen

    def test_time(self):
        cases = 10000 if LONG else 600
        hall = seeded(cases)
        with hall:
            admin = Admin(hall).login("admin1", STAFF_PASSWORD)
            base = admin.begin("都改")
            admin.edit(base, PRICES, ("fen = 18000", "fen = 19000"))
            admin.edit(base, MATERIALS, ('"personal_issue" }, required = false', '"personal_issue" }, required = true'))
            admin.edit(base, PARTS, ('notify = { "submitted" }', 'notify = { "submitted", "paid" }'))
            admin.edit(base, "forms/unit.lua", ('label = "单位传真", feeds', 'label = "单位传真", required = true, feeds'))
            spent, seen = min(self.measured(hall, admin, base) for _ in range(3 if LONG else 1))
            print(f"replay of {cases} applications: {spent:.2f} s of user time, progress {seen}")
            self.assertRegex(admin.text(), f"用最近 {cases:,} 项申请")
            if LONG:
                self.assertTrue([s for s in seen if s not in ("0", "10,000")], "no progress was seen")
            if "release" in PROGRAM:
                self.assertLess(spent, USER_SECONDS if LONG else 0.6)


def user_seconds(pid):
    """Of a process and of its children that ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    unittest.main(verbosity=1)
