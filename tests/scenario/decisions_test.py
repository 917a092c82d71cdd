#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decisions of the acceptance list that hold for every application: names (C10), numbers, pins and quotes (C26), two facts that do
not wait for each other (C27). Usage: decisions_test.py CERTHALL"""
import os
import re
import sys
import unittest

from fixture_hall import FixtureHall
from journey import Applicant, as_form
from visitor import Visitor

FixtureHall.program = os.path.abspath(sys.argv.pop(1))
tearDownModule = FixtureHall.end
DAY = 24 * 3600 * 1000
UNIT = {"unit_name": "示范同名建筑有限公司", "unit_phone": "0731-88886666", "unit_email": "office@example.com",
        "unit_region": "430000", "unit_region-2": "430100", "unit_region-3": "430102", "unit_address": "示范路 1 号", "unit_postcode": "410000",
        "unit_document_type": "uscc", "unit_document_no": "91430100MA4L00001J"}


class Names(FixtureHall):
    def draft(self):
        """Where somebody else begins an application: page and address."""
        made = self.make("draft", {"account": self.make("account", {"login": "second@example.com"})["account"]})
        return self.enter("second@example.com"), f"/case/{made['key']}/form/unit"

    def name(self, draft, name):
        """What is said when the draft asks for a name; empty when it gets it."""
        page, at = draft
        page.get(at).post(at, {**UNIT, "user_name": name})
        return page.text() if page.status == 422 else ""

    def test_a_taken_name_is_refused_with_three_that_are_free(self):
        self.make("case", {"unpaid": True, "values": {"user_name": "zhanyong"}})
        draft = self.draft()
        said = self.name(draft, "ZhanYong")
        free = re.search("用户名“ZhanYong”已被使用，可以改用：(\\w+)、(\\w+)、(\\w+)", said)
        self.assertTrue(free, said)
        self.assertEqual(self.name(draft, free[2]), "")

    def test_a_changed_name_is_held_and_the_old_one_free(self):
        case = self.make("case", {"unpaid": True, "values": {"user_name": "jiuming"}})
        draft = self.draft()
        self.assertIn("已被使用", self.name(draft, "jiuming"))
        self.make("mend", {"key": case["key"], "values": {"user_name": "xinming"}})
        self.assertIn("已被使用", self.name(draft, "XinMing"))
        self.assertEqual(self.name(draft, "jiuming"), "")

    def test_the_end_of_an_application_frees_its_name(self):
        case = self.make("case", {"unpaid": True, "login": "third@example.com", "values": {"user_name": "quxiao"}})
        draft, owner, at = self.draft(), self.enter("third@example.com"), f"/case/{case['key']}/cancel"
        self.assertIn("已被使用", self.name(draft, "quxiao"))
        owner.get(at).post(at)
        self.assertEqual(self.name(draft, "quxiao"), "")


class Quote(FixtureHall):
    def test_a_quote_holds_thirty_days_and_a_new_one_says_so(self):
        old, fresh = (self.make("case", {"unpaid": True, "login": "payer@example.com"}) for _ in range(2))
        self.make("look", {"key": old["key"], "set": {"submitted": self.make("look", {"key": old["key"]})["row"]["submitted"] - 31 * DAY}})
        page = self.enter("payer@example.com")
        self.assertIn("已重新报价", page.get(f"/case/{old['key']}/pay").text())
        self.assertIn("已重新报价", page.get(f"/case/{old['key']}/pay").text())
        self.assertNotIn("已重新报价", page.get(f"/case/{fresh['key']}/pay").text())

    def test_the_number_comes_with_the_draft_and_the_pin_with_submitting(self):
        draft = self.make("draft", {"account": self.make("account", {"login": "second@example.com"})["account"]})
        self.assertRegex(draft["number"], r"^\d{20}$")
        self.assertEqual(self.make("look", {"key": draft["key"]})["row"]["bundle"], "")
        page = self.enter("second@example.com")
        for section in ("unit", "handler", "terms"):
            self.assertIn(draft["number"], page.get(f"/case/{draft['key']}/form/{section}").text().replace(" ", ""))
        self.assertRegex(self.make("look", {"key": self.make("case", {})["key"]})["row"]["bundle"], "^[0-9a-f]{64}$")


class Facts(FixtureHall):
    def test_money_before_the_materials_passes_the_payment_step(self):
        a = Applicant(self.hall.urls["http"], self.id())
        self.addCleanup(a.close)
        a.register().begin()
        a.fill()
        a.submit()
        a.order()
        a.post("/api/v1/try/trades/" + a.attempt(), {"habit": "fine"})
        page = Visitor(self.hall).login(a.person.phone, a.person.password)
        self.until(lambda: page.get("/user/payments"), "缴费完成")
        self.assertEqual(a.state(), "submitted")
        self.assertIn("提交成功", page.get("/user/records").text())
        self.assertIn("记录数 0 条", page.get("/user/vouchers").text())
        a.deliver()
        self.assertIn("等待材料", page.get("/user/materials").text())
        a.upload_all()
        a.identify()
        self.assertEqual(a.state(), "review")
        self.assertNotIn("payment", [e["to"] for e in a.get(a.path("events"))])


class Whole(FixtureHall):
    def test_all_sections_on_one_page_are_judged_as_each_is(self):
        a = Applicant(self.hall.urls["http"], self.id())
        a.register().begin()
        page, at = Visitor(self.hall).login(a.person.phone, a.person.password), f"/case/{a.key}/form/"
        self.addCleanup(a.close)
        self.assertIn('href="whole">整页填写<', page.get(at + "unit").page)
        good = as_form(a.person.values(a.kind, a.medium))
        page.get(at + "whole").post(at + "whole", {**good, "unit_postcode": "41", "handler_name": "", "years": "9"})
        self.assertEqual(page.status, 422)
        for word in ("修改下面 3 处", "邮政编码", "请填写经办人姓名", "证书申请年限"):
            self.assertIn(word, page.text())
        self.assertIn(f'value="{a.person.unit}"', page.page)
        page.get(at + "whole").post(at + "whole", good)
        self.assertEqual((page.status, page.path), (200, f"/case/{a.key}/check"))
        self.assertIn("提交数据", page.text())
        self.assertEqual(a.submit()["state"], "submitted")


if __name__ == "__main__":
    unittest.main(verbosity=2)
