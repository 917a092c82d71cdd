#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Programs can do what browsers can: each act of a page has its operation in the API, and those that account_test and
journey_test do not walk are walked here. Usage: api_parity_test.py CERTHALL"""
import os
import re
import sys
import unittest

from journey import STAFF_PASSWORD, Applicant, Client, Refused, Staff, staffed_hall
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))

# What a page posts, and the operations that do the same; or in words why a program needs none.
ACTS = {
    "/login": ["createSession"], "/logout": ["endSession"], "/register": ["createAccount"], "/code": ["createCode"],
    "/forgot": ["resetPassword"], "/user/account/password": ["changeAccount"], "/user/account/email": ["changeAccount"],
    "/user/account/phone": ["createAccountCode", "changePhone"], "/user/account/phone/keep": ["keepPhone"],
    "/user/account/sessions": ["listSessions", "endOtherSession"],
    "/apply/{kind}/agreement": ["startCase"], "/case/{key}/form/{section}": ["changeCase"], "/case/{key}/check": ["submitCase"],
    "/case/{key}/confirm": ["chooseDelivery"], "/case/{key}/cancel": ["cancelCase"],
    "/case/{key}/materials/{type}": ["putMaterial"], "/case/{key}/materials/{type}/remove": ["removeMaterial"],
    "/case/{key}/materials/{type}/reuse": ["reuseMaterial"],
    "/case/{key}/identity/qr": ["makeIdentityLink", "cancelIdentityLink"], "/case/{key}/identity/sms": ["makeIdentityLink"],
    "/case/{key}/identity/compare": ["askComparison"],
    "/case/{key}/pay": ["openOrder", "beginPayment"], "/case/{key}/result": ["queryPayment"], "/case/{key}/invoice": ["getInvoice", "putInvoice"],
    "/user/joint": ["joinOrders", "getJointOrder"], "/case/{key}/apart": ["partOrder"],
    "/case/{key}/voucher": ["addVoucher"], "/case/{key}/download": ["downloadCertificate"],
    "/case/{key}/download/code": ["resendCode"], "/case/{key}/download/remake": ["remakeKey"],
    "/certificate/{key}/{act}": ["freezeCertificate", "unfreezeCertificate", "revokeCertificate"],
    "/staff/review": ["reviewQueue", "claimCase"], "/staff/case/{key}": ["claimCase", "releaseCase", "holdCase", "unholdCase", "approveCase",
                                                                      "returnCase", "refuseCase", "compareIdentity", "bookPaper", "waiveFee"],
    "/staff/case/{key}/handover": ["handOverCase"], "/staff/counter/{key}/hand": ["handOver"], "/staff/counter/{key}/paper": ["bookPaper"],
    "/staff/counter/{key}/identity": ["compareIdentity"], "/staff/shipments/{key}/sent": ["sendShipment"],
    "/staff/shipments/{key}/lost": ["loseShipment"], "/staff/todos/{key}": ["doneTodo"],
    "/staff/people/add": ["addStaff"], "/staff/people/{account}": ["setStaff"],
    "/staff/cashier/voucher/{key}": ["confirmVoucher", "refuseVoucher"], "/staff/cashier/receipt/{key}": ["applyReceipt", "refundReceipt"],
    "/staff/cashier/refund/{key}": ["recordRefund"], "/staff/cashier/invoice/{key}": ["registerInvoice"],
    "/case/{key}/answer": ["sendAnswerCode", "askNewAnswer"], "/case/{key}/mail": ["sendMailCode", "askNewMail"], "/staff/phone": ["replacePhone"],
    "/case/{key}/materials-phone": "makes a QR code for a phone's browser",
    "/staff/counter/{key}/material/{type}": "a scanner at the counter belongs to the page",
    "/confirm/{token}": "a link in a mail", "/elder": "the size of letters", "/ca/ocsp": "is for programs", "/notify/try": "is for programs",
}
# Pages of a phone, of trying out, and of editing the rules (certhall bundle does that for programs).
APART = ("/h/", "/try/", "/staff/rules")


class Parity(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = staffed_hall(PROGRAM).start()
        cls.url = cls.hall.urls["http"]
        cls.staff = Staff(cls.url)
        cls.clients = []

    @classmethod
    def tearDownClass(cls):
        for one in [cls.staff, *cls.clients]:
            one.close()
        cls.hall.close()

    def applicant(self, seed, **more):
        a = Applicant(self.url, seed, **more)
        self.clients.append(a)
        return a

    def guest(self):
        c = Client(self.url)
        self.clients.append(c)
        return c

    def refused(self, status, field, run, *words, **more):
        with self.assertRaises(Refused) as caught:
            run(*words, **more)
        self.assertEqual(caught.exception.status, status)
        self.assertEqual({f for f, _ in caught.exception.codes}, {field} if field else set())

    def test_each_act_of_a_page_has_its_operation(self):
        document = self.guest().get("/api/openapi.json")
        known = {o["operationId"] for item in document["paths"].values() for o in item.values()}
        routes = [line.split()[:2] for line in self.hall.command("routes", *self.hall.words()).stdout.splitlines()]
        posts = {path for method, path in routes if method == "POST" and not path.startswith(("/api/", *APART))}
        self.assertEqual(posts, set(ACTS))
        self.assertEqual({o for words in ACTS.values() if isinstance(words, list) for o in words} - known, set())

    def test_a_forgotten_password(self):
        a = self.applicant("forgot")
        a.register()
        self.confirm(a)
        guest, name = self.guest(), a.person.email
        made = guest.post("/api/v1/codes", {"purpose": "forgot", "by": "code", "to": name})
        code = self.mailed_code(a)
        body = {"account": name, "password": "Xin-mi-ma-2026", "challenge": made["challenge"], "answer": code}
        self.refused(422, "answer", guest.post, "/api/v1/passwords", {**body, "answer": "x" + code[1:]})
        self.refused(422, "password", guest.post, "/api/v1/passwords", {**body, "password": "short"})
        guest.post("/api/v1/passwords", body)
        self.assertEqual(a.ask("GET", "/api/v1/account").status, 401, "its sessions have ended")
        self.refused(422, "answer", guest.post, "/api/v1/passwords", body)
        self.assertTrue(self.guest().login(a.person.phone, "Xin-mi-ma-2026").get("/api/v1/account")["phone_verified"])

    def test_sessions_elsewhere(self):
        a, b = self.applicant("sessions"), self.guest()
        a.register()
        b.login(a.person.phone, a.person.password)
        third = self.guest().login(a.person.phone, a.person.password)
        mine = a.get("/api/v1/account/sessions")
        self.assertEqual([s["here"] for s in mine].count(True), 1)
        newest = next(s for s in b.get("/api/v1/account/sessions") if s["here"])["session"]
        stranger = self.applicant("stranger")
        stranger.register()
        self.refused(404, None, stranger.want, "DELETE", "/api/v1/account/sessions/" + newest)
        a.want("DELETE", "/api/v1/account/sessions/" + newest)
        self.assertEqual([c.ask("GET", "/api/v1/account").status for c in (a, b, third)], [200, 401, 200])
        a.want("DELETE", "/api/v1/account/sessions/others")
        self.assertEqual([c.ask("GET", "/api/v1/account").status for c in (a, third)], [200, 401])

    def test_another_phone(self):
        """The mailbox has to agree; without its confirmation there is no second phone."""
        a, phone = self.applicant("phone"), "13912345678"
        a.register()
        made = a.post("/api/v1/account/codes", {"purpose": "phone", "to": phone})
        code = a.inbox(phone, lambda m: "code" in (m.get("params") or {}))["params"]["code"]
        body = {"phone": phone, "current": a.person.password, "challenge": made["challenge"], "answer": code}
        self.refused(422, "to", a.post, "/api/v1/account/codes", {"purpose": "mailbox"})
        self.refused(422, "mail_answer", a.post, "/api/v1/account/phone", body)
        self.confirm(a)
        mail = a.post("/api/v1/account/codes", {"purpose": "mailbox"})
        more = {"mail_challenge": mail["challenge"], "mail_answer": self.mailed_code(a)}
        self.refused(422, "current", a.post, "/api/v1/account/phone", {**body, **more, "current": "not-mine-123"})
        self.assertEqual(a.post("/api/v1/account/phone", {**body, **more}), {"done": "waits"})
        self.assertEqual(a.get("/api/v1/account")["phone"], a.person.phone)
        a.want("DELETE", "/api/v1/account/phone")

    def confirm(self, a):
        """Opens the link that confirms a mail address."""
        path = "/confirm/" + a.inbox(a.person.email, lambda m: m["id"] == "confirm")["text"].split("/confirm/")[1][:22]
        self.assertEqual(Visitor(self.hall).get(path).post(path).status, 200)

    @staticmethod
    def mailed_code(a):
        return re.search(r"\b\d{6}\b", a.inbox(a.person.email, lambda m: m["id"] == "mail_code")["text"])[0]

    def test_papers_and_invoice(self):
        a = self.applicant("papers")
        a.register().begin()
        self.refused(409, None, a.get, a.path("prints"))
        a.fill()
        a.submit()
        a.deliver()
        ids = [one["id"] for one in a.get(a.path("prints"))]
        self.assertEqual(ids, ["unit_form", "agreement", "authorization"])
        for name in (*ids, "all"):
            got = a.ask("GET", a.path("prints", name))
            self.assertEqual((got.status, got.headers["Content-Type"], got.body[:5]), (200, "application/pdf", b"%PDF-"), name)
        self.assertEqual(a.ask("GET", a.path("prints", "none")).status, 404)
        self.assertEqual(a.ask("GET", a.path("payment-notice")).body[:5], b"%PDF-")
        to = a.get(a.path("invoice"))
        self.assertEqual((to["open"], to["values"]["invoice_title"]), (True, a.person.unit))
        self.refused(422, "invoice_email", a.want, "PUT", a.path("invoice"), {"values": {**to["values"], "invoice_email": "nobody"}})
        a.want("PUT", a.path("invoice"), {"values": {**to["values"], "invoice_title": "示范集团"}})
        self.assertEqual(a.get(a.path("invoice"))["values"]["invoice_title"], "示范集团")
        a.upload_all()
        a.identify()
        a.pay()
        self.refused(409, None, a.want, "PUT", a.path("invoice"), {"values": to["values"]})

    def test_two_officers_waive(self):
        a = self.applicant("waive")
        a.to_payment()
        path = f"/api/v1/review/cases/{a.key}/waive"
        first, second = (self.guest().login(name, STAFF_PASSWORD) for name in ("admin1", "admin2"))
        first.post(path, {"reason": "公益单位"})
        self.assertEqual(a.state(), "payment")
        self.refused(403, None, self.guest().login("reviewer1", STAFF_PASSWORD).post, path, {"reason": "公益单位"})
        second.post(path, {"reason": "公益单位"})
        self.assertEqual(a.state(), "review")

    def test_the_first_key_is_given_up_once(self):
        a = self.applicant("remake")
        first = a.to_certificate(self.staff)
        path = a.path("certificate", "remake")
        self.refused(422, "password", a.post, path, {"password": "not-mine-123"})
        code = a.code()
        a.post(path, {"password": a.person.password})
        a.inbox(a.person.email, lambda m: m["id"] == "download" and code not in m["text"] and a.case["number"] in m["subject"])
        second = a.download(a.request())
        self.assertNotEqual(first["serial"], second["serial"])
        self.refused(409, None, a.post, path, {"password": a.person.password})


if __name__ == "__main__":
    unittest.main()
