#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whole journeys by the API alone: one, twenty at once, and what goes wrong on the way. Usage: journey_test.py CERTHALL"""
import base64
import html
import os
import re
import sys
import threading
import time
import unittest
import urllib.parse

from cryptography import x509
from cryptography.x509.oid import NameOID

from hall import ROOT, Hall
from journey import Applicant, Client, Refused, Staff, as_form, staffed_hall

sys.path.insert(0, os.path.join(ROOT, "tests/fault"))
import hall_inv  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
AT_ONCE = 20
ABSENT = "01" + "0" * 24

# Wrong answers of both forms: field, what is typed, the code.
WRONG = {
    "unit_issue": [
        ("unit_name", "", "missing"), ("unit_name", "长" * 65, "too_long"), ("unit_phone", "12", "format"), ("unit_email", "a@", "format"),
        ("unit_region", "999999", "choice"), ("unit_postcode", "41000", "format"), ("unit_document_no", "91430102MA4L00000A", "check_digit"),
        ("unit_document_no", "9143", "format"), ("user_name", "太长", "characters"), ("user_name", "a" * 13, "too_long"),
        ("handler_phone", "0731-88888888", "not_mobile"), ("handler_document_no", "430102199001010010", "check_digit"),
        ("handler_document_no", "430102199013010017", "birth"), ("handler_document_no", "430102900101001", "old"),
        ("handler_name", "1", None), ("years", "9", "choice"), ("medium", "paper", "choice"), ("question", "none", "choice"),
    ],
    "personal_issue": [
        ("applicant_name", "", "missing"), ("applicant_mobile", "12345", None), ("handler_same", "", "missing"),
        ("signature", "", "missing"), ("applicant_document_no", "430102199001010010", "check_digit"), ("department", "", "missing"),
    ],
}


class Journeys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM).start()
        cls.url = cls.hall.urls["http"]

    @classmethod
    def tearDownClass(cls):
        try:
            lines = [line for line in cls.hall.parsed() if line["level"] == "error"]
            assert not lines, lines[:3]
        finally:
            cls.hall.close()

    def applicant(self, seed, **more):
        a = Applicant(self.url, f"{self.id()} {seed}", **more)
        self.addCleanup(a.close)
        return a

    def refused(self, status, call, *args, **more):
        with self.assertRaises(Refused, msg=f"{args} {more}") as caught:
            call(*args, **more)
        self.assertEqual(caught.exception.status, status, caught.exception)
        return caught.exception

    def test_a_case_comes_to_its_materials(self):
        for kind in ("unit_issue", "personal_issue"):
            for medium in ("soft", "ukey"):
                a = self.applicant(kind + medium, kind=kind, medium=medium).register()
                a.begin()
                self.assertEqual((a.case["state"], a.case["label"], len(a.case["number"])), ("draft", "填写中", 20))
                a.fill()
                self.assertEqual(a.submit()["state"], "submitted")
                self.assertEqual(a.deliver()["state"], "materials")
                events = [e["event"] for e in a.get(a.path("events"))]
                self.assertEqual(events, ["printed", "submit", "created"])
                self.assertEqual(a.get("/api/v1/cases")["items"][0]["number"], a.case["number"])

    def test_twenty_at_once(self):
        numbers, wrong = [], []

        def one(seed):
            try:
                a = Applicant(self.url, f"at once {seed}", kind=("unit_issue", "personal_issue")[seed % 2])
                a.register().begin()
                a.fill()
                a.submit()
                a.deliver()
                numbers.append(a.case["number"])
                a.close()
            except Exception as e:  # pylint: disable=broad-except
                wrong.append(repr(e))

        threads = [threading.Thread(target=one, args=(seed,)) for seed in range(AT_ONCE)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual((wrong, len(set(numbers))), ([], AT_ONCE))

    def messages_of_page(self, a, section, values):
        """What the page says of the same answers, posted as its form."""
        headers = {"Cookie": "session=" + a.token}
        page = a.send("GET", f"/case/{a.key}/form/{section}", None, headers)
        visit = next((h.split(";")[0] for h in page.headers.get_all("Set-Cookie", []) if h.startswith("visit=")), None)
        if visit:
            headers["Cookie"] += "; " + visit
        token = re.search(rb'name="_csrf" value="([^"]+)"', page.body)[1].decode()
        form = urllib.parse.urlencode({**as_form(values), "_csrf": token})
        answer = a.send("POST", f"/case/{a.key}/form/{section}", form,
                        {**headers, "Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, 422, answer.body[:300])
        return html.unescape(answer.body.decode())

    def test_wrong_answers_are_refused_as_on_pages(self):
        for kind, wrongs in WRONG.items():
            a = self.applicant(kind, kind=kind).register()
            a.begin()
            good = a.person.values(kind)
            sections = {f["id"]: s for s in a.sections() for f in s["fields"]}
            for field, typed, code in wrongs:
                section = sections[field]
                values = {f["id"]: good[f["id"]] for f in section["fields"] if f["id"] in good}
                values[field] = typed
                tag = a.ask("GET", a.path()).headers["ETag"]
                no = self.refused(422, a.want, "PATCH", a.path(), {"values": values, "section": section["id"]}, If_Match=tag)
                error = next(e for e in no.value["errors"] if e["field"] == field)
                if code:
                    self.assertEqual(error["code"], code, f"{field} = {typed}")
                if not field.endswith("_region"):  # no page can send a region that is not there
                    self.assertTrue(error["message"] in self.messages_of_page(a, section["id"], values), f"{field} = {typed}: {error}")
            self.assertEqual(a.state(), "draft")
            no = self.refused(422, a.submit)
            self.assertIn(("unit_name" if kind == "unit_issue" else "applicant_name", "missing"), no.codes)

    def test_a_user_name_is_held_by_one_case(self):
        first, second = (self.applicant(n).register() for n in ("first", "second"))
        for a in (first, second):
            a.begin()
            a.person.user_name = "samename01"
        first.fill()
        second.fill()
        first.submit()
        no = self.refused(422, second.submit)
        self.assertIn(("user_name", "taken"), no.codes)

    def test_what_is_not_yours_is_not_there(self):
        owner, other = self.applicant("owner").register(), self.applicant("other").register()
        owner.begin()
        owner.fill()
        for key in (owner.key, ABSENT, "x", owner.key[:-1], "%2e%2e"):
            other.key = key
            for method, name, value in (("GET", "", None), ("GET", "events", None), ("POST", "submit", {}), ("POST", "cancel", {}),
                                        ("POST", "delivery", {"values": {}}), ("PATCH", "", {"values": {}})):
                path = other.path(name) if name else other.path()
                status = other.ask(method, path, value, If_Match="*").status
                self.assertIn(status, (400, 404) if key == "%2e%2e" else (404,), f"{method} {path}")
        self.assertEqual(other.get("/api/v1/cases")["items"], [])
        other.key = owner.key
        self.refused(404, other.post, "/api/v1/cases", {"kind": "unit_issue", "agreement": other.version(), "from": owner.key})
        self.assertEqual(owner.submit()["state"], "submitted")

    def test_two_windows_do_not_overwrite_each_other(self):
        a = self.applicant("two").register()
        a.begin()
        seen = a.ask("GET", a.path()).headers["ETag"]
        values = {"values": {"unit_name": "示范一建筑有限公司"}, "section": "unit"}
        full = {"values": a.person.values("unit_issue"), "section": "unit"}
        self.refused(428, a.want, "PATCH", a.path(), full)
        a.want("PATCH", a.path(), full, If_Match=seen)
        self.refused(412, a.want, "PATCH", a.path(), values, If_Match=seen)
        fresh = a.ask("GET", a.path(), If_None_Match=seen)
        self.assertEqual((fresh.status, fresh.value["values"]["unit_name"]), (200, a.person.unit))
        self.assertEqual(a.ask("GET", a.path(), If_None_Match=fresh.headers["ETag"]).status, 304)

    def test_a_repeated_request_is_done_once(self):
        a = self.applicant("twice").register()
        first = a.begin(Idempotency_Key="begin")
        self.assertEqual(a.begin(Idempotency_Key="begin"), first)
        self.assertEqual(len(a.get("/api/v1/cases")["items"]), 1)
        a.fill()
        state = a.submit(Idempotency_Key="submit")
        self.assertEqual(a.submit(Idempotency_Key="submit"), state)
        self.refused(409, a.submit)
        self.assertEqual([e["event"] for e in a.get(a.path("events"))], ["submit", "created"])
        self.refused(422, a.post, "/api/v1/cases", {"kind": "personal_issue", "agreement": a.version()}, Idempotency_Key="begin")

    def test_registering_needs_its_code(self):
        a = self.applicant("code")
        p = a.person
        made = a.post("/api/v1/codes", {"purpose": "register", "by": "code", "to": p.phone})
        body = {"phone": p.phone, "email": p.email, "password": p.password, "by": "code", "challenge": made["challenge"]}
        self.refused(422, a.post, "/api/v1/accounts", {**body, "answer": "000000x"})
        self.refused(422, a.post, "/api/v1/accounts", {**body, "answer": "000000", "challenge": "A" * 22})
        weak = self.refused(422, a.post, "/api/v1/accounts", {**body, "answer": "1", "password": "12345678"})
        self.assertIn(("password", "weak"), weak.codes)
        self.refused(422, a.post, "/api/v1/sessions", {"account": p.phone, "password": p.password})
        again = self.refused(429, a.post, "/api/v1/codes", {"purpose": "register", "by": "code", "to": p.phone})
        self.assertEqual(again.value["status"], 429)
        code = a.inbox(p.phone, lambda m: "code" in (m.get("params") or {}))["params"]["code"]
        a.post("/api/v1/accounts", {**body, "answer": code})
        self.refused(422, a.post, "/api/v1/accounts", {**body, "answer": code})
        a.login(p.phone, p.password)
        a.want("DELETE", "/api/v1/sessions/current")
        self.refused(401, a.get, "/api/v1/account")
        self.assertEqual(Client(self.url).ask("GET", "/api/v1/cases").status, 401)


class Whole(unittest.TestCase):
    """From registering to the certificate."""

    @classmethod
    def setUpClass(cls):
        cls.hall = staffed_hall(PROGRAM).start()
        cls.url = cls.hall.urls["http"]
        cls.staff = Staff(cls.url)

    @classmethod
    def tearDownClass(cls):
        cls.staff.close()
        try:
            lines = [line for line in cls.hall.parsed() if line["level"] == "error"]
            assert not lines, lines[:3]
            assert cls.hall.stop() == 0
            print(hall_inv.check(cls.hall.data, cls.hall.key))
        finally:
            cls.hall.close()

    def applicant(self, seed, **more):
        a = Applicant(self.url, f"{self.id()} {seed}", **more)
        self.addCleanup(a.close)
        return a

    def refused(self, status, call, *args, **more):
        with self.assertRaises(Refused) as caught:
            call(*args, **more)
        self.assertEqual(caught.exception.status, status, caught.exception)
        return caught.exception

    def test_a_certificate_for_each_kind_and_medium(self):
        for kind, medium in (("unit_issue", "soft"), ("personal_issue", "soft")):
            a = self.applicant(kind + medium, kind=kind, medium=medium)
            made = a.to_certificate(self.staff)
            der = x509.load_der_x509_certificate(base64.b64decode(made["der"]))
            self.assertEqual(der.public_key().public_numbers(), a.private.public_key().public_numbers())
            self.assertEqual(f"{der.serial_number:x}", made["serial"].lstrip("0"))
            names = {n.oid: n.value for n in der.subject}
            self.assertEqual(names[NameOID.COMMON_NAME], a.person.unit if kind == "unit_issue" else a.person.name)
            self.assertEqual(a.wait_state(lambda s: s == "done"), "done")
            self.assertEqual([c["serial"] for c in a.get("/api/v1/certificates")["items"]], [made["serial"]])
            events = [e["event"] for e in a.get(a.path("events"))]
            self.assertEqual(events[0], "downloaded")
            self.assertEqual(events[-1], "created")

    def test_paper_comes_before_a_token(self):
        a = self.applicant("token", medium="ukey")
        self.assertEqual(a.to_payment(), "payment")
        a.pay()
        self.staff.approve(a.key)
        self.assertEqual(a.state(), "paper")
        lacking = self.refused(422, self.staff.act, "counter", a.key, "paper", {"date": "2026-01-05", "items": []})
        self.assertIn(("paper", "missing"), lacking.codes)
        self.staff.book_paper(a.key)
        self.assertEqual(a.state(), "active")

    def test_nothing_is_skipped(self):
        a = self.applicant("skip")
        a.register().begin()
        a.fill()
        for what, call in (("delivery", a.deliver), ("identity", a.identify)):
            self.refused(409, call)
        a.submit()
        self.refused(409, a.identify)
        a.deliver()
        self.refused(409, self.staff.act, "reviewer", a.key, "claim")
        self.refused(409, a.post, a.path("certificate"), {"csr": a.request(), "code": "A" * 20, "captcha": "abcde"})
        a.upload_all()
        self.refused(409, self.staff.act, "reviewer", a.key, "claim")
        a.identify("failed")
        self.assertEqual((a.get(a.path("identity"))["state"], a.state()), ("none", "identity"))
        a.identify()
        self.assertEqual(a.state(), "payment")
        seen = self.staff.look(a.key)["seen"]
        self.refused(409, self.staff.act, "reviewer", a.key, "approve", {"seen": seen})
        a.pay()
        self.assertEqual(a.state(), "review")
        self.refused(409, self.staff.act, "reviewer", a.key, "approve", {"seen": seen})
        self.staff.act("reviewer", a.key, "claim")
        self.refused(409, self.staff.act, "reviewer", a.key, "approve", {"seen": "0" * 64})
        self.staff.act("reviewer", a.key, "approve", {"seen": seen})
        self.assertEqual(a.state(), "active")

    def test_what_is_returned_is_mended_and_goes_on(self):
        a = self.applicant("returned")
        a.to_payment()
        a.pay()
        self.staff.act("reviewer", a.key, "claim")
        self.refused(422, self.staff.act, "reviewer", a.key, "return", {"items": [{"item": "field:none", "reason": "不存在"}]})
        self.staff.act("reviewer", a.key, "return", {"items": [{"item": "material:form", "reason": "图片不清晰"}]})
        self.assertEqual((a.state(), a.case["returned"][0]["reason"]), ("returned", "图片不清晰"))
        self.refused(409, a.upload, "unit_document")
        a.upload("form")
        self.assertEqual(a.state(), "review")
        self.staff.approve(a.key)
        self.assertEqual(a.state(), "active")

    def pay_oddly(self, habit):
        """A case at payment, and what its cashier did; nothing is waited for."""
        a = self.applicant(habit)
        a.to_payment()
        a.order()
        a.post("/api/v1/try/trades/" + a.attempt(), {"habit": habit})
        return a

    def test_a_lost_notice_is_asked_for(self):
        a = self.pay_oddly("lost")
        self.assertEqual((a.state(), a.get(a.path("order"))["state"]), ("payment", "open"))
        self.assertEqual(a.post(a.path("order/query"))["state"], "paid")
        self.assertEqual(a.state(), "review")

    def test_a_repeated_notice_is_one_payment(self):
        a = self.pay_oddly("twice")
        a.wait_state(lambda s: s == "review")
        time.sleep(2)
        self.assertEqual([e["event"] for e in a.get(a.path("events"))].count("paid"), 1)

    def test_money_of_another_sum_pays_nothing(self):
        for habit in ("less", "more", "seller", "forged", "fail"):
            a = self.pay_oddly(habit)
            time.sleep(0.5)
            self.assertEqual((a.state(), a.get(a.path("order"))["state"]), ("payment", "open"), habit)
        lines = [line for line in self.hall.parsed() if line["level"] == "error"]
        self.assertEqual(lines, [])

    def test_an_order_is_frozen_and_paid_once(self):
        a = self.applicant("order")
        a.to_payment()
        first = a.order()
        self.assertEqual((first["state"], sum(line["fen"] for line in first["lines"])), ("open", first["total"]))
        self.assertEqual(a.order()["key"], first["key"])
        trades = [a.attempt(), a.attempt()]
        for out_no in trades:
            a.post("/api/v1/try/trades/" + out_no, {"habit": "fine"})
        a.wait_state(lambda s: s == "review")
        self.assertEqual(a.get(a.path("order"))["state"], "paid")

    def test_scans_are_judged_as_on_pages(self):
        a = self.applicant("scans")
        a.register().begin()
        a.fill()
        a.submit()
        a.deliver()
        for content, code in ((b"", "empty"), (b"%PDF-1.4\n" + b"x" * 2000, "pdf"), (b"\xff\xd8\xff" + b"x" * 500, None)):
            no = self.refused(422, a.upload, "form", content) if content else None
            if no:
                field, found = next(iter(no.codes))
                self.assertEqual((field, found if code else None), ("file", code))
        self.refused(404, a.upload, "tax_document")
        self.refused(404, a.want, "DELETE", a.path("materials", "form"))
        a.upload("form")
        self.assertEqual(a.ask("GET", a.path("materials", "form", "file")).body[:3], b"\xff\xd8\xff")
        self.assertEqual(next(m for m in a.materials() if m["id"] == "form")["state"], "submitted")
        a.want("DELETE", a.path("materials", "form"))
        self.assertEqual(next(m for m in a.materials() if m["id"] == "form")["state"], "missing")

    def test_a_certificate_is_made_once_and_for_its_owner(self):
        a, other = self.applicant("once"), self.applicant("other").register()
        a.to_payment()
        a.pay()
        self.staff.approve(a.key)
        a.state()
        other.key, other.case, other.csr = a.key, a.case, other.request()
        self.refused(404, other.post, a.path("certificate"), {"csr": other.csr, "code": a.code(), "sms": "000000"})
        wrong = self.refused(422, a.download, code="A" * 20)
        self.assertIn("code", {field for field, _ in wrong.codes})
        self.assertEqual(a.get("/api/v1/certificates")["items"], [])

    def test_twenty_at_once(self):
        serials, wrong = [], []

        def one(seed):
            staff = self.staff.again()
            a = Applicant(self.url, f"whole {seed}", kind=("unit_issue", "personal_issue")[seed % 2])
            try:
                serials.append(a.to_certificate(staff)["serial"])
            except Exception as e:  # pylint: disable=broad-except
                wrong.append(repr(e))
            a.close()
            staff.close()

        threads = [threading.Thread(target=one, args=(seed,)) for seed in range(AT_ONCE)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual((wrong, len(set(serials))), ([], AT_ONCE))


if __name__ == "__main__":
    unittest.main()
