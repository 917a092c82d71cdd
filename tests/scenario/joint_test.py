#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""One payment for several applications (J04, J08): joined on the pages and by the API, paid online and by one transfer; what ends one
of them gives back only its part. Usage: joint_test.py CERTHALL"""
import os
import random
import subprocess
import sys
import unittest

import invent
from fixture_hall import FixtureHall
from journey import Client

FixtureHall.program = os.path.abspath(sys.argv.pop(1))
tearDownModule = FixtureHall.end
ABSENT = "01" + "0" * 24


def multipart(*parts):
    out = b""
    for name, filename, content in parts:
        more = f'; filename="{filename}"\r\nContent-Type: image/jpeg' if filename else ""
        out += f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n"
    return out + b"--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x"}


def text_of_pdf(raw):
    text = subprocess.run(["pdftotext", "-", "-"], input=raw, stdout=subprocess.PIPE, check=True).stdout.decode()
    return "".join(text.split())


class Joint(FixtureHall):
    """Each test has an account of its own."""

    def setUp(self):
        self.login = self.id().rsplit("_", 1)[1] + "@example.com"

    def cases(self, count, **more):
        made = [self.make("case", {"unpaid": True, "login": self.login, "values": {"medium": "soft"}, **more}) for _ in range(count)]
        self.page = self.enter(self.login)
        return made

    def client(self, login=None):
        made = Client(self.hall.urls["http"]).login(login or self.login, self.password)
        self.addCleanup(made.close)
        return made

    def choose(self, cases):
        self.page.get("/user/payments")
        return self.page.post("/user/joint", [("case", c["key"]) for c in cases])

    def join(self, cases):
        self.choose(cases)
        self.page.post("/user/joint", {"act": "confirm", "cases": self.page.hidden("cases")})
        self.assertEqual((self.page.status, self.page.path), (200, f"/case/{cases[0]['key']}/pay"))

    def row(self, case):
        return self.make("look", {"key": case["key"]})["row"]

    def states(self, cases):
        return [self.row(c)["state"] for c in cases]

    def standing(self, case):
        return self.make("look", {"key": case["key"]})["standing"]["paid"]

    def pay(self, case):
        """Online, by way of one of them."""
        out_no = self.step("attempt", key=case["key"])["out_no"]
        self.step("pay", out_no=out_no, habit="lost")
        self.step("query", key=case["key"])

    def test_three_are_paid_at_once(self):
        a = self.cases(3)
        alone = self.step("open", key=a[1]["key"])["order"]
        self.page.get("/user/payments")
        self.assertEqual(self.page.page.count('type="checkbox"'), 3)
        self.choose(a)
        self.assertIn("总金额： ¥780.00 （柒佰捌拾元整）", self.page.text())
        for c in a:
            self.assertIn(c["number"], self.page.text())
        self.join(a)
        self.assertIn("一次付清下面 3 项申请，合计 ¥780.00", self.page.text())
        self.assertEqual(self.page.get(f"/case/{a[0]['key']}/payment-notice.pdf").raw[:5], b"%PDF-")
        rows = [self.row(c) for c in a]
        self.assertEqual((len({r["order"] for r in rows}), [r["total"] for r in rows]), (1, [26000] * 3))
        self.assertEqual({o["key"]: o["state"] for o in self.make("money", {"key": a[1]["key"]})["orders"]}[alone], "closed")
        self.assertIn("合并缴费", self.page.get("/user/payments").text())
        self.assertNotIn('type="checkbox"', self.page.page, "what is joined is not joined again")
        self.pay(a[2])
        self.assertEqual((self.states(a), [self.standing(c) for c in a]), (["review"] * 3, [True] * 3))
        text = self.page.get(f"/case/{a[0]['key']}/result").text()
        self.assertIn("支付成功 共 ¥780.00", text)
        self.assertIn(a[1]["number"], text)
        told = [m for m in self.make("told", {"keys": [c["key"] for c in a]})["told"] if m["id"] == "paid"]
        self.assertEqual(len({m["case"] for m in told}), 3)
        self.wait_told("paid", a[0]["number"])
        for c in a:
            self.until(lambda at=f"/case/{c['key']}/result": self.page.get(at), "已发送到")

    def test_of_one_that_is_refused_only_its_part_goes_back(self):
        a = self.cases(3)
        self.join(a)
        self.pay(a[0])
        reviewer = self.enter("reviewer1")
        self.act(reviewer, a[1], "claim")
        self.act(reviewer, a[1], "refuse", ("refuse", "forged"))
        reviewer.post("/staff/case/" + a[1]["key"], {"act": "refuse_sure", "reason": reviewer.hidden("reason")})
        self.assertEqual((self.states(a), [self.standing(c) for c in a]), (["review", "refused", "review"], [True, False, True]))
        self.until(lambda: self.page.get("/case/" + a[1]["key"]), "退款 ¥260.00 已退回付款账户")
        money = self.make("money", {"key": a[0]["key"]})
        self.assertEqual([(r["applied"], r["refunded"], r["unapplied"]) for r in money["receipts"]], [(52000, 26000, 0)])
        self.assertEqual(([o["state"] for o in money["orders"]], [o["left"] for o in money["orders"]]), (["paid"], [[a[1]["key"]]]))
        self.assertIn("¥260.00（已退款）", self.page.get(f"/case/{a[0]['key']}/result").text())
        self.assertEqual(self.page.get(f"/case/{a[1]['key']}/result").path, "/case/" + a[1]["key"])
        for c in (a[0], a[2]):
            self.act(reviewer, c, "claim")
            self.act(reviewer, c, "approve")
        self.assertEqual(self.states(a), ["active", "refused", "active"])
        text = self.enter("cashier1").get("/staff/cashier/find?number=" + a[2]["number"]).text()
        self.assertRegex(text, "合并缴费 3 项：.*" + a[1]["number"] + r".*（¥260\.00，已退款）")

    def test_one_transfer_pays_three(self):
        a = self.cases(3)
        self.join(a)
        at = f"/case/{a[1]['key']}/voucher"
        self.assertIn("缴费金额 ¥780.00", self.page.get(at).text())
        body, headers = multipart(("_csrf", None, self.page.token().encode()), ("scan", "回单.jpg", invent.scan(random.Random(7))))
        self.page.send("POST", at, body, {**headers, "Origin": self.hall.urls["http"]})
        self.assertEqual(self.page.status, 303, self.page.page[:500])
        self.assertIn("缴费凭证待确认", self.page.get(f"/case/{a[0]['key']}/pay").text())
        self.assertNotIn("取消合并", self.page.text())
        cashier = self.enter("cashier1").get("/staff/cashier")
        self.assertIn(a[1]["number"] + " 等 3 项", cashier.text())
        voucher = cashier.page.split(a[1]["number"] + " 等")[1].split('href="')[1].split('"')[0]
        for c in a:
            self.assertIn(c["number"], cashier.get(voucher).text())
        self.assertIn("应缴金额 ¥780.00", cashier.text())
        cashier.post(voucher, {"act": "confirm", "reference": "B" + a[0]["number"], "yuan": "780"})
        self.assertEqual((cashier.path, self.states(a), [self.standing(c) for c in a]), ("/staff/cashier", ["review"] * 3, [True] * 3))

    def test_a_joint_order_is_parted(self):
        a = self.cases(3)
        self.join(a)
        order = self.row(a[0])["order"]
        self.page.post(f"/case/{a[2]['key']}/apart")
        self.assertEqual((self.page.status, self.page.path), (200, f"/case/{a[2]['key']}/pay"))
        self.assertNotIn("合并缴费", self.page.text())
        rows = [self.row(c) for c in a]
        self.assertEqual([(r["order"], r["total"]) for r in rows[:2]], [("", 0)] * 2)
        self.assertNotIn(rows[2]["order"], ("", order))
        self.pay(a[0])
        self.assertEqual(self.states(a), ["review", "payment", "payment"])
        self.page.get("/user/payments").post(f"/case/{a[1]['key']}/apart")
        self.assertEqual(self.page.status, 409)
        self.join(a[1:])

    def test_what_bears_a_price_parts_it(self):
        a = self.cases(3)
        self.join(a)
        self.make("mend", {"key": a[1]["key"], "values": {"years": "2"}})
        self.assertEqual([self.row(c)["order"] for c in a], [""] * 3)
        self.assertEqual(self.make("money", {"key": a[0]["key"]})["orders"][0]["state"], "closed")
        self.join(a)
        self.page.get(f"/case/{a[2]['key']}/cancel").post(f"/case/{a[2]['key']}/cancel")
        self.assertEqual(([self.row(c)["order"] for c in a], self.states(a)), ([""] * 3, ["payment", "materials", "cancelled"]))
        self.join(a[:2])
        self.assertEqual(len({self.row(c)["order"] for c in a[:2]}), 1)

    def test_what_cannot_be_joined_is_named(self):
        a = self.cases(3)
        self.choose(a[:1])
        self.assertEqual(self.page.status, 422)
        self.assertIn("请至少选择 2 项申请", self.page.text())
        self.assertIn('href="#case-', self.page.page)
        self.pay(a[0])
        self.choose(a)
        self.assertEqual(self.page.status, 422)
        self.assertIn(f"业务受理号 {a[0]['number']}：费用已支付", self.page.text())
        self.assertIn(f'href="#case-{a[0]["key"]}"', self.page.page)
        stranger = self.make("case", {"unpaid": True, "login": "else-" + self.login, "values": {"medium": "soft"}})
        self.choose([a[1], stranger])
        self.assertEqual(self.page.status, 404)
        self.choose([a[1], {"key": ABSENT}])
        self.assertEqual(self.page.status, 404)

    def test_programs_join_too(self):
        a = self.cases(3)
        client, keys = self.client(), [c["key"] for c in a]
        once = {"Idempotency_Key": "joint-1"}
        made = client.post("/api/v1/orders", {"cases": keys}, **once)
        self.assertEqual((made["state"], made["total"], [c["number"] for c in made["cases"]]), ("open", 78000, [c["number"] for c in a]))
        self.assertEqual(client.post("/api/v1/orders", {"cases": keys}, **once), made)
        self.assertEqual(client.post("/api/v1/orders", {"cases": keys})["key"], made["key"], "the same ones are one order")
        self.assertEqual(client.get("/api/v1/orders/" + made["key"]), made)
        one = client.get(f"/api/v1/cases/{keys[0]}/order")
        self.assertEqual((one["key"], one["total"], one["due"]), (made["key"], 26000, 78000))
        for cases, field in (([], "cases"), (keys[:1], "cases"), (keys[:2], "cases")):
            answer = client.ask("POST", "/api/v1/orders", {"cases": cases})
            self.assertEqual((answer.status, {e["field"] for e in answer.value["errors"]}), (422, {field}), cases)
        other = self.client(self.make("account", {"login": "other-" + self.login}) and "other-" + self.login)
        self.assertEqual([other.ask("GET", "/api/v1/orders/" + made["key"]).status, other.ask("POST", "/api/v1/orders", {"cases": keys}).status], [404, 404])
        client.post(f"/api/v1/cases/{keys[1]}/order/part")
        self.assertEqual(client.get("/api/v1/orders/" + made["key"])["state"], "closed")
        self.assertEqual(client.ask("POST", f"/api/v1/cases/{keys[1]}/order/part").status, 409)

    def test_what_became_anothers_holds_nobody(self):
        a = self.cases(2)
        self.join(a)
        self.make("account", {"login": "next-" + self.login})
        officer = self.enter("admin1")
        officer.get(f"/staff/case/{a[1]['key']}/handover").post(f"/staff/case/{a[1]['key']}/handover", {"login": "next-" + self.login, "reason": "经办人离职"})
        notice = text_of_pdf(self.page.get(f"/case/{a[0]['key']}/payment-notice.pdf").raw)
        self.assertIn("已由其他账号办理", notice)
        self.assertIn(a[0]["number"], notice)
        self.assertNotIn(a[1]["number"], notice)
        text = self.page.get(f"/case/{a[0]['key']}/pay").text()
        self.assertIn("已由其他账号办理", text)
        self.assertNotIn(a[1]["number"], text)
        self.page.post(f"/case/{a[0]['key']}/pay", {"channel": "try"})
        self.assertEqual(self.page.status, 409)
        self.assertIn("请取消合并，单独缴费", self.page.text())
        self.page.get(f"/case/{a[0]['key']}/pay").post(f"/case/{a[0]['key']}/apart")
        self.assertEqual((self.page.status, self.row(a[1])["order"]), (200, ""))

    def test_ten_persons_have_their_discount(self):
        a = self.cases(10, kind="personal_issue")
        self.join(a)
        self.assertIn("合计 ¥1,440.00", self.page.text())
        self.assertEqual([self.row(c)["total"] for c in a], [14400] * 10)
        self.make("mend", {"key": a[0]["key"], "values": {"years": "2"}})
        self.join(a[1:])
        self.assertIn("合计 ¥1,440.00", self.page.text(), "nine times the full price")

    def test_fifty_at_once_fifty_one_not(self):
        self.cases(1)
        first = self.make("case", {"unpaid": True, "login": self.login, "values": {"medium": "soft"}})
        keys = self.make("copies", {"of": first["key"], "count": 51})["keys"]
        client = self.client()
        answer = client.ask("POST", "/api/v1/orders", {"cases": keys})
        self.assertEqual((answer.status, answer.value["errors"][0]["message"]), (422, "一次最多合并 50 项申请，您选择了 51 项"))
        self.assertEqual(len(client.post("/api/v1/orders", {"cases": keys[:50]})["cases"]), 50)


if __name__ == "__main__":
    unittest.main()
