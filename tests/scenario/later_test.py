#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What comes to an application later: it is refused after it was paid, left alone for weeks, its firm renamed, its handler gone
(J02, J03, J05, J06). Usage: later_test.py CERTHALL"""
import json
import os
import sys
import tempfile
import time
import unittest

from hall import ROOT, Hall, copy_scripts
from visitor import Visitor

sys.path.insert(0, os.path.join(ROOT, "tests/peers"))
from store_reader import Store  # the second reader of the store

PROGRAM = os.path.abspath(sys.argv.pop(1))
DAY = 24 * 3600 * 1000

# What no way from outside reaches: a job whose day has come.
SCRIPT = """
use "fixture/money"
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
