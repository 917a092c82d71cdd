#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The signer from outside: what it signs, what it refuses, kills in the middle, who may ask. Usage: signer_test.py
CERTHALL-SIGNER. CERTHALL_LONG=1 asks more often."""
import base64
import concurrent.futures
import datetime
import hashlib
import json
import os
import random
import re
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from signer import SUBJECT, Refused, Request, Signer, new_id, read_frame, run, send_frame, voucher

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = os.environ.get("CERTHALL_LONG") == "1"
FORGERIES = 10000 if LONG else 1000
KILLS = 300 if LONG else 20
E_DENIED, E_CONFLICT, E_BUSY, E_TIMEOUT, E_INVALID, E_TOO_BIG, E_NOT_FOUND, E_PROTOCOL = -7, -6, -8, -9, -1, -3, -4, -19


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


def pem(der, label="CERTIFICATE"):
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(der) + f"-----END {label}-----\n".encode()


def crl_at_least(number):
    return lambda found: found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number >= number


class Base(unittest.TestCase):
    def setUp(self):
        self.signer = Signer(PROGRAM, **getattr(self, "OPTIONS", {})).start()
        self.addCleanup(self.signer.close)
        self.request = Request()

    def refused(self, code, call, *words, **more):
        with self.assertRaises(Refused) as caught:
            call(*words, **more)
        self.assertEqual(caught.exception.code, code, caught.exception)
        return caught.exception

    def count(self):
        return len([c for c in self.signer.changes()[0] if c["event"] == "issued"])


class Issue(Base):
    def test_other_programs_accept_what_it_makes(self):
        s = self.signer
        result, der = s.issue(s.ticket(self.request, years=2), self.request)
        revoked, der2 = s.issue(s.ticket(self.request), self.request)
        s.revoke(revoked["serial"])
        serial = int(revoked["serial"], 16)
        _, crl = s.wait_crl(lambda c: c.get_revoked_certificate_by_serial_number(serial), 1)
        chain = s.chain()[0]
        with tempfile.TemporaryDirectory() as folder:
            root = write(folder, "root.pem", pem(base64.b64decode(chain["root"])))
            issuing = write(folder, "issuing.pem", pem(base64.b64decode(chain["certificate"])))
            lists = write(folder, "crl.pem", pem(crl.public_bytes(serialization.Encoding.DER), "X509 CRL") +
                          pem(base64.b64decode(chain["root_crl"]), "X509 CRL"))
            for name, made, good in (("good.pem", der, True), ("revoked.pem", der2, False)):
                one = write(folder, name, pem(made))
                done = run("openssl", "verify", "-x509_strict", "-crl_check_all", "-CAfile", root, "-untrusted", issuing,
                           "-CRLfile", lists, one)
                self.assertEqual(done.returncode == 0, good, done.stderr + done.stdout)
            done = run("certtool", "--verify", "--load-ca-certificate", root,
                       stdin=pem(der) + pem(base64.b64decode(chain["certificate"])))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.check_content(result, x509.load_der_x509_certificate(der))

    def check_content(self, result, cert):
        self.assertEqual(cert.serial_number, int(result["serial"], 16))
        self.assertEqual(hashlib.sha256(cert.public_bytes(serialization.Encoding.DER)).hexdigest(), result["sha256"])
        self.assertEqual(cert.public_key().public_bytes(serialization.Encoding.DER,
                                                        serialization.PublicFormat.SubjectPublicKeyInfo), self.request.spki)
        names = {a.oid: a.value for a in cert.subject}
        self.assertEqual(names, {NameOID.COUNTRY_NAME: "CN", NameOID.ORGANIZATION_NAME: "测试单位", NameOID.COMMON_NAME: "ceshi01"})
        self.assertFalse(cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        days = (cert.not_valid_after - cert.not_valid_before).days
        self.assertIn(days, (730, 731))

    def test_the_same_ticket_gives_the_same_certificate(self):
        s = self.signer
        ticket = s.ticket(self.request)
        first = s.issue(ticket, self.request)
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            for again in pool.map(lambda _: s.issue(ticket, self.request), range(40)):
                self.assertEqual(again, first)
        other = Request()
        self.refused(E_CONFLICT, s.issue, ticket, other)
        self.assertEqual(self.count(), 1)

    def test_a_case_has_one_certificate_for_each_line(self):
        s = self.signer
        case = new_id()
        first, der = s.issue(s.ticket(self.request, case=case), self.request)
        self.assertEqual(s.issue(s.ticket(self.request, case=case), self.request)[1], der)
        other = Request()
        self.refused(E_CONFLICT, s.issue, s.ticket(other, case=case), other)
        self.assertNotEqual(s.issue(s.ticket(other, case=case, line=1), other)[1], der)
        s.revoke(first["serial"])
        self.assertNotEqual(s.issue(s.ticket(other, case=case), other)[1], der)

    def test_many_at_once_with_one_ticket(self):
        s = self.signer
        requests = [Request() for _ in range(6)]
        case = new_id()
        tickets = [(s.ticket(r, case=case), r) for r in requests] * 6
        random.shuffle(tickets)
        made = set()

        def one(pair):
            try:
                made.add(s.issue(*pair)[1])
            except Refused as r:
                self.assertIn(r.code, (E_CONFLICT, E_BUSY))
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            list(pool.map(one, tickets))
        self.assertEqual(len(made), 1)
        self.assertEqual(self.count(), 1)

    def test_renewals_out_of_season_are_refused(self):
        s = self.signer
        old = s.ticket(self.request, id="old00000000000000000000000")
        s.issue(old, self.request)
        # A year is left: too early.
        self.refused(E_DENIED, s.issue, s.ticket(self.request, renews="old00000000000000000000000"), self.request)
        self.refused(E_DENIED, s.issue, s.ticket(self.request, renews="never"), self.request)


class Refuse(Base):
    OPTIONS = {"per_name": 100000, "per_minute": 1000000}

    def forge(self, kind):
        s, now = self.signer, int(time.time() * 1000)
        if kind == "key":
            return s.ticket(self.request, key=os.urandom(32))
        if kind == "expired":
            return s.ticket(self.request, expires_ms=now - random.randrange(1, 10 ** 9))
        if kind == "label":
            return voucher(s.key, "certhall revocation", {"id": new_id(), "case": "c", "spki_sha256": self.request.digest})
        ticket = bytearray(s.ticket(self.request).encode())
        if kind == "bit":
            at = random.randrange(len(ticket))
            ticket[at] ^= 1 << random.randrange(7)
        elif kind == "cut":
            del ticket[random.randrange(len(ticket) - 1):]
        elif kind == "swap":
            head, mac = ticket.split(b".")
            text = json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))
            text["years"], text["subject"] = 5, dict(SUBJECT, CN="root")
            ticket = base64.urlsafe_b64encode(json.dumps(text).encode()).rstrip(b"=") + b"." + mac
        return bytes(ticket).decode("latin-1")

    def test_forged_altered_and_expired_tickets(self):
        kinds = ("key", "expired", "label", "bit", "cut", "swap")
        with self.signer.connect() as c:
            for i in range(FORGERIES):
                try:
                    self.signer.issue(self.forge(kinds[i % len(kinds)]), self.request, c)
                    self.fail("a forged ticket was taken")
                except Refused as r:
                    self.assertIn(r.code, (E_DENIED, E_TIMEOUT))
        self.assertEqual(self.count(), 0)

    def test_replayed_tickets(self):
        ticket = self.signer.ticket(self.request)
        made = {self.signer.issue(ticket, self.request)[1] for _ in range(50)}
        self.assertEqual((len(made), self.count()), (1, 1))

    def test_what_the_request_wishes_is_ignored(self):
        wishes = [x509.BasicConstraints(ca=True, path_length=None),
                  x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.SERVER_AUTH]),
                  x509.SubjectAlternativeName([x509.DNSName("bank.example")])]
        wishing = Request(names=["别的名字", "root"], extensions=wishes)
        der = self.signer.issue(self.signer.ticket(wishing), wishing)[1]
        cert = x509.load_der_x509_certificate(der)
        self.assertFalse(cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
        usages = list(cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
        self.assertNotIn(ExtendedKeyUsageOID.OCSP_SIGNING, usages)
        self.assertNotIn(ExtendedKeyUsageOID.SERVER_AUTH, usages)
        with self.assertRaises(x509.ExtensionNotFound):
            cert.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        self.assertEqual([a.value for a in cert.subject], ["CN", "测试单位", "ceshi01"])

    def test_what_a_ticket_may_not_ask(self):
        ask = lambda **m: self.signer.issue(self.signer.ticket(self.request, **m), self.request)
        for code, members in (
                (E_DENIED, {"profile": "root"}), (E_DENIED, {"profile": "issuing"}), (E_DENIED, {"profile": "ocsp"}),
                (E_DENIED, {"profile": "no_such"}), (E_DENIED, {"years": 100}), (E_DENIED, {"years": 0}),
                (E_DENIED, {"years": -1}), (E_DENIED, {"subject": dict(SUBJECT, C="US")}),
                (E_DENIED, {"subject": dict(SUBJECT, O="样例数字认证中心")}),
                (E_DENIED, {"subject": dict(SUBJECT, CN="样例数字认证中心 P-256 签发证书")}),
                (E_INVALID, {"subject": dict(SUBJECT, dns="bank.example")}), (E_INVALID, {"subject": dict(SUBJECT, CN="a\0b")}),
                (E_INVALID, {"subject": dict(SUBJECT, CN="a\u202eb")}), (E_TOO_BIG, {"subject": dict(SUBJECT, CN="x" * 65)}),
                (E_INVALID, {"subject": dict(SUBJECT, CN="")}), (E_INVALID, {"subject": {"C": "CN", "CN": "x"}}),
                (E_INVALID, {"subject": []}), (E_INVALID, {"case": ""}), (E_INVALID, {"case": "x" * 65})):
            self.refused(code, ask, **members)
        self.assertEqual(self.count(), 0)

    def test_requests_that_are_none(self):
        s = self.signer
        for body in (b"", b"x", self.request.der[:-1], self.request.der + b"\0", os.urandom(200)):
            broken = Request()
            broken.der, broken.digest = body, self.request.digest
            with self.assertRaises(Refused):
                s.issue(s.ticket(self.request), broken)
        self.assertEqual(self.count(), 0)

    def test_frames_that_are_none(self):
        good = {"op": "status"}
        for bad in (b"{}", b"[]", b"", b"\xff\xfe", b'{"op":"sign"}', b'{"op":"status","x":1}', b'{"op":"changes"}',
                    b'{"op":"changes","number":-1}', b'{"op":"changes","number":"1"}', b'{"op":"issue","voucher":1}',
                    b'{"op":"status","op":"crl"}', b"[" * 100):
            with self.signer.connect() as c:
                send_frame(c, bad)
                answer, _ = read_frame(c)
                self.assertEqual(answer["code"], E_PROTOCOL, (bad, answer))
                self.signer.ask(good, s=c)  # the connection goes on
        for head in (struct.pack(">II", 1 << 20, 0), struct.pack(">II", 2, 1 << 30), b"\xff" * 8):
            with self.signer.connect() as c:
                c.sendall(head + b"x" * 100)
                self.assertEqual(c.recv(1), b"")
        self.signer.ask(good)


class Revoke(Base):
    def entry(self, serial, seconds=1, there=True):
        number = int(serial, 16)
        started = time.monotonic()
        found = self.signer.wait_crl(
            lambda c: bool(c.get_revoked_certificate_by_serial_number(number)) == there, seconds)[1]
        self.assertLess(time.monotonic() - started, seconds)
        return found.get_revoked_certificate_by_serial_number(number)

    def made(self, **members):
        request = Request()
        return self.signer.issue(self.signer.ticket(request, **members), request)

    def test_freeze_unfreeze_revoke(self):
        s, (result, _) = self.signer, self.made()
        serial = result["serial"]
        self.assertEqual(s.revoke(serial, "freeze", 0)["state"], "hold")
        self.assertEqual(self.entry(serial).extensions[0].value.reason, x509.ReasonFlags.certificate_hold)
        self.assertEqual(s.revoke(serial, "unfreeze", 0)["state"], "good")
        self.entry(serial, there=False)
        self.assertEqual(s.revoke(serial, "revoke", 4)["state"], "revoked")
        self.assertEqual(self.entry(serial).extensions[0].value.reason, x509.ReasonFlags.superseded)
        self.refused(E_CONFLICT, s.revoke, serial, "unfreeze", 0)
        self.assertEqual([c["event"] for c in s.changes()[0]], ["issued", "frozen", "unfrozen", "revoked"])

    def test_an_order_is_carried_out_once(self):
        s, (result, _) = self.signer, self.made()
        order = s.order(result["serial"], "freeze")
        s.ask({"op": "revoke", "voucher": order})
        s.revoke(result["serial"], "unfreeze", 0)
        self.assertEqual(s.ask({"op": "revoke", "voucher": order})[0]["state"], "good")

    def test_orders_that_are_none(self):
        s, (result, _) = self.signer, self.made()
        serial = result["serial"]
        self.refused(E_DENIED, s.revoke, serial, key=os.urandom(32))
        self.refused(E_TIMEOUT, s.revoke, serial, expires_ms=1)
        self.refused(E_NOT_FOUND, s.revoke, "40" * 16)
        self.refused(E_INVALID, s.revoke, "40")
        for reason in (6, 7, 8, 11):
            self.refused(E_INVALID, s.revoke, serial, reason=reason)
        self.refused(E_DENIED, s.ask, {"op": "revoke", "voucher": s.ticket(self.request)})
        self.assertEqual(len(s.changes()[0]), 1)

    def test_ocsp(self):
        s, (result, der) = self.signer, self.made()
        cert = x509.load_der_x509_certificate(der)
        ca = x509.load_der_x509_certificate(base64.b64decode(s.chain()[0]["certificate"]))

        def status(c, issuer=ca):
            question = ocsp.OCSPRequestBuilder().add_certificate(c, issuer, hashes.SHA1()).build()
            answer = s.ask({"op": "ocsp"}, question.public_bytes(serialization.Encoding.DER))[1]
            return ocsp.load_der_ocsp_response(answer)
        self.assertEqual(status(cert).certificate_status, ocsp.OCSPCertStatus.GOOD)
        s.revoke(result["serial"], "revoke", 1)
        found = status(cert)
        self.assertEqual(found.certificate_status, ocsp.OCSPCertStatus.REVOKED)
        self.assertEqual(found.revocation_reason, x509.ReasonFlags.key_compromise)
        responder = found.certificates[0]
        responder.public_key().verify(found.signature, found.tbs_response_bytes,
                                      ec.ECDSA(hashes.SHA256()))
        self.assertEqual(responder.issuer, ca.subject)
        # A serial number that nobody was given is never good.
        self.assertEqual(status(self.forged_below(ca)).certificate_status, ocsp.OCSPCertStatus.UNKNOWN)
        self.assertEqual(status(cert, cert).response_status, ocsp.OCSPResponseStatus.UNAUTHORIZED)
        for junk in (b"", b"\x30\x00", os.urandom(100)):
            answer = ocsp.load_der_ocsp_response(s.ask({"op": "ocsp"}, junk)[1])
            self.assertEqual(answer.response_status, ocsp.OCSPResponseStatus.MALFORMED_REQUEST)

    def forged_below(self, ca):
        """A certificate that bears the CA's name as its issuer; only its serial number is looked at."""
        now = datetime.datetime(2026, 1, 1)
        builder = x509.CertificateBuilder().issuer_name(ca.subject).subject_name(ca.subject).serial_number(0x55667788)
        builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(1)).public_key(ca.public_key())
        return builder.sign(self.request.key, hashes.SHA256())

    def test_numbers_rise_across_kills(self):
        s, last = self.signer, 0
        serials = [self.made()[0]["serial"] for _ in range(3)]
        for i in range(10):
            act = ("freeze", "unfreeze")[i // 3 % 2]
            s.revoke(serials[i % 3], act, 0)
            if i % 2:
                time.sleep(random.random() / 20)
            number = s.crl()[0]["number"] if i % 2 else 0
            s.kill()
            s.start()
            now = s.wait_crl(lambda c: True, 5)[0]["number"]
            self.assertGreater(now, max(last, number))
            last = now
        path = os.path.join(s.data, "crl", "p256.crl")
        with open(path, "rb") as f:
            self.assertTrue(crl_at_least(last)(x509.load_der_x509_crl(f.read())))


class Kill(Base):
    OPTIONS = {"per_name": 100000, "per_minute": 1000000}

    def test_one_certificate_for_each_ticket(self):
        s = self.signer
        known, waiting = {}, []
        for _ in range(KILLS):
            waiting += [(s.ticket(r), r) for r in (Request() for _ in range(6))]
            waiting = [w for w in waiting if w[0] not in known]
            self.storm(waiting, known)
            s.start()
        for ticket, request in waiting:
            self.note(known, ticket, s.issue(ticket, request)[1])
        self.assertEqual(self.count(), len(known))
        serials = {x509.load_der_x509_certificate(der).serial_number for der in known.values()}
        self.assertEqual(len(serials), len(known))
        for ticket, request in waiting:
            self.assertEqual(s.issue(ticket, request)[1], known[ticket])
        s.stop()
        self.check_store(len(known))
        s.start()

    def storm(self, waiting, known):
        """Everybody asks twice; the signer dies in between."""
        s = self.signer

        def one(pair):
            for _ in range(2):
                try:
                    self.note(known, pair[0], s.issue(*pair)[1])
                except (EOFError, OSError):
                    pass
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            work = [pool.submit(one, pair) for pair in waiting]
            time.sleep(random.random() * 0.08)
            s.kill()
            for w in work:
                w.result()

    def note(self, known, ticket, der):
        self.assertEqual(known.setdefault(ticket, der), der)

    def check_store(self, made):
        done = self.signer.command("store", "check")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        done = self.signer.command("audit", "verify")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertGreater(made, KILLS)


class Limits(Base):
    OPTIONS = {"per_minute": 5, "per_name": 3, "profiles": "unit_sign", "years": 2}

    def test_too_many_are_refused_with_an_alarm(self):
        s = self.signer
        for i in range(3):
            s.issue(s.ticket(self.request), self.request)
        gone = self.refused(E_BUSY, s.issue, s.ticket(self.request), self.request)
        self.assertEqual(gone.where, "signer.limit")
        for i in range(20):
            try:
                s.issue(s.ticket(self.request, subject=dict(SUBJECT, CN=f"cn{i}")), self.request)
            except Refused as r:
                self.assertEqual((r.code, r.where), (E_BUSY, "signer.rate"))
                break
        else:
            self.fail("no rate limit")
        self.assertTrue(any(l["msg"] == "alarm" for l in s.log()))

    def test_profiles_and_years_are_narrowed(self):
        s = self.signer
        self.refused(E_DENIED, s.issue, s.ticket(self.request, profile="unit_both"), self.request)
        self.refused(E_DENIED, s.issue, s.ticket(self.request, years=3), self.request)


class Process(Base):
    def status(self, name):
        with open(f"/proc/{self.signer.process.pid}/status", encoding="ascii") as f:
            return re.search(rf"^{name}:\s*(.+)$", f.read(), re.M).group(1)

    def test_it_is_closed_to_others(self):
        s, pid = self.signer, self.signer.process.pid
        self.assertEqual(self.status("Seccomp"), "2")
        self.assertEqual(self.status("NoNewPrivs"), "1")
        with open(f"/proc/{pid}/limits", encoding="ascii") as f:
            self.assertRegex(f.read(), r"Max core file size\s+0\s+0")
        self.assertEqual(stat.S_IMODE(os.stat(s.socket).st_mode), 0o660)
        for name in ("keys/seal.key", "keys/passphrase", "keys/ticket.key", "keys/ca/p256-issuing.key"):
            self.assertEqual(stat.S_IMODE(os.stat(s.path(name)).st_mode), 0o400)
        with open(s.path("keys/ca/p256-issuing.key"), encoding="ascii") as f:
            self.assertIn("ENCRYPTED", f.read())

    def test_its_memory_is_not_dumped(self):
        with open(f"/proc/{self.signer.process.pid}/smaps", encoding="ascii") as f:
            text = f.read()
        heap = re.search(r"\[(heap)\].*?VmFlags: ([^\n]*)", text, re.S)
        if not heap:
            self.skipTest("no heap of its own in this build")
        self.assertIn("dd", heap.group(2).split())

    @unittest.skipUnless(os.geteuid() == 0, "needs root to be somebody else")
    def test_another_user_is_refused_and_reads_nothing(self):
        s, pid = self.signer, self.signer.process.pid
        os.chmod(s.folder, 0o755)
        os.chmod(s.socket, 0o666)  # even where the socket's rights would let him in
        ask = ("import socket,sys\ns=socket.socket(socket.AF_UNIX)\ns.connect(sys.argv[1])\n"
               "try:\n s.sendall(bytes([0,0,0,15,0,0,0,0])+b'{\"op\":\"status\"}')\n got=s.recv(1)\n"
               "except OSError:\n got=b''\nsys.exit(0 if got==b'' else 1)")
        who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        done = run(*who, sys.executable, "-c", ask, s.socket)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(any(l.get("uid") == 65534 for l in s.log()))
        for path in (f"/proc/{pid}/mem", f"/proc/{pid}/maps", f"/proc/{pid}/environ", s.path("keys/ca/p256-issuing.key"),
                     s.path("keys/passphrase"), s.path("data/data.mdb")):
            self.assertNotEqual(run(*who, "head", "-c", "1", path).returncode, 0, path)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_even_its_own_user_reads_nothing(self):
        self.signer.stop()
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            s = Signer(PROGRAM, folder, user="nobody", allow_uids="0")
            s.init()
            for path, _, files in os.walk(folder):
                for name in [path] + [os.path.join(path, f) for f in files]:
                    os.chown(name, 65534, 65534)
            with s:
                pid = s.process.pid
                who = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
                for path in (f"/proc/{pid}/mem", f"/proc/{pid}/maps", f"/proc/{pid}/environ"):
                    self.assertNotEqual(run(*who, "head", "-c", "1", path).returncode, 0, path)
                trace = ("import ctypes,sys\nc=ctypes.CDLL(None)\n"
                         "sys.exit(0 if c.ptrace(16,int(sys.argv[1]),0,0)==-1 else 1)")
                self.assertEqual(run(*who, sys.executable, "-c", trace, str(pid)).returncode, 0)
                s.issue(s.ticket(self.request), self.request)
        self.signer.start()

    def test_the_root_key_may_be_taken_away(self):
        self.signer.stop()
        os.rename(self.signer.path("keys/ca/p256-root.key"), self.signer.path("away"))
        self.signer.start()
        self.signer.issue(self.signer.ticket(self.request), self.request)

    def test_a_wrong_passphrase_says_so(self):
        self.signer.stop()
        path = self.signer.path("keys/passphrase")
        with open(path, "rb") as f:
            before = f.read()
        os.chmod(path, 0o600)
        write(os.path.dirname(path), "passphrase", b"wrong")
        done = self.signer.command("serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn("passphrase", done.stderr)
        write(os.path.dirname(path), "passphrase", before)
        self.signer.start()

    def test_rsa_beside_p256(self):
        self.signer.stop()
        with Signer(PROGRAM, rsa="true") as s:
            request = Request("rsa")
            result, der = s.issue(s.ticket(request), request)
            self.assertEqual(result["authority"], "rsa")
            chain = {c["name"]: c for c in s.chain()}
            ca = x509.load_der_x509_certificate(base64.b64decode(chain["rsa"]["certificate"]))
            self.assertEqual(x509.load_der_x509_certificate(der).issuer, ca.subject)
            s.revoke(result["serial"])
            s.wait_crl(lambda c: c.get_revoked_certificate_by_serial_number(int(result["serial"], 16)), 2, "rsa")
            s.ask({"op": "crl", "authority": "p256", "number": 0})
        self.signer.start()

    def test_it_goes_with_the_hall(self):
        self.signer.stop()
        s = self.signer
        process = subprocess.Popen([PROGRAM, "serve", *s.words(), "--with-hall"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        reader = threading.Thread(target=process.stderr.read, daemon=True)
        reader.start()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                s.ask({"op": "status"})
                break
            except OSError:
                time.sleep(0.05)
        process.stdin.close()
        self.assertEqual(process.wait(20), 0)
        reader.join()
        process.stderr.close()
        self.signer.start()


if __name__ == "__main__":
    unittest.main(verbosity=2)
