#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What comes to an application later: it is refused after it was paid, left alone for weeks, its firm renamed, its handler gone
(J01, J02, J03, J05, J06, S183, S230). Usage: later_test.py CERTHALL"""
import base64
import html
import json
import os
import re
import sys
import time
import unittest
import urllib.parse

from fixture_hall import FixtureHall
from hall import ROOT
from journey import Applicant
from signer import Request
from visitor import Visitor

sys.path.insert(0, os.path.join(ROOT, "tests/peers"))
from store_reader import Store  # the second reader of the store

FixtureHall.program = os.path.abspath(sys.argv.pop(1))
tearDownModule = FixtureHall.end
DAY = 24 * 3600 * 1000
# What somebody fills in before the telephone rings.
UNIT = {"user_name": "huilai01", "unit_name": "示范回来建筑有限公司", "unit_phone": "0731-88886666", "unit_email": "office@example.com",
        "unit_region": "430000", "unit_region-2": "430100", "unit_region-3": "430102", "unit_address": "示范路 1 号", "unit_postcode": "410000",
        "unit_document_type": "uscc", "unit_document_no": "91430100MA4L00001J"}


def pem_of(request):
    label = "CERTIFICATE REQUEST-----\n"
    return f"-----BEGIN {label}{base64.encodebytes(request.der).decode()}-----END {label}"


class Weeks(FixtureHall):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.draft = cls.make("draft", {"account": cls.make("account", {"login": "slow@example.com"})["account"]})
        cls.back = cls.paid()
        v = cls.enter("reviewer1")
        cls.act(v, cls.back, "claim")
        cls.act(v, cls.back, "return", ("return", "material:form"), ("reason.material:form", "blurred"))
        cls.applicant = Applicant(cls.hall.urls["http"], "weeks")
        cls.applicant.to_payment()
        cls.jobs = cls.read_jobs()
        cls.applicant.host = urllib.parse.urlsplit(cls.hall.urls["http"]).netloc

    @classmethod
    def read_jobs(cls):
        """What waits for its day, as the second reader of the store sees it: (job, args, due)."""
        cls.applicant.close()
        cls.hall.stop()
        with open(cls.hall.key, "rb") as f:
            store = Store(cls.hall.data, f.read())
        jobs = [(job["job"], job["args"], int.from_bytes(key[:6], "big"))
                for (key, _), job in zip(store.items("outbox"), store.jobs())]
        store.close()
        cls.hall.start()
        return jobs

    def waiting(self, key, state):
        """[(days after the state began, what)] of a case's timers in one state, and their args."""
        timers = [(args, due) for job, args, due in self.jobs if job == "timer.due" and (args["case"], args["state"]) == (key, state)]
        return [((due - args["since"]) / DAY, args.get("event") or args["remind"]) for args, due in timers], [args for args, _ in timers]

    def come(self, job, args):
        """The day of a job has come."""
        self.make("job", {"job": job, "args": args})

    def test_a_draft_is_kept_ninety_days_and_reminded_of(self):
        key, number = self.draft["key"], self.draft["number"]
        days, args = self.waiting(key, "draft")
        self.assertEqual(days, [(7, "remind_draft"), (80, "remind_draft"), (90, "expire")])
        page, since = self.enter("slow@example.com"), self.make("look", {"key": key})["row"]["since"]
        page.get("/case/" + key + "/form/unit").post("/case/" + key + "/form/unit", {"_go": "later", **UNIT})
        self.assertIn("填写中", page.get("/user").text())
        self.come("timer.due", args[0])
        self.assertIn("草稿保留到 " + time.strftime("%Y-%m-%d", time.gmtime((since + 90 * DAY) / 1000 + 8 * 3600)),
                      self.wait_told("remind_draft", number)["text"])
        self.assertIn("示范回来建筑有限公司", page.get("/case/" + key + "/form/unit").page)
        self.come("timer.due", args[2])
        self.until(lambda: page.get("/case/" + key), "已过期关闭")
        self.assertIn(number, page.get("/user?tab=finished").text().replace(" ", ""))

    def test_what_was_returned_and_never_answered_ends(self):
        key, number = self.back["key"], self.back["number"]
        days, args = self.waiting(key, "returned")
        self.assertEqual(days, [(3, "remind_returned"), (15, "remind_returned"), (50, "remind_returned"), (60, "expire")])
        self.come("timer.due", args[0])
        self.assertIn("仍需补正：图片不清晰", self.wait_told("remind_returned", number)["text"])
        self.come("timer.due", args[3])
        page = self.enter("clerk@example.com")
        self.until(lambda: page.get("/case/" + key), "已退回付款账户")
        self.assertIn("申请状态： 已过期关闭", page.text())

    def test_an_identity_check_is_good_for_thirty_days(self):
        a = self.applicant
        found = [(args, due) for job, args, due in self.jobs if job == "identity.expire" and args["case"] == a.key]
        self.assertEqual([(due - args["at"]) // DAY for args, due in found], [30])
        page = Visitor(self.hall).login(a.person.phone, a.person.password)
        self.assertIn("申请状态： 等待缴费", page.get("/case/" + a.key).text())
        self.come("identity.expire", found[0][0])
        self.until(lambda: page.get("/case/" + a.key), "申请状态： 等待身份识别")
        self.wait_told("identity_expired", a.case["number"])
        self.assertIn("身份识别", page.get("/case/" + a.key + "/identity").text())
        a.identify()
        self.until(lambda: page.get("/case/" + a.key), "申请状态： 等待缴费")


class Refused(FixtureHall):
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

    def test_an_invoice_of_returned_money_is_cancelled(self):
        case = self.paid(login="bill@example.com")
        page = self.enter("bill@example.com")
        self.until(lambda: page.get("/case/" + case["key"] + "/result"), "已发送到 clerk@example.com")
        page.get("/case/" + case["key"] + "/cancel").post("/case/" + case["key"] + "/cancel")
        number = self.make("look", {"key": case["key"]})["row"]["invoice_made"]["number"]
        self.assertIn("费用已退，请开具红字发票：原发票号码 " + number, self.enter("cashier1").get("/staff/todos").text())


class Ended(FixtureHall):
    def cancel(self, login, case):
        """What is asked before, and what the handler is told."""
        page, at = self.enter(login), "/case/" + case["key"] + "/cancel"
        asked = page.get(at).text()
        page.post(at)
        return asked, [m["text"] for name in ("cancelled", "cancelled_refund") for m in self.told(name, case["number"])]

    def test_a_refund_is_spoken_of_only_where_money_goes_back(self):
        asked, told = self.cancel("unpaid@example.com", self.make("case", {"unpaid": True, "login": "unpaid@example.com"}))
        self.assertEqual([text.split(" ", 2)[2] for text in told], ["已取消。"])
        self.assertNotIn("退回", asked)
        asked, told = self.cancel("payer2@example.com", self.paid(login="payer2@example.com"))
        self.assertIn("已缴费用原路退回", asked)
        self.assertEqual([text.split(" ", 2)[2] for text in told], ["已取消，已缴费用将原路退回。"])

    def test_a_waived_fee_is_not_given_back(self):
        case = self.make("case", {"unpaid": True, "login": "waived@example.com"})
        for login in ("admin1", "admin2"):
            self.act(self.enter(login), case, "waive", ("waive", "扶贫项目"))
        self.wait_told("waived", case["number"])
        asked, told = self.cancel("waived@example.com", case)
        self.assertNotIn("退回", asked)
        self.assertEqual([text.split(" ", 2)[2] for text in told], ["已取消。"])


class Counter(FixtureHall):
    def test_who_fetches_his_token_is_told_what_to_do_there(self):
        case = self.make("case", {"login": "fetch@example.com", "delivery": "onsite"})
        self.act(self.enter("reviewer1"), case, "claim")
        self.act(self.enter("reviewer1"), case, "approve")
        ids = ["form", "agreement", "unit_document", "authorization", "handler_document"]
        counter, page, at = self.enter("counter1"), self.enter("fetch@example.com"), "/case/" + case["key"]
        self.act(counter, case, "paper", ("date", time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86400))), *[("paper", i) for i in ids])
        for path in (at, at + "/download"):
            self.assertRegex(page.get(path).text(), "携带本人有效证件原件，在工作日.*到示范市政务服务中心受理点领取：示范市示范路 1 号.*电话 0000-0000003")
            self.assertRegex(page.text(), "报业务受理号 " + case["number"] + ".*当面交付 UKey，授权码随即发送")
            self.assertNotIn("邮寄的 UKey", page.text())
        self.assertIn("选择现场领取的", page.get("/user?tab=downloadable").text())
        self.assertIn("领取后用邮件中的授权码", self.wait_told("collect", case["number"])["text"])
        form = "/staff/counter/" + case["key"]
        counter.get(form).post(form + "/hand", {"receiver": "李示范"})
        self.assertIn("UKey 已在受理点当面交付", page.get(at).text())
        self.assertNotIn("选择现场领取的", page.get("/user?tab=downloadable").text())


class Cashier(FixtureHall):
    def book(self, trade_no, out_no="none-of-ours", fen=123):
        """A genuine notice of money."""
        fields = {"app": "TRY-APP", "buyer": "138****0000", "currency": "CNY", "fen": str(fen), "out_no": out_no, "paid_at": "1795500000000",
                  "seller": "TRY-SELLER", "sent_at": str(round(time.time() * 1000)), "status": "TRADE_SUCCESS", "trade_no": trade_no}
        raw = self.make("sign", {"body": "&".join(f"{k}={v}" for k, v in fields.items())})["raw"]
        self.assertEqual(self.hall.ask("POST", "/notify/try", raw, {"Content-Type": "application/x-www-form-urlencoded"})[2], b"success")

    def walk(self, v, label):
        """Every page of the list from the cashier's start page on."""
        pages, href = [], "/staff/cashier"
        while href:
            self.assertLess(len(pages), 10)
            pages.append(v.get(href).page)
            part = re.search(rf'<div class="listed" id="{label}">.*?</div>', v.page, re.S)[0]
            found = re.search(r'<a [^>]*href="([^"]+)" rel="next"', part)
            href = found and html.unescape(found[1])
        return pages

    def test_every_list_goes_on_past_its_first_page(self):
        v, trades = self.enter("cashier1"), [f"LONG{i:04d}" for i in range(120)]
        for trade in trades:
            self.book(trade)
        pages = self.walk(v, "receipts")
        self.assertEqual(len(pages), 3)
        for trade in trades:
            self.assertEqual(sum(trade in page for page in pages), 1, trade)
        self.assertRegex(pages[1], '待确认的缴费凭证', "the other lists are there too")
        cashier, keys = self.make("staff", {})["accounts"]["cashier1"], {}
        for page in pages:
            keys.update((trade, key) for key, trade in re.findall(r'/staff/cashier/receipt/(\w+)">[^<]*<[^>]*>：(LONG\d+)', page))
        for trade in trades[:60]:
            self.step("refund", receipt=keys[trade], cashier=cashier)
        self.until(lambda: v.get("/staff/cashier/find?number=" + trades[59]), "失败（没有这笔交易）")
        pages = self.walk(v, "failed")
        for trade in trades[:60]:
            self.assertEqual(sum(f">{trade}<" in re.sub(r"\s", "", page.split('<div class="listed" id="failed">')[1]) for page in pages), 1, trade)

    def test_what_went_back_is_found_by_case_and_by_trade(self):
        case = self.make("case", {"unpaid": True})
        out_no = self.step("attempt", key=case["key"])["out_no"]
        self.step("pay", out_no=out_no, habit="less")
        self.step("query", key=case["key"])
        self.book("MORE" + out_no, out_no, 7)
        v = self.enter("cashier1")
        receipt = self.make("money", {"key": case["key"]})["receipts"][0]
        v.get("/staff/cashier/receipt/" + receipt["key"]).post("/staff/cashier/receipt/" + receipt["key"], {"act": "refund", "why": "少付一分"})
        yuan = f"¥{receipt['fen'] // 100}.{receipt['fen'] % 100:02d}"
        gone = f"退款 .*{receipt['trade_no']} {yuan} 少付一分 已退款 20\\d\\d年"
        self.until(lambda: v.get("/staff/cashier/find?number=" + case["number"]), "已退款")
        self.assertRegex(v.text(), gone)
        self.assertIn(f"MORE{out_no} ¥0.07 ¥0.07 ¥0.00", v.text())
        self.assertRegex(v.get("/staff/cashier/find?number=" + receipt["trade_no"]).text(), gone)
        self.assertIn("对应的申请 业务受理号 证书名称 申请单位或个人 " + case["number"], v.text())
        self.assertNotIn("MORE", v.text())
        self.assertEqual((v.get("/staff/cashier/find?number=NOBODY").status, "没有这个业务受理号或交易号" in v.text()), (422, True))
        self.assertEqual((v.get("/staff/cashier/find?number=+").status, "请填写业务受理号或交易号" in v.text()), (422, True))
        self.assertEqual(v.get("/staff/cashier/find?number=" + "9" * 400).status, 422)
        self.assertIn("没有这个业务受理号", v.text())
        desk = {"Authorization": "Bearer " + self.hall.ask_json("POST", "/api/v1/sessions", {"account": "cashier1", "password": self.password})[1]["token"]}
        for path in ("cases/" + case["number"], "trades/" + receipt["trade_no"]):
            refunds = json.loads(self.hall.ask("GET", "/api/v1/cashier/" + path, None, desk)[2])["refunds"]
            self.assertEqual([(r["fen"], r["state"], r["why"], r["answered"] >= r["at"]) for r in refunds], [(receipt["fen"], "done", "少付一分", True)])
        self.assertEqual(self.hall.ask("GET", "/api/v1/cashier/trades/NOBODY", None, desk)[0], 404)

    def test_what_a_refused_case_paid_is_found_after_it_went_back(self):
        case = self.paid(login="gone@example.com")
        page = self.enter("gone@example.com")
        page.get("/case/" + case["key"] + "/cancel").post("/case/" + case["key"] + "/cancel")
        v = self.enter("cashier1")
        self.until(lambda: v.get("/staff/cashier/find?number=" + case["number"]), "取消申请 已退款")
        trade = self.make("money", {"key": case["key"]})["receipts"][0]["trade_no"]
        self.assertIn("取消申请 已退款", v.get("/staff/cashier/find?number=" + trade).text())


class Invoice(FixtureHall):
    def mail(self, number):
        return self.wait_told("invoice", number)

    def test_it_is_made_out_as_asked_for_and_mailed(self):
        case = self.make("case", {"unpaid": True, "login": "payer@example.com"})
        at, page = "/case/" + case["key"], self.enter("payer@example.com")
        page.get(at + "/invoice").post(at + "/invoice", {"invoice_type": "normal", "invoice_title": "示范集团有限公司", "invoice_tax_no": "91430102794629985J",
                                                         "invoice_email": "finance@example.com"})
        out_no = self.step("attempt", key=case["key"])["out_no"]
        self.step("pay", out_no=out_no, habit="lost")
        self.step("query", key=case["key"])
        mail = self.mail(case["number"])
        self.assertEqual((mail["channel"], mail["to"]), ("mail", "finance@example.com"))
        self.assertRegex(mail["text"], "抬头：示范集团有限公司，金额：\\d+\\.\\d\\d 元")
        link = urllib.parse.urlsplit(re.search(r"https?://\S+", mail["text"])[0]).path
        self.assertRegex(page.get(link).text(), "发票抬头 示范集团有限公司 纳税人识别号 91430102794629985J .* 价税合计 ¥.*元整")
        self.assertIn("已发送到 finance@example.com", page.get(at + "/result").text())
        self.assertIn(link, page.page)

    def test_one_made_out_elsewhere_is_registered_once(self):
        case = self.make("case", {"login": "by-hand@example.com"})
        page, cashier = self.enter("by-hand@example.com"), self.enter("cashier1")
        self.assertIn("电子发票开具后发送到 clerk@example.com", page.get("/case/" + case["key"] + "/result").text())
        self.assertIn("电子发票 待开具", cashier.get("/staff/cashier/find?number=" + case["number"]).text())
        form, good = "/staff/cashier/invoice/" + case["key"], {"invoice_no": "24312000000012345678", "link": "https://invoice.example/1"}
        for change, said in (({"invoice_no": "12"}, "8 至 20 位数字"), ({"link": "javascript:alert(1)"}, "https:// 开头")):
            self.assertEqual(cashier.get(form).post(form, {**good, **change}).status, 422)
            self.assertIn(said, cashier.text())
        cashier.post(form, good)
        self.assertIn("电子发票 已开具并发送", cashier.text())
        self.assertIn("https://invoice.example/1", self.mail(case["number"])["text"])
        self.assertEqual(cashier.get(form).post(form, good).status, 409)
        self.assertIn('href="https://invoice.example/1"', page.get("/case/" + case["key"] + "/result").page)
        unpaid = self.make("case", {"unpaid": True})
        self.assertEqual(cashier.get("/staff/cashier/invoice/" + unpaid["key"]).status, 409)


class Phone(FixtureHall):
    def test_a_lost_phone_is_replaced_at_the_counter(self):
        self.make("account", {"login": "lost@example.com"})
        owner, clerk = self.enter("lost@example.com"), self.enter("counter1")
        good = {"login": "lost@example.com", "phone": "139 0013 9001", "reason": "本人身份证原件"}
        for change, said in (({"login": "nobody@example.com"}, "没有这个用户名"), ({"login": "reviewer1"}, "工作人员的账号"),
                             ({"phone": "0731-88886666"}, "手机号"), ({"reason": ""}, "请写明核对了什么证明")):
            self.assertEqual(clerk.get("/staff/phone").post("/staff/phone", {**good, **change}).status, 422)
            self.assertIn(said, clerk.text())
        clerk.post("/staff/phone", good)
        self.assertIn("已更换", clerk.text())
        self.assertIn("/login", owner.get("/user").path, "sessions of the old phone are over")
        self.assertEqual(self.enter("13900139001").get("/user").path, "/user")
        items = json.loads(self.hall.get("/api/v1/try/inbox?limit=100")[2])["items"]
        told = {(m["channel"], m["to"]) for m in items if m["id"] == "account_changed"}
        self.assertLessEqual({("sms", "13800138000"), ("mail", "lost@example.com")}, told)
        self.make("account", {"login": "another@example.com"})
        self.assertEqual(clerk.post("/staff/phone", {**good, "login": "another@example.com"}).status, 409)
        self.assertEqual(self.enter("cashier1").get("/staff/phone").status, 403)


class Firm(FixtureHall):
    """Account, person, unit, case and certificate are five things; who may do what is a row."""

    def test_a_renamed_firm_has_both_names(self):
        old = self.make("case", {"values": {"medium": "soft"}})
        new = self.make("case", {"login": "other@example.com", "values": {"medium": "soft", "unit_name": "示范新名建筑有限公司"}})
        reviewer = self.enter("reviewer1")
        self.assertRegex(reviewer.get("/staff/case/" + new["key"]).text(), r"其他名称 示范建筑工程有限公司（\d{4}-\d\d-\d\d 起） ")
        self.assertIn("其他名称 示范新名建筑有限公司（", reviewer.get("/staff/case/" + old["key"]).text())
        self.assertEqual(self.look(old)["unit"], self.look(new)["unit"])
        self.make("mend", {"key": new["key"], "values": {"unit_name": "示范又名建筑有限公司"}})
        self.assertIn("其他名称 示范又名建筑有限公司（", reviewer.get("/staff/case/" + old["key"]).text())

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
