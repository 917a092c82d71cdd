#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Certificates from outside: the authorisation code, the signer's silence, what is published, freezing and revoking (S195-S202,
S220, C17, C18, T5, T13, T14). Usage: certificate_test.py CERTHALL"""
import base64
import datetime
import hashlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from hall import copy_scripts
from journey import STAFF_PASSWORD, Applicant, Client, Refused, Staff, staffed_hall
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
AT_ONCE, TRIES, WRONG = 10, 10, 100
ANSWER = "红楼梦"
WRONG_CODE = "23456789ABCDEFGHJKLM"

# What no way from outside reaches: time that passes.
SCRIPT = """
local ending = use "system/service/certificate_end"
http.post("/test/code", function(req)
    local b = req:body_json()
    local found = store.tx(function(tx)
        local right = tx:get("download", b.case)
        local life = right.code_until - tx:now()
        right.code_until = tx:now() - 1
        tx:put("download", b.case, right)
        return { code_ms = life, right_ms = right.until_ms - right.opened }
    end)
    return req:json(200, found)
end, { body = "memory" })
http.post("/test/end", function(req)
    local b = req:body_json()
    store.tx(function(tx)
        local row = tx:get("certificate", b.key)
        row.not_after = tx:now() + b.ms
        tx:put("certificate", b.key, row)
    end)
    ending.expire()
    ending.remind()
    return req:json(200, {})
end, { body = "memory" })
local quota = use "system/service/quota"
http.post("/test/minute", function(req)
    local key = quota.key("code", req:body_json().to)
    store.tx(function(tx)
        tx:delete("quota", key)
    end)
    return req:json(200, {})
end, { body = "memory" })
"""


class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="certificate-")
        cls.hall = staffed_hall(PROGRAM, scripts=copy_scripts(cls.folder.name, {"tests/certificate": SCRIPT})).start()
        cls.url, cls.codes = cls.hall.urls["http"], []
        cls.staff = Staff(cls.url)

    @classmethod
    def tearDownClass(cls):
        try:
            cls.staff.close()
            log = "\n".join(cls.hall.lines)
            assert not [code for code in cls.codes if code in log], "an authorisation code stands in the log"
            errors = [line for line in cls.hall.parsed() if line["level"] == "error"]
            assert not errors, errors[:3]
        finally:
            cls.hall.close()
            cls.folder.cleanup()

    def active(self, seed="one", **more):
        """Somebody whose case is 激活完成."""
        a = Applicant(self.url, f"{self.id()} {seed}", **more)
        self.addCleanup(a.close)
        a.to_payment()
        a.pay()
        self.staff.close()  # an idle connection may be over
        self.staff.approve(a.key)
        self.assertEqual(a.state(), "active")
        self.codes.append(a.code())
        return a

    def holder(self, seed="one"):
        a = self.active(seed)
        a.certificate = a.download()
        return a

    def refused(self, status, call, *args, **more):
        with self.assertRaises(Refused, msg=f"{args} {more}") as caught:
            call(*args, **more)
        self.assertEqual(caught.exception.status, status, caught.exception)
        return caught.exception

    def signer_pid(self):
        return [line["pid"] for line in self.hall.parsed() if line.get("msg") == "signing"][-1]

    def silence(self):
        """Stops the signer; gives what wakes it."""
        pid = self.signer_pid()
        os.kill(pid, signal.SIGSTOP)
        woken = []

        def wake():
            if not woken:
                woken.append(True)
                os.kill(pid, signal.SIGCONT)

        self.addCleanup(wake)
        return wake

    def messages(self, a, to, wanted):
        found = a.get("/api/v1/try/inbox?limit=100&to=" + urllib.parse.quote(to))["items"]
        return [m for m in found if m["id"] == wanted]


class Download(Base):
    def test_ten_at_once_are_one_certificate(self):
        a = self.active()
        csr, picture = a.request(), a.ask("GET", a.path("certificate/captcha"))
        read = a.inbox(hashlib.sha256(picture.body).hexdigest()[:16], lambda m: m["channel"] == "captcha")["params"]["text"]
        asked = {"csr": csr, "code": a.code(), "captcha": read}
        answers = []

        def one():
            client = Client(self.url)
            client.token = a.token
            answers.append(client.ask("POST", a.path("certificate"), asked))
            client.close()

        threads = [threading.Thread(target=one) for _ in range(AT_ONCE)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual([r.status for r in answers], [200] * AT_ONCE, [r.value for r in answers])
        self.assertEqual(len({r.value["der"] for r in answers}), 1)
        self.assertEqual(len(a.get("/api/v1/certificates")["items"]), 1)
        self.assertEqual(a.state(), "done")
        self.assertEqual(a.post(a.path("certificate"), {"csr": csr})["der"], answers[0].value["der"])
        self.refused(409, a.post, a.path("certificate"), {"csr": a.request(), "code": asked["code"]})

    def test_a_certificate_says_what_was_reviewed(self):
        a = self.holder()
        made = x509.load_der_x509_certificate(base64.b64decode(a.certificate["der"]))
        names = {n.rfc4514_attribute_name: n.value for n in made.subject}
        values = a.person.values(a.kind, a.medium)
        self.assertEqual((names["C"], names["O"], names["CN"]), ("CN", values["unit_name"], values["unit_name"]))
        self.assertEqual(made.public_key().public_numbers(), a.private.public_key().public_numbers())
        self.assertEqual(f"{made.serial_number:040x}"[-len(a.certificate["serial"]):], a.certificate["serial"])
        for url in self.urls_of(made):
            self.assertTrue(url.startswith(self.url + "/ca/"), url)
            if not url.endswith("/ocsp"):
                self.assertEqual(self.hall.get(urllib.parse.urlsplit(url).path)[0], 200, url)

    def urls_of(self, made):
        points = made.extensions.get_extension_for_oid(ExtensionOID.CRL_DISTRIBUTION_POINTS).value
        access = made.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
        self.assertEqual({d.access_method for d in access}, {AuthorityInformationAccessOID.OCSP, AuthorityInformationAccessOID.CA_ISSUERS})
        return [name.value for p in points for name in p.full_name] + [d.access_location.value for d in access]

    def test_a_hundred_wrong_codes_are_ten(self):
        a = self.active()
        a.request()
        said = [self.refused(422, a.download, code=WRONG_CODE) for _ in range(WRONG)]
        self.assertEqual([("code", "wrong") in e.codes for e in said], [True] * (TRIES - 1) + [False] * (WRONG - TRIES + 1))
        self.assertTrue(all(("code", "locked") in e.codes for e in said[TRIES - 1:]))
        self.assertIn(("code", "locked"), self.refused(422, a.download).codes)
        self.assertEqual(len(self.messages(a, a.person.phone, "code_locked")), 1)
        self.assertEqual(self.refused(422, a.post, a.path("certificate/code")).codes, {("sms", "proof")})
        self.send_sms(a, "unlock")
        sms = self.messages(a, a.person.phone, "code")[0]["params"]["code"]
        before = a.code()
        a.post(a.path("certificate/code"), {"sms": sms})
        self.codes.append(a.inbox(a.person.email, lambda m: m["id"] == "download" and before not in m["text"])["id"])
        self.assertNotEqual(a.code(), before)
        self.assertIn(("code", "wrong"), self.refused(422, a.download, code=before).codes)
        a.download()

    def send_sms(self, a, purpose):
        """A number gets one code a minute, and registering took one."""
        while (sent := a.ask("POST", a.path("certificate/sms"), {"purpose": purpose})).status == 429:
            a.close()
            time.sleep(int(sent.headers["Retry-After"]))
        self.assertEqual(sent.status, 202)

    def test_a_code_is_sent_three_times_a_day(self):
        a = self.active()
        codes = [a.code()]
        for _ in range(3):
            a.post(a.path("certificate/code"))
            codes.append(a.code())
        self.refused(409, a.post, a.path("certificate/code"))
        self.assertEqual(len(set(codes)), 4)
        self.codes.extend(codes)
        for mail in self.messages(a, a.person.email, "download"):
            self.assertNotIn("http", mail["text"])
        self.assertIn(("code", "wrong"), self.refused(422, a.download, code=codes[0]).codes)
        spaced = " ".join(codes[3][i:i + 4] for i in range(0, 20, 4))
        self.assertEqual(a.download(code=spaced)["state"], "valid")

    def test_a_code_lives_seven_days_and_the_right_a_hundred_and_eighty(self):
        a, day = self.active(), 24 * 3600 * 1000
        status, lives = self.hall.ask_json("POST", "/test/code", {"case": a.key})
        self.assertEqual((status, round(lives["code_ms"] / day), lives["right_ms"]), (200, 7, 180 * day))
        old = a.code()
        self.assertIn(("code", "expired"), self.refused(422, a.download, code=old).codes)
        a.post(a.path("certificate/code"))
        self.codes.append(a.code())
        self.assertEqual(a.download()["state"], "valid")

    def test_years_count_from_issue(self):
        a = self.active()
        page = Visitor(self.hall).login(a.person.phone, a.person.password)
        estimate = page.get("/case/" + a.key).text()
        desk = Visitor(self.hall).login("reviewer1", STAFF_PASSWORD)
        desk_estimate = desk.get("/staff/case/" + a.key).text()
        made = x509.load_der_x509_certificate(base64.b64decode(a.download()["der"]))
        begin, end = made.not_valid_before, made.not_valid_after
        now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
        self.assertLess(abs((now - begin).total_seconds()), 3600)
        self.assertEqual((end.year - begin.year, end.month), (1, begin.month))
        for one in (estimate, desk_estimate):
            self.assertRegex(one, "证书到期时间 %d年.{1,12}（按今天估算，实际从签发之日起计算）" % (now.year + 1))
        shown = (end + datetime.timedelta(hours=8)).date()
        for text in (page.get("/case/" + a.key).text(), desk.get("/staff/case/" + a.key).text()):
            self.assertIn("证书到期时间 %d年%d月%d日 " % (shown.year, shown.month, shown.day), text)

    def test_a_bad_request_costs_no_try(self):
        a = self.active()
        for csr, word in (("hello", "csr.not_pem"), (a.request().replace("CERTIFICATE REQUEST", "CERTIFICATE"), "csr.wrong_label")):
            found = self.refused(422, a.post, a.path("certificate"), {"csr": csr, "code": a.code()})
            self.assertEqual(found.codes, {("csr", word)})
        self.assertEqual(self.refused(422, a.post, a.path("certificate"), {"csr": a.request(), "code": a.code(), "captcha": "0"}).codes,
                         {("captcha", "proof")})
        a.download()

    def test_a_stranger_finds_nothing(self):
        a, b = self.holder("one"), self.active("two")
        for path in ("certificate/captcha",):
            self.refused(404, b.get, a.path(path))
        self.refused(404, b.post, a.path("certificate"), {"csr": b.request(), "code": b.code()})
        self.refused(404, b.get, "/api/v1/certificates/" + a.certificate["key"])
        self.refused(404, b.post, f"/api/v1/certificates/{a.certificate['key']}/revoke", {"password": b.person.password})

    def test_an_ukey_waits_for_its_parcel(self):
        a = Applicant(self.url, self.id(), medium="ukey")
        self.addCleanup(a.close)
        a.to_payment()
        a.pay()
        self.staff.close()  # an idle connection may be over
        self.staff.approve(a.key)
        self.staff.book_paper(a.key)
        self.assertEqual(a.state(), "active")
        self.assertEqual(self.messages(a, a.person.email, "download"), [])
        self.refused(422, a.post, a.path("certificate"), {"csr": a.request(), "code": WRONG_CODE, "captcha": "x"})


class Silent(Base):
    def test_a_silent_signer_costs_nothing(self):
        a = self.active()
        wake = self.silence()
        self.assertIn("授权码仍然有效", self.refused(503, a.download).value["detail"])
        self.assertEqual(a.state(), "active")
        self.assertEqual(self.refused(503, a.post, a.path("certificate"), {"csr": a.csr}).status, 503)
        wake()
        made = a.post(a.path("certificate"), {"csr": a.csr})
        self.assertEqual(a.state(), "done")
        self.assertEqual(len(a.get("/api/v1/certificates")["items"]), 1)
        self.assertEqual(made["state"], "valid")

    def test_a_killed_signer_comes_back(self):
        a = self.active()
        os.kill(self.signer_pid(), signal.SIGKILL)
        end = time.monotonic() + 30
        while True:
            try:
                made = a.download() if not a.csr else a.post(a.path("certificate"), {"csr": a.csr})
                break
            except Refused as e:
                self.assertEqual(e.status, 503)
                self.assertLess(time.monotonic(), end)
                time.sleep(0.2)
        self.assertEqual((made["state"], a.state()), ("valid", "done"))

    def test_what_was_issued_unseen_is_found(self):
        a = self.active()
        wake = self.silence()
        self.refused(503, a.download)
        wake()
        type(self).hall.stop()
        type(self).hall.start()
        type(self).url = self.hall.urls["http"]
        a.host = urllib.parse.urlsplit(self.url).netloc
        a.close()
        self.staff.close()
        type(self).staff = self.staff.again(self.url)
        a.wait_state(lambda s: s == "done", 30)
        self.assertEqual(a.get("/api/v1/certificates")["items"][0]["state"], "valid")

    def test_the_brake_works_without_the_signer(self):
        a = self.holder()
        key, wake = a.certificate["key"], self.silence()
        frozen = a.post(f"/api/v1/certificates/{key}/freeze", {"password": a.person.password})
        self.assertEqual((frozen["waiting"], frozen["operations"]), ("freeze", []))
        wake()
        end = time.monotonic() + 60
        while a.get("/api/v1/certificates/" + key)["state"] != "frozen":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.5)
        self.assertEqual(a.get("/api/v1/certificates/" + key)["waiting"], "")


class Published(Base):
    def run_openssl(self, *words):
        done = subprocess.run(["openssl", *words], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout + done.stderr

    def files(self, a):
        """Paths of the CA's files and of the certificate, in PEM."""
        folder = tempfile.mkdtemp(dir=self.folder.name)
        at = {}
        for name, path, kind in (("root", "p256-root.cer", "x509"), ("ca", "p256.cer", "x509"), ("crl", "p256.crl", "crl"),
                                 ("root_crl", "p256-root.crl", "crl")):
            status, headers, body = self.hall.get("/ca/" + path)
            self.assertEqual((status, headers["Content-Type"]), (200, "application/pkix-" + ("cert" if kind == "x509" else "crl")))
            at[name] = os.path.join(folder, name)
            with open(at[name] + ".der", "wb") as f:
                f.write(body)
            self.run_openssl(kind, "-inform", "DER", "-in", at[name] + ".der", "-out", at[name])
        at["own"] = os.path.join(folder, "own")
        made = x509.load_der_x509_certificate(base64.b64decode(a.certificate["der"]))
        with open(at["own"], "wb") as f:
            f.write(made.public_bytes(serialization.Encoding.PEM))
        return at

    def verify(self, a):
        at = self.files(a)
        return self.run_openssl("verify", "-x509_strict", "-crl_check", "-CAfile", at["root"], "-untrusted", at["ca"], "-CRLfile",
                                at["crl"], at["own"])

    def ask_ocsp(self, a, serial=None):
        at = self.files(a)
        what = ["-serial", str(serial)] if serial else ["-cert", at["own"]]
        return self.run_openssl("ocsp", "-issuer", at["ca"], *what, "-url", self.url + "/ca/ocsp", "-CAfile", at["root"], "-text")

    def test_chain_and_lists_hold_for_other_programs(self):
        a = self.holder()
        self.assertIn(": OK", self.verify(a))
        at = self.files(a)
        whole = os.path.join(os.path.dirname(at["own"]), "whole")
        pem = a.ask("GET", f"/api/v1/certificates/{a.certificate['key']}.pem")
        self.assertEqual((pem.status, pem.headers["Content-Type"]), (200, "application/pem-certificate-chain"))
        with open(whole, "wb") as f:
            f.write(pem.body)
        done = subprocess.run(["certtool", "--verify", "--load-ca-certificate", at["root"], "--infile", whole], capture_output=True,
                              text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_lists_may_be_cached_but_not_for_long(self):
        status, headers, _ = self.hall.get("/ca/p256.crl")
        self.assertEqual(status, 200)
        age = int(re.search(r"max-age=(\d+)", headers["Cache-Control"])[1])
        self.assertTrue(0 < age <= 300, age)
        again = self.hall.get("/ca/p256.crl", headers={"If-None-Match": headers["ETag"]})
        self.assertEqual((again[0], again[2]), (304, b""))
        for path in ("nothing.crl", "p256.pem", "p256-root.key"):
            self.assertEqual(self.hall.get("/ca/" + path)[0], 404, path)

    def test_ocsp_follows_freezing_and_revoking(self):
        a = self.holder()
        path = f"/api/v1/certificates/{a.certificate['key']}/"
        said = self.ask_ocsp(a)
        self.assertIn("Response verify OK", said)
        self.assertRegex(said, "own: good")
        self.assertEqual(self.refused(422, a.post, path + "freeze", {"password": "wrong"}).codes, {("password", "password")})
        self.refused(409, a.post, path + "unfreeze", {"password": a.person.password, "answer": "红楼梦", "sms": "123456"})
        self.assertEqual(a.post(path + "freeze", {"password": a.person.password})["state"], "frozen")
        self.assertRegex(self.ask_ocsp(a), "own: revoked[\\s\\S]*certificateHold")
        self.assertIn("certificate revoked", self.verify(a))
        self.assertEqual(self.unfreeze(a)["operations"], ["freeze", "revoke"])
        self.assertRegex(self.ask_ocsp(a), "own: good")
        self.assertIn(": OK", self.verify(a))
        gone = a.post(path + "revoke", {"password": a.person.password, "reason": 1})
        self.assertEqual((gone["state"], gone["operations"]), ("invalid", []))
        self.assertRegex(self.ask_ocsp(a), "own: revoked[\\s\\S]*keyCompromise")
        self.assertIn("certificate revoked", self.verify(a))
        self.refused(409, a.post, path + "unfreeze", {"password": a.person.password, "answer": "红楼梦", "sms": "123456"})
        self.assertEqual([m["params"]["what"] for m in self.messages(a, a.person.phone, "certificate_changed")], ["撤销", "解冻", "冻结"])

    def sms_code(self, a):
        self.hall.ask_json("POST", "/test/minute", {"to": a.person.phone})
        before = len(self.messages(a, a.person.phone, "code"))
        a.post(f"/api/v1/certificates/{a.certificate['key']}/verification")
        for _ in range(100):
            found = self.messages(a, a.person.phone, "code")
            if len(found) > before:
                return found[0]["params"]["code"]
            time.sleep(0.05)
        raise AssertionError("no code came")

    def unfreeze(self, a, **change):
        value = {"password": a.person.password, "answer": ANSWER, "sms": change.get("sms") or self.sms_code(a), **change}
        return a.post(f"/api/v1/certificates/{a.certificate['key']}/unfreeze", value)

    def test_unfreezing_asks_for_answer_and_code_and_freezing_for_neither(self):
        """C12: the brake is easy; who lets it go knows the answer, too, and has the handler's phone."""
        a = self.holder()
        path = f"/api/v1/certificates/{a.certificate['key']}/"
        self.refused(409, a.post, path + "verification")
        a.post(path + "freeze", {"password": a.person.password})
        self.assertRegex(a.get(path + "verification")["question"], "？$")
        self.assertEqual(self.refused(422, a.post, path + "unfreeze", {"password": a.person.password}).codes,
                         {("answer", "missing"), ("sms", "missing")})
        code = self.sms_code(a)
        for change, said in (({"password": "wrong"}, ("password", "password")), ({"sms": "000000" if code != "000000" else "1"}, ("sms", "proof")),
                             ({"answer": "西游记"}, ("answer", "answer"))):
            self.assertEqual(self.refused(422, self.unfreeze, a, **{"sms": code, **change}).codes, {said}, change)
        self.assertEqual(a.get(path[:-1])["state"], "frozen")
        self.assertEqual(self.unfreeze(a, sms=code, answer=f" {ANSWER} ")["state"], "valid")
        a.post(path + "freeze", {"password": a.person.password})
        self.assertEqual(self.refused(422, self.unfreeze, a, sms=code).codes, {("sms", "proof")}, "a code is good once")

    def test_a_forgotten_answer_is_replaced_when_a_reviewer_agrees(self):
        """C12: a code to the handler's phone and a reviewer; until then the old answer holds."""
        a = self.holder()
        path = f"/api/v1/certificates/{a.certificate['key']}/"
        a.post(path + "freeze", {"password": a.person.password})
        page = Visitor(self.hall).login(a.person.phone, a.person.password)
        self.assertIn(f'href="/case/{a.key}/answer"', page.get(f"/certificate/{a.certificate['key']}/unfreeze").page)
        for agree in (False, True):
            self.ask_wish(a, page, "answer", "三国演义")
            self.refused(409, a.post, a.path("answer"), {"password": a.person.password, "sms": "1", "answer": "另一个"})
            with self.assertRaises(Refused):
                self.unfreeze(a, answer="三国演义")
            self.decide_wish(a, agree, "重设验证答案")
        self.assertEqual(self.refused(422, self.unfreeze, a).codes, {("answer", "answer")})
        self.assertEqual(self.unfreeze(a, answer="三国演义")["state"], "valid")

    def ask_wish(self, a, page, what, value):
        at, good = f"/case/{a.key}/{what}", {what: value, "password": a.person.password}
        self.assertEqual(page.get(at).status, 200)
        self.hall.ask_json("POST", "/test/minute", {"to": a.person.phone})
        before = len(self.messages(a, a.person.phone, "code"))
        page.post(at, {**good, "_send_sms": "yes"})
        while len(found := self.messages(a, a.person.phone, "code")) == before:
            time.sleep(0.05)
        for change in ({"password": "wrong"}, {"sms": ""}, {what: " "}):
            self.assertEqual(page.get(at).post(at, {**good, "sms": found[0]["params"]["code"], **change}).status, 422, change)
        page.post(at, {**good, "sms": found[0]["params"]["code"]})
        self.assertIn("请求已收到", page.text())

    def decide_wish(self, a, agree, label):
        desk, at = Visitor(self.hall).login("reviewer1", STAFF_PASSWORD), "/staff/case/" + a.key
        self.assertIn("请求" + label, desk.get("/staff/todos").text())
        self.assertIn("已验证登录密码和手机", desk.get(at).text())
        self.assertEqual(desk.post(at, {"act": "wish_refuse", "wish_why": ""}).status, 422)
        desk.post(at, {"act": "wish_grant"} if agree else {"act": "wish_refuse", "wish_why": "电话核实不是本人"})
        self.assertIn("请求已处理", desk.text())
        told = self.messages(a, a.person.phone, "wish_granted" if agree else "wish_refused")
        self.assertIn(label + ("已办理" if agree else "没有办理，原因：电话核实不是本人"), told[0]["text"])

    def test_a_wrong_mail_address_is_corrected_and_its_code_void(self):
        """C18: a code goes to the certificate's address and nowhere else, also when that is another one now."""
        a = self.active()
        first, page = a.code(), Visitor(self.hall).login(a.person.phone, a.person.password)
        self.assertIn(f'href="/case/{a.key}/mail"', page.get(f"/case/{a.key}/download/code").page)
        self.ask_wish(a, page, "mail", "right@hall.example")
        self.assertEqual(self.messages(a, "right@hall.example", "download"), [])
        self.decide_wish(a, True, "更正证书邮箱")
        sent = a.inbox("right@hall.example", lambda m: m["id"] == "download")
        self.assertEqual(len(self.messages(a, a.person.email, "download")), 1)
        self.assertIn("right@hall.example", page.get(f"/case/{a.key}/download/code").text())
        self.assertIn(("code", "wrong"), self.refused(422, a.download, code=first).codes)
        fresh = re.search("授权码：([0-9A-Za-z]{20})", sent["text"])[1]
        self.codes.append(fresh)
        self.assertEqual(a.download(code=fresh)["state"], "valid")

    def test_a_hundred_guessed_answers_are_ten(self):
        """Whoever has the phone and the password, but not the answer."""
        a = self.holder()
        a.post(f"/api/v1/certificates/{a.certificate['key']}/freeze", {"password": a.person.password})
        code = self.sms_code(a)
        said = [self.refused(422, self.unfreeze, a, sms=code, answer=f"猜测{i}").value["errors"][0]["message"] for i in range(13)]
        self.assertEqual(len([s for s in said if "不正确" in s]), 10)
        self.assertEqual(len([s for s in said if "次数太多" in s]), 3)
        self.assertEqual(self.refused(422, self.unfreeze, a, sms=code).codes, {("answer", "answer")}, "not even the right one now")

    def test_ocsp_never_says_good_of_what_is_unknown(self):
        a = self.holder()
        self.assertRegex(self.ask_ocsp(a, serial="0x1234567890abcdef1234"), ": unknown")

    def test_ocsp_by_get(self):
        a = self.holder()
        at = self.files(a)
        own, ca = (x509.load_pem_x509_certificate(read_file(at[name])) for name in ("own", "ca"))
        for nonce in range(8):
            built = ocsp.OCSPRequestBuilder().add_certificate(own, ca, SHA1()).add_extension(
                x509.OCSPNonce(os.urandom(16 + nonce)), False).build()
            encoded = base64.b64encode(built.public_bytes(serialization.Encoding.DER)).decode()
            for safe in ("", "/+="):
                status, headers, body = self.hall.get("/ca/ocsp/" + urllib.parse.quote(encoded, safe=safe))
                self.assertEqual((status, headers["Content-Type"]), (200, "application/ocsp-response"), encoded)
                answer = ocsp.load_der_ocsp_response(body)
                self.assertEqual(answer.response_status, ocsp.OCSPResponseStatus.SUCCESSFUL)
                self.assertEqual(answer.certificate_status, ocsp.OCSPCertStatus.GOOD)
        self.assertEqual(self.hall.get("/ca/ocsp/@@@@")[0], 400)
        self.assertEqual(self.hall.ask("POST", "/ca/ocsp", b"x", {"Content-Type": "text/plain"})[0], 415)
        malformed = self.hall.ask("POST", "/ca/ocsp", b"x", {"Content-Type": "application/ocsp-request"})
        self.assertEqual(ocsp.load_der_ocsp_response(malformed[2]).response_status, ocsp.OCSPResponseStatus.MALFORMED_REQUEST)

    def test_reminders_come_once_and_the_end_comes(self):
        a = self.holder()
        key, day = a.certificate["key"], 24 * 3600 * 1000
        told = []
        for days in (61, 59, 59, 29.5, 6.5, 6.4, 0.5, 0.4):
            self.assertEqual(self.hall.ask_json("POST", "/test/end", {"key": key, "ms": int(days * day)})[0], 200)
            told.append([m["params"]["days"] for m in reversed(self.messages(a, a.person.phone, "expiring"))])
        self.assertEqual([len(t) for t in told], [0, 1, 1, 2, 3, 3, 4, 4])
        self.assertEqual(told[-1], ["59", "30", "7", "1"])
        self.assertEqual(len(a.get("/api/v1/certificates?state=soon")["items"]), 1)
        page = Visitor(self.hall).login(a.person.phone, a.person.password)
        for days, count in ((61, 0), (59, 1)):
            self.hall.ask_json("POST", "/test/end", {"key": key, "ms": days * day})
            self.assertIn(f"{count} 即将到期的证书", page.get("/user").text())
            self.assertIn(f"记录数 {count} 条", page.get("/user/certificates?tab=soon").text())
        self.hall.ask_json("POST", "/test/end", {"key": key, "ms": -1})
        self.assertEqual(a.get("/api/v1/certificates/" + key)["state"], "invalid")


def read_file(path):
    with open(path, "rb") as f:
        return f.read()


if __name__ == "__main__":
    unittest.main(verbosity=2)
