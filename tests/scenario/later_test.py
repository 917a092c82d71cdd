#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What comes to an application later: it is refused after it was paid, left alone for weeks, its firm renamed, its handler gone
(J02, J03, J05, J06). Usage: later_test.py CERTHALL"""
import base64
import json
import os
import sys
import tempfile
import time
import unittest

from hall import ROOT, Hall, copy_scripts
from signer import Request
from visitor import Visitor

sys.path.insert(0, os.path.join(ROOT, "tests/peers"))
from store_reader import Store  # the second reader of the store

PROGRAM = os.path.abspath(sys.argv.pop(1))
DAY = 24 * 3600 * 1000

# What no way from outside reaches: a job whose day has come.
SCRIPT = """
use "fixture/money"
local issuing = use "system/service/issuing"
local form_hash = use "system/service/form_hash"
http.post("/fixture/certificate", function(req)
    local b = req:body_json()
    local row, spki = store.get("case", b.key), issuer.read_request(b.csr).spki_sha256
    row.key = b.key
    local ticket = store.tx(function(tx)
        return tx:ticket { case = b.key, order = row.order, line = 0, spki_sha256 = spki, form_sha256 = form_hash.of(row) }
    end)
    local made = issuer.issue { ticket = ticket, csr = b.csr }
    return req:json(200, { certificate = store.tx(function(tx) return issuing.settle(tx, made) end) })
end, { body = "memory" })
http.post("/test/job", function(req)
    local b = req:body_json()
    store.tx(function(tx)
        tx:enqueue(b.job, b.args)
    end)
    return req:json(200, {})
end, { body = "memory" })
"""


def fixtures(*names):
    out = {}
    for name in names:
        with open(os.path.join(ROOT, f"tests/fixture/{name}.lua"), encoding="utf-8") as f:
            out["fixture/" + name] = f.read()
    return out


def pem_of(request):
    label = "CERTIFICATE REQUEST-----\n"
    return f"-----BEGIN {label}{base64.encodebytes(request.der).decode()}-----END {label}"


class Later(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="later-")
        scripts = copy_scripts(cls.folder.name, {"tests/later": SCRIPT, **fixtures("money", "staff")})
        cls.hall = Hall(PROGRAM, folder=cls.folder.name, scripts=scripts, mode="try").start()
        cls.password = cls.make("staff", {})["password"]

    @classmethod
    def tearDownClass(cls):
        try:
            errors = [line for line in cls.hall.parsed() if line["level"] == "error"]
            assert not errors, errors[:3]
            cls.hall.close()
        finally:
            cls.folder.cleanup()

    @classmethod
    def make(cls, what, value):
        status, answer = cls.hall.ask_json("POST", "/fixture/" + what, value)
        assert status == 200, (what, status, answer)
        return answer

    def step(self, what, **more):
        return self.make("step", {"step": what, **more})

    def paid(self, **more):
        """A case in review whose money came through the cashier."""
        case = self.make("case", {"unpaid": True, **more})
        out_no = self.step("attempt", key=case["key"])["out_no"]
        self.step("pay", out_no=out_no, habit="lost")
        self.step("query", key=case["key"])
        return case

    def enter(self, login):
        return Visitor(self.hall).login(login, self.password)

    def until(self, look, wanted):
        end = time.monotonic() + 10
        while wanted not in (text := look().text()):
            self.assertLess(time.monotonic(), end, f"no {wanted} in {text}")
            time.sleep(0.1)

    def act(self, v, case, name, *more):
        v.get("/staff/case/" + case["key"])
        return v.post("/staff/case/" + case["key"], [("seen", v.hidden("seen") or ""), ("act", name), *more])


class Refused(Later):
    def test_what_was_paid_goes_back_by_itself(self):
        case = self.paid()
        reviewer = self.enter("reviewer1")
        self.act(reviewer, case, "claim")
        self.act(reviewer, case, "refuse", ("refuse", "forged"))
        self.assertIn("已缴费用", reviewer.text())
        reviewer.post("/staff/case/" + case["key"], {"act": "refuse_sure", "reason": reviewer.hidden("reason")})
        page, at = self.enter("clerk@example.com"), "/case/" + case["key"]
        self.until(lambda: page.get(at), "已退回付款账户")
        self.assertRegex(page.text(), r"申请状态： 已否决 提交的材料与登记机关信息不符 退款 ¥\d+\.00 已退回付款账户（2")
        money = self.make("money", {"key": case["key"]})
        self.assertEqual([(r["fen"], r["state"]) for r in money["refunds"]], [(money["receipts"][0]["fen"], "done")])
        self.assertEqual((money["receipts"][0]["refunded"], money["receipts"][0]["applied"]), (money["receipts"][0]["fen"], 0))
        page.get(at + "/pay")
        self.assertEqual(page.status, 409)
        self.assertIn("申请现在不需要缴费", page.text())
        self.assertEqual(page.get(at + "/result").path, at)
        cashier = self.enter("cashier1").get("/staff/cashier")
        self.assertRegex(cashier.text(), "否决 已退款")


class Firm(Later):
    """Account, person, unit, case and certificate are five things; who may do what is a row."""

    def test_a_renamed_firm_has_both_names(self):
        old = self.make("case", {"values": {"medium": "soft"}})
        new = self.make("case", {"login": "other@example.com", "values": {"medium": "soft", "unit_name": "示范新名建筑有限公司"}})
        reviewer = self.enter("reviewer1")
        self.assertRegex(reviewer.get("/staff/case/" + new["key"]).text(), r"其他名称 示范建筑工程有限公司（\d{4}-\d\d-\d\d 起） ")
        self.assertIn("其他名称 示范新名建筑有限公司（", reviewer.get("/staff/case/" + old["key"]).text())
        self.assertEqual(self.look(old)["unit"], self.look(new)["unit"])

    def look(self, case):
        return self.make("look", {"key": case["key"]})["row"]

    def test_two_colleagues_apply_side_by_side(self):
        values = {"unit_document_no": "91430102794629985J"}
        mine = self.make("case", {"values": values})
        theirs = self.make("case", {"login": "other@example.com", "values": values})
        self.assertIn("同单位在办 1 件", self.enter("reviewer1").get("/staff/case/" + mine["key"]).text())
        for login, own, foreign in (("clerk@example.com", mine, theirs), ("other@example.com", theirs, mine)):
            page = self.enter(login)
            self.assertEqual([page.get("/case/" + one["key"]).status for one in (own, foreign)], [200, 404])

    def test_a_handler_leaves_and_the_boss_takes_over(self):
        self.make("account", {"login": "boss@example.com"})
        case = self.make("case", {"login": "leaver@example.com", "values": {"medium": "soft"}})
        at, leaver, boss = "/case/" + case["key"], self.enter("leaver@example.com"), self.enter("boss@example.com")
        self.assertEqual((leaver.get(at).status, boss.get(at).status), (200, 404))
        officer, form = self.enter("admin1"), "/staff" + at + "/handover"
        self.assertIn("移交申请", officer.get("/staff" + at).text())
        self.assertIn("l***@example.com", officer.get(form).text())
        for login, reason, said in (("nobody@example.com", "离职", "没有这个用户名"), ("reviewer1", "离职", "工作人员"), ("boss@example.com", " ", "请写明移交的原因")):
            self.assertEqual(officer.get(form).post(form, {"login": login, "reason": reason}).status, 422)
            self.assertIn(said, officer.text())
        officer.post(form, {"login": "boss@example.com", "reason": "原经办人离职，单位说明已存档"})
        self.assertIn("已移交", officer.text())
        self.assertEqual((leaver.get(at).status, boss.get(at).status), (404, 200))
        self.assertIn("示范建筑工程有限公司", boss.get("/user").text())
        self.assertEqual(officer.get(form).post(form, {"login": "boss@example.com", "reason": "再来"}).status, 409)
        self.assertEqual(self.enter("reviewer1").get(form).status, 403)
        items = json.loads(self.hall.get("/api/v1/try/inbox?limit=100")[2])["items"]
        told = {(m["id"], m["to"]) for m in items if case["number"] in m["text"] and m["channel"] == "mail"}
        self.assertLessEqual({("handed_over", "leaver@example.com"), ("handed_to", "boss@example.com")}, told)

    def hand_over(self, token, case, value):
        headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
        status, _, raw = self.hall.ask("POST", f"/api/v1/review/cases/{case['key']}/handover", json.dumps(value), headers)
        return status, [e["field"] for e in json.loads(raw).get("errors", [])]

    def test_the_certificate_goes_with_the_case(self):
        case = self.make("case", {"login": "maker@example.com", "values": {"medium": "soft"}})
        reviewer = self.enter("reviewer1")
        self.act(reviewer, case, "claim")
        self.act(reviewer, case, "approve")
        self.make("account", {"login": "heir@example.com"})
        key = self.make("certificate", {"key": case["key"], "csr": pem_of(Request())})["certificate"]
        token = self.hall.ask_json("POST", "/api/v1/sessions", {"account": "admin2", "password": self.password})[1]["token"]
        ask = {"login": "nobody@example.com", "reason": "经办人调离"}
        self.assertEqual(self.hand_over(token, case, ask), (422, ["login"]))
        self.assertEqual(self.hand_over(token, case, {**ask, "login": "heir@example.com"}), (200, []))
        for login, status in (("maker@example.com", 404), ("heir@example.com", 200)):
            self.assertEqual(self.enter(login).get("/certificate/" + key).status, status)


if __name__ == "__main__":
    unittest.main(verbosity=2)
