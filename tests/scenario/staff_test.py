#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The counter: what reviewers and other staff may do, and who may not (S185, S188, S190, S191, S234, C14, C20, C28).
Usage: staff_test.py CERTHALL"""
import base64
import json
import os
import sys
import tempfile
import threading
import time
import unittest

from cryptography import x509

from hall import ROOT, Hall, copy_scripts
from signer import Request
from visitor import Visitor

sys.path.insert(0, os.path.join(ROOT, "tests/peers"))
from store_reader import Store  # the second reader of the store

PROGRAM = os.path.abspath(sys.argv.pop(1))

with open(os.path.join(ROOT, "tests/fixture/staff.lua"), encoding="utf-8") as f:
    FIXTURE = f.read()


class Counter(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="hall-")
        scripts = copy_scripts(cls.folder.name, {"fixture/staff": FIXTURE})
        cls.hall = Hall(PROGRAM, folder=cls.folder.name, scripts=scripts, mode="try").start()
        made = cls.make("staff", {})
        cls.password, cls.accounts, cls.people = made["password"], made["accounts"], {}

    @classmethod
    def tearDownClass(cls):
        try:
            cls.hall.close()
        finally:
            cls.folder.cleanup()

    @classmethod
    def make(cls, what, value):
        status, answer = cls.hall.ask_json("POST", "/fixture/" + what, value)
        assert status == 200, (what, status, answer)
        return answer

    def staff(self, login):
        """A visitor who is logged in; one for each login."""
        if login not in self.people:
            self.people[login] = Visitor(self.hall).login(login, self.password)
        return self.people[login]

    def case(self, **more):
        return self.make("case", more)

    def look(self, case, **change):
        return self.make("look", {"key": case["key"], **({"set": change} if change else {})})

    def state(self, case):
        return self.look(case)["row"]["state"]

    def sms(self, name, case):
        items = json.loads(self.hall.get("/api/v1/try/inbox")[2])["items"]
        return [m["text"] for m in items if m["id"] == name and case["number"] in m["text"]]

    def claim(self, login, case):
        v = self.staff(login).get("/staff/case/" + case["key"])
        return v.post("/staff/case/" + case["key"], {"act": "claim"})

    def act(self, login, case, name, *more):
        v = self.staff(login)
        v.get("/staff/case/" + case["key"])
        return v.post("/staff/case/" + case["key"], [("seen", v.hidden("seen") or ""), ("act", name), *more])

    def approve(self, login, case):
        self.claim(login, case)
        return self.act(login, case, "approve")


class Review(Counter):
    def test_approval_leads_to_the_paper_and_the_paper_to_the_certificate(self):
        case = self.case()
        self.assertEqual(case["state"], "review")
        v = self.approve("reviewer1", case)
        self.assertIn("已审核通过", v.text())
        self.assertEqual(self.state(case), "paper")
        self.assertEqual(self.look(case)["standing"]["reviewed"], 1)
        self.assertTrue(self.look(case)["row"].get("paper") is None)
        self.assertIn("已审核通过", self.sms("approved", case)[0])
        ids = ["form", "agreement", "unit_document", "authorization", "handler_document"]
        v = self.act("counter1", case, "paper", ("date", "2026-01-05"), *[("paper", i) for i in ids[:-1]])
        self.assertEqual(v.status, 422)
        self.assertIn("还缺：经办人有效证件", v.text())
        self.assertIn('value="form" checked', v.page)
        v = self.act("counter1", case, "paper", ("date", "2999-01-01"), *[("paper", i) for i in ids])
        self.assertEqual(v.status, 422)
        self.assertIn("不能晚于今天", v.text())
        v = self.act("counter1", case, "paper", ("date", "2026年1月5日"), *[("paper", i) for i in ids])
        self.assertIn("已登记收到纸质材料", v.text())
        look = self.look(case)
        self.assertEqual(look["row"]["state"], "active")
        self.assertTrue(look["standing"]["paper"])

    def test_the_paper_of_a_person(self):
        case = self.case(kind="personal_issue")
        self.approve("reviewer1", case)
        v = self.staff("counter1").get("/staff/case/" + case["key"])
        for line in ("数字证书申请业务受理表（原件）", "电子认证服务协议（原件）", "单位授权委托书（原件）", "申请人有效证件（复印件）", "经办人有效证件（复印件）"):
            self.assertIn(line, v.text())
        self.assertNotIn('id="paper-unit_document"', v.page)

    def test_a_soft_certificate_needs_no_paper(self):
        case = self.case(values={"medium": "soft"})
        self.approve("reviewer1", case)
        self.assertEqual(self.state(case), "active")

    def test_the_certificate_carries_what_was_reviewed(self):
        case, request = self.case(values={"medium": "soft", "unit_name": "示范𠮷建筑有限公司", "years": "2"}), Request()
        self.approve("reviewer1", case)
        csr = b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(request.der) + b"-----END CERTIFICATE REQUEST-----\n"
        made = self.make("issue", {"key": case["key"], "csr": csr.decode()})
        cert = x509.load_der_x509_certificate(base64.b64decode(made["der"]))
        parts = {one.oid.dotted_string: one.value for one in cert.subject}
        self.assertEqual(parts, {"2.5.4.6": "CN", "2.5.4.10": "示范𠮷建筑有限公司", "2.5.4.3": "示范𠮷建筑有限公司", "2.5.4.97": "91430100MA4L00001J"})
        usage = cert.extensions.get_extension_for_class(x509.KeyUsage).value
        self.assertEqual((usage.digital_signature, usage.content_commitment, usage.key_agreement), (True, True, False))
        self.assertGreater((cert.not_valid_after_utc - cert.not_valid_before_utc).days if hasattr(cert, "not_valid_after_utc")
                           else (cert.not_valid_after - cert.not_valid_before).days, 700)

    def test_over_the_limit_two_people_review(self):
        case = self.case(fen=1000001)
        self.assertIn('name="received"', self.staff("counter1").get("/staff/counter/" + case["key"]).page)
        v = self.approve("reviewer1", case)
        self.assertEqual(self.state(case), "review")
        self.assertNotIn('name="received"', self.staff("counter1").get("/staff/counter/" + case["key"]).page)
        v = self.claim("reviewer1", case)
        v = self.act("reviewer1", case, "approve")
        self.assertEqual(v.status, 403, v.text()[:500])
        self.assertIn("复审须由另一人", v.text())
        self.act("reviewer1", case, "drop")
        self.approve("reviewer2", case)
        self.assertEqual(self.state(case), "paper")
        self.assertEqual(self.look(case)["standing"]["reviewed"], 2)

    def test_return_opens_only_what_was_named(self):
        case = self.case()
        self.claim("reviewer1", case)
        v = self.act("reviewer1", case, "return")
        self.assertEqual(v.status, 422)
        self.assertIn("请至少勾选一项", v.text())
        v = self.act("reviewer1", case, "return", ("return", "material:form"), ("words.field:unit_phone", "写错了"))
        self.assertEqual(v.status, 422)
        self.assertIn("选择或写明退回原因", v.text())
        self.assertIn('value="写错了"', v.page)
        v = self.act("reviewer1", case, "return", ("return", "material:form"), ("reason.material:form", "blurred"),
                     ("return", "field:unit_phone"), ("reason.field:unit_phone", "unreachable"), ("words.field:unit_phone", "请改手机"))
        self.assertIn("已退回补正", v.text())
        row = self.look(case)["row"]
        self.assertEqual(row["state"], "returned")
        self.assertEqual([one["item"] for one in row["returned"]], ["material:form", "field:unit_phone"])
        self.assertIn("请改手机", row["returned"][1]["reason"])
        self.assertTrue(any("需补正 2 项：图片不清晰" in text for text in self.sms("returned", case)))
        self.assertEqual(self.make("mend", {"key": case["key"], "values": {"unit_phone": "13900139000"}})["state"], "returned")
        self.assertEqual(self.make("mend", {"key": case["key"], "material": "authorization"})["state"], "returned")
        self.assertEqual(self.make("mend", {"key": case["key"], "material": "form"})["state"], "review")
        v = self.staff("reviewer2").get("/staff/case/" + case["key"])
        self.assertIn("以往退回", v.text())
        self.assertIn("已补正", v.text())
        self.approve("reviewer2", case)
        self.assertEqual(self.state(case), "paper")

    def test_a_return_voids_the_first_approval(self):
        case = self.case(fen=2000000)
        self.approve("reviewer1", case)
        self.claim("reviewer2", case)
        self.act("reviewer2", case, "return", ("return", "material:form"), ("reason.material:form", "blurred"))
        look = self.look(case)
        self.assertEqual((look["row"]["approvals"], look["standing"]["reviewed"]), (0, 0))

    def test_refusal_is_asked_once_more_and_final(self):
        case = self.case()
        self.claim("reviewer1", case)
        v = self.act("reviewer1", case, "refuse")
        self.assertEqual(v.status, 422)
        v = self.act("reviewer1", case, "refuse", ("refuse", "forged"), ("refuse_words", "公章与备案不符"))
        self.assertIn("确认否决", v.text())
        self.assertEqual(self.state(case), "review")
        v.post("/staff/case/" + case["key"], {"act": "refuse_sure", "reason": v.hidden("reason")})
        self.assertIn("已否决", v.text())
        row = self.look(case)["row"]
        self.assertEqual(row["state"], "refused")
        self.assertIn("公章与备案不符", row["reason"])
        self.assertEqual(self.approve("reviewer2", case).status, 409)

    def test_the_mark_of_the_paper_is_compared(self):
        case = self.case()
        self.claim("reviewer1", case)
        v = self.act("reviewer1", case, "approve", ("mark.form", "00000000"))
        self.assertEqual(v.status, 422)
        self.assertIn(case["mark"], v.text())
        self.assertIn("不一致", v.text())
        self.act("reviewer1", case, "approve", ("mark.form", case["mark"].lower()))
        self.assertEqual(self.state(case), "paper")

    def test_what_changed_under_the_reviewer_is_looked_at_again(self):
        case = self.case()
        self.claim("reviewer1", case)
        v = self.staff("reviewer1").get("/staff/case/" + case["key"])
        v.post("/staff/case/" + case["key"], {"act": "approve", "seen": "0" * 64})
        self.assertEqual(v.status, 409)
        self.assertIn("有变化", v.text())
        self.act("reviewer1", case, "drop")

    def test_unpaid_or_unidentified_is_not_approved(self):
        case = self.case(compare=True)
        self.claim("reviewer1", case)
        v = self.act("reviewer1", case, "approve")
        self.assertEqual(v.status, 409)
        self.assertIn("身份识别尚未通过", v.text())
        self.act("reviewer1", case, "compare")
        self.assertTrue(self.look(case)["standing"]["identified"])
        self.act("reviewer1", case, "approve")
        self.assertEqual(self.state(case), "paper")


class Claims(Counter):
    def test_two_claim_at_once_and_one_wins(self):
        case = self.case()
        visitors = [self.staff(n).get("/staff/case/" + case["key"]) for n in ("reviewer1", "reviewer2")]
        threads = [threading.Thread(target=v.post, args=("/staff/case/" + case["key"], {"act": "claim"})) for v in visitors]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(v.status for v in visitors), [200, 409])
        loser = next(v for v in visitors if v.status == 409)
        self.assertIn("正在审核", loser.text())
        self.assertNotIn('value="approve"', loser.page)

    def test_a_claim_lapses_after_half_an_hour(self):
        case = self.case()
        self.claim("reviewer1", case)
        self.assertEqual(self.claim("reviewer2", case).status, 409)
        row = self.look(case)["row"]
        self.look(case, claim={**row["claim"], "at": row["claim"]["at"] - 31 * 60 * 1000})
        v = self.act("reviewer1", case, "approve")
        self.assertEqual(v.status, 409)
        self.assertIn("请重新领取", v.text())
        self.assertEqual(self.claim("reviewer2", case).status, 200)
        self.assertEqual(self.act("reviewer1", case, "approve").status, 409)
        self.assertEqual(self.state(case), "review")

    def test_hold_and_take_up_again(self):
        case = self.case()
        self.claim("reviewer1", case)
        self.assertEqual(self.act("reviewer1", case, "hold").status, 422)
        self.act("reviewer1", case, "hold", ("hold", "等待电话核实"))
        v = self.staff("reviewer2").get("/staff/review?view=held")
        self.assertIn(case["number"], v.text())
        self.assertNotIn(case["number"], v.get("/staff/review").text())
        self.act("reviewer2", case, "unhold")
        self.assertIn(case["number"], self.staff("reviewer2").get("/staff/review").text())

    def test_late_ones_are_marked_and_found(self):
        case = self.case()
        self.assertGreater(self.look(case)["row"]["due"], time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600)))
        self.look(case, due="2026-01-01")
        v = self.staff("reviewer1").get("/staff/review?view=late")
        self.assertIn(case["number"], v.text())
        self.assertIn("已超期", v.text())
        self.assertIn(case["number"], v.get("/staff/review?text=" + case["number"]).text())
        self.assertIn(case["number"], v.get("/staff/review?text=%E7%A4%BA%E8%8C%83%E5%BB%BA%E7%AD%91").text())
        self.assertIn("没有找到", v.get("/staff/review?text=%E4%B8%8D%E5%AD%98%E5%9C%A8").text())

    def test_the_next_one_is_taken_from_the_queue(self):
        self.case()
        v = self.staff("reviewer1").get("/staff/review")
        v.post("/staff/review")
        self.assertIn("/staff/case/", v.path)
        self.assertIn("您已于", v.text())


class Separation(Counter):
    DOCUMENT = "430102199003070012"

    def member(self, login, roles, document):
        self.make("account", {"login": login, "roles": roles, "document": document})
        return login

    def test_nobody_judges_a_case_that_names_them(self):
        self.member("named@example.com", ["reviewer"], self.DOCUMENT)
        case = self.case()
        v = self.claim("named@example.com", case)
        self.assertIn("与您本人有关", v.text())
        self.assertNotIn('value="approve"', v.page)
        self.assertEqual(v.post("/staff/case/" + case["key"], {"act": "claim"}).status, 403)
        self.assertEqual(self.state(case), "review")

    def test_nor_one_that_they_made_nor_their_other_account(self):
        mine = self.member("both@example.com", ["reviewer"], "110101199003078013")
        other = self.member("other@example.com", ["reviewer"], "110101199003078013")
        case = self.case(login=mine)
        for login in (mine, other):
            self.assertEqual(self.claim(login, case).status, 403)
        self.approve("reviewer1", case)
        self.assertEqual(self.state(case), "paper")

    def test_one_person_with_two_accounts_reviews_once(self):
        for login in ("twin1@example.com", "twin2@example.com"):
            self.member(login, ["reviewer"], "110101199003075671")
        case = self.case(fen=3000000)
        self.approve("twin1@example.com", case)
        self.claim("twin2@example.com", case)
        v = self.act("twin2@example.com", case, "approve")
        self.assertEqual(v.status, 403)
        self.assertIn("另一人", v.text())

    def test_other_roles_do_not_approve(self):
        case = self.case()
        v = self.staff("cashier1").get("/staff/case/" + case["key"])
        self.assertEqual(v.status, 403)
        v.get("/staff/people")
        self.assertEqual(v.status, 403)
        v = self.claim("counter1", case)
        self.assertEqual(v.status, 403)
        v = self.act("counter1", case, "approve")
        self.assertEqual(v.status, 403)
        self.assertEqual(self.state(case), "review")

    def test_applicants_see_no_staff_page(self):
        case = self.case(login="nosy@example.com")
        v = Visitor(self.hall).login("nosy@example.com", self.password)
        for path in ("/staff", "/staff/review", "/staff/case/" + case["key"], "/staff/case/" + case["key"] + "/material/form",
                     "/staff/counter", "/staff/shipments", "/staff/people", "/staff/todos"):
            self.assertEqual(v.get(path).status, 403, path)
        v.get("/login")
        self.assertEqual(v.post("/staff/case/" + case["key"], {"act": "claim"}).status, 403)
        stranger = Visitor(self.hall).get("/staff/review")
        self.assertIn("/login", stranger.path)
        self.assertEqual(self.staff("reviewer1").get("/staff/case/" + "0" * 26).status, 404)

    def test_roles_are_set_by_another_administrator(self):
        admin = self.staff("admin1").get("/staff/people")
        self.assertIn("审核员甲", admin.text())
        own = "/staff/people/" + self.accounts["admin1"]
        admin.get(own).post(own, {"roles": "reviewer"})
        self.assertEqual(admin.status, 403)
        self.assertIn("不能更改本人的角色", admin.text())
        self.make("account", {"login": "new@example.com"})
        admin.get("/staff/people/add").post("/staff/people/add", {"login": "new@example.com", "name": "新同事", "number": "1", "roles": "counter"})
        self.assertEqual(admin.status, 422)
        admin.post("/staff/people/add", {"login": "new@example.com", "name": "新同事", "number": self.DOCUMENT, "roles": "counter"})
        self.assertIn("新同事", admin.text())
        self.assertEqual(Visitor(self.hall).login("new@example.com", self.password).get("/staff/counter").status, 200)

    def test_two_officers_waive(self):
        case = self.case(unpaid=True)
        self.assertEqual(case["state"], "payment")
        self.act("admin1", case, "waive", ("waive", "公益项目"))
        self.assertEqual(self.state(case), "payment")
        self.assertEqual(self.act("admin1", case, "waive", ("waive", "再来")).status, 409)
        self.act("admin2", case, "waive", ("waive", "同意"))
        self.assertEqual(self.state(case), "review")
        self.assertEqual(self.sms("waived", case), [f"业务受理号 {case['number']}：费用已获准减免，无需缴费。"])
        self.assertEqual(self.sms("paid", case), [])


class Window(Counter):
    def active(self, **more):
        case = self.case(**more)
        self.approve("reviewer1", case)
        ids = ["form", "agreement", "unit_document", "authorization", "handler_document"]
        self.act("counter1", case, "paper", ("date", "2026-01-05"), *[("paper", i) for i in ids])
        return case

    def test_a_parcel_is_sent_lost_and_sent_again(self):
        case = self.active()
        v = self.staff("counter1").get("/staff/shipments")
        self.assertIn(case["number"], v.text())
        key = self.parcel(v, case)
        v.post(f"/staff/shipments/{key}/sent", {"courier": "示范快递", "tracking": "!"})
        self.assertEqual(v.status, 422)
        self.assertIn('value="示范快递"', v.page)
        v.post(f"/staff/shipments/{key}/sent", {"courier": "示范快递", "tracking": "SF123456"})
        self.assertIn("已登记寄出", v.text())
        self.assertNotEqual(self.look(case)["download"]["digest"], "")
        v.get("/staff/shipments?state=sent")
        self.assertIn("SF123456", v.text())
        v.get(f"/staff/shipments/{key}/lost").post(f"/staff/shipments/{key}/lost")
        self.assertIn("已登记遗失", v.text())
        self.assertEqual(self.look(case)["download"]["digest"], "")
        self.assertEqual(len(self.sms("lost", case)), 1)
        self.assertNotEqual(self.parcel(v.get("/staff/shipments"), case), key)

    def parcel(self, v, case):
        before = v.page.split(case["number"])[0]
        return before.rsplit('id="parcel-', 1)[1].split('"', 1)[0]

    def test_a_case_is_found_by_number_or_qr_and_the_key_handed_over(self):
        case = self.active(delivery="onsite")
        v = self.staff("counter1").get("/staff/counter?number=2026112400000000")
        self.assertEqual(v.status, 422)
        v.get("/staff/counter?number=https%3A//hall.example/query%3Fnumber%3D" + case["number"])
        self.assertIn(case["key"], v.path)
        hand = "/staff/counter/" + case["key"] + "/hand"
        self.assertEqual(self.look(case)["download"]["digest"], "", "the code waits for the UKey")
        self.assertEqual(v.post(hand, {"receiver": ""}).status, 422)
        v.post(hand, {"receiver": "李示范"})
        self.assertIn("已登记交付", v.text())
        self.assertNotEqual(self.look(case)["download"]["digest"], "")
        self.assertEqual(v.post(hand, {"receiver": "李示范"}).status, 409)

    def upload(self, v, case, type, content, received):
        """What a browser sends for one file: token, day, file."""
        parts = [("_csrf", v.token()), ("received", received)]
        body = "".join(f'--xx\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{t}\r\n' for n, t in parts).encode()
        body += b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        to = v.send("POST", f"/staff/counter/{case['key']}/material/{type}", body + content + b"\r\n--xx--\r\n",
                    {"Content-Type": "multipart/form-data; boundary=xx", "Origin": self.hall.urls["http"]})
        if to:
            v.get(to.split("#")[0])

    def test_the_window_registers_materials_with_their_day(self):
        case = self.case()
        v = self.staff("counter1").get("/staff/case/" + case["key"] + "/material/form")
        self.assertEqual(v.status, 200)
        png = v.raw
        self.assertEqual(png[:4], b"\x89PNG")
        v.get("/staff/counter/" + case["key"])
        self.assertIn("材料登记", v.text())
        self.upload(v, case, "form", png, "2999-01-01")
        self.assertEqual(v.status, 422)
        self.assertIn("不能晚于今天", v.text())
        self.upload(v, case, "form", b"no picture", "2026-01-05")
        self.assertEqual(v.status, 422)
        self.upload(v, case, "form", png, "2026-01-05")
        self.assertIn("材料已登记", v.text())
        self.assertIn("2026-01-05 收到", v.text())
        self.claim("reviewer1", case)
        self.assertNotIn('name="received"', v.get("/staff/counter/" + case["key"]).page)
        self.act("reviewer1", case, "drop")
        self.assertNotIn('name="received"', self.staff("reviewer1").get("/staff/counter/" + case["key"]).page)

    def test_todos_are_done_once(self):
        key = self.make("todo", {})["key"]
        v = self.staff("cashier1").get("/staff/todos")
        self.assertIn("没有对应的订单", v.text())
        v.post("/staff/todos/" + key, {"note": "已退回付款人"})
        self.assertNotIn("todo-" + key, v.page)
        self.assertIn("已退回付款人", v.get("/staff/todos?state=done").text())


class Programs(Counter):
    def enter(self, login):
        status, answer = self.hall.ask_json("POST", "/api/v1/sessions", {"account": login, "password": self.password})
        self.assertEqual(status, 201, answer)
        return answer["token"]

    def call(self, token, method, path, value=None, wanted=200):
        headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
        status, _, raw = self.hall.ask(method, "/api/v1" + path, None if value is None else json.dumps(value), headers)
        self.assertEqual(status, wanted, (path, raw))
        return json.loads(raw) if raw else None

    def test_two_reviewers_by_api(self):
        first, second = self.enter("reviewer1"), self.enter("reviewer2")
        case = self.case(fen=5000000)
        at = "/review/cases/" + case["key"]
        queue = self.call(first, "GET", "/review/queue?view=free")["items"]
        self.assertIn(case["number"], [one["number"] for one in queue])
        self.call(first, "POST", at + "/approve", {"seen": "0" * 64}, 409)
        seen = self.call(first, "POST", at + "/claim")["seen"]
        self.assertIn("正在审核", self.call(second, "POST", at + "/claim", wanted=409)["detail"])
        self.assertEqual(self.call(first, "POST", at + "/approve", {"seen": seen})["state"], "review")
        self.call(second, "POST", at + "/claim")
        self.assertEqual(self.call(second, "POST", at + "/approve", {"seen": seen})["state"], "paper")
        got = self.call(first, "POST", at + "/paper", {"items": ["form"], "date": "2999-01-01"}, 422)
        self.assertEqual([e["field"] for e in got["errors"]], ["date", "paper"])
        ids = ["form", "agreement", "unit_document", "authorization", "handler_document"]
        self.assertEqual(self.call(first, "POST", at + "/paper", {"items": ids})["state"], "active")

    def test_return_and_refuse_by_api(self):
        token, case = self.enter("reviewer1"), self.case()
        at = "/review/cases/" + case["key"]
        self.call(token, "POST", at + "/claim")
        self.call(token, "POST", at + "/return", {"items": []}, 422)
        self.call(token, "POST", at + "/return", {"items": [{"item": "field:nothing", "reason": "x"}]}, 422)
        done = self.call(token, "POST", at + "/return", {"items": [{"item": "identity", "reason": "请本人识别"}]})
        self.assertEqual(done["state"], "returned")
        self.assertFalse(self.look(case)["standing"]["identified"])
        other = self.case()
        at = "/review/cases/" + other["key"]
        self.call(token, "POST", at + "/claim")
        self.assertEqual(self.call(token, "POST", at + "/refuse", {"reason": "材料不实"})["state"], "refused")

    def test_roles_hold_for_programs_too(self):
        case = self.case()
        cashier, counter = self.enter("cashier1"), self.enter("counter1")
        self.call(cashier, "GET", "/review/queue", wanted=403)
        self.call(counter, "POST", "/review/cases/" + case["key"] + "/claim", wanted=403)
        self.call(cashier, "GET", "/shipments", wanted=403)
        self.call(counter, "GET", "/shipments")
        self.call(counter, "GET", "/staff", wanted=403)
        admin = self.enter("admin1")
        staff = self.call(admin, "GET", "/staff")["items"]
        self.assertGreaterEqual(len(staff), 6)
        self.call(admin, "PUT", "/staff/" + self.accounts["admin1"], {"roles": ["reviewer"]}, 403)
        self.call(admin, "PUT", "/staff/" + self.accounts["cashier1"], {"roles": ["cashier", "counter"]})
        self.assertEqual(self.hall.ask("GET", "/api/v1/todos", None, {"Authorization": "Bearer " + cashier})[0], 401)


class Audit(Counter):
    def test_looks_and_acts_are_in_the_audit_log(self):
        case = self.case()
        self.approve("reviewer1", case)
        self.staff("counter1").get("/staff/case/" + case["key"] + "/material/form")
        self.hall.stop()
        with open(self.hall.key, "rb") as f:
            store = Store(self.hall.data, f.read())
        told = [json.loads(text) for _, subject, text in store.records("audit") if subject == case["key"]]
        store.close()
        mine = {one["event"] for one in told if one.get("by") == self.accounts["reviewer1"]}
        self.assertGreaterEqual(mine, {"case.claim", "case.approve", "staff.read"})
        self.assertIn(("staff.read", "material form"), {(one["event"], one.get("what")) for one in told if one.get("by") == self.accounts["counter1"]})


if __name__ == "__main__":
    unittest.main(verbosity=2)
