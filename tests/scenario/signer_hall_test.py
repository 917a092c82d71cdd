#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hall and signer together, in mode try: from facts to a certificate and its revocation; what happens while the signer is
dead; that scripts cannot write facts. Usage: signer_hall_test.py CERTHALL"""
import base64
import hashlib
import json
import os
import signal
import sys
import tempfile
import time
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hall import Hall, copy_scripts
from signer import Request, run

PROGRAM = os.path.abspath(sys.argv.pop(1))

SCRIPT = """
local function digest(n) return string.format("%064x", n) end
local FORM = digest(1)

http.post("/staff", function(req)
    local admin
    for _, one in ipairs(store.list("staff", { limit = 100 }).rows) do
        admin = domain.roles(one.key).admin and one.key or admin
    end
    store.tx(function(tx)
        tx:staff_set{ account = "rev", person = digest(11), roles = { "reviewer" }, by = admin, as = "admin" }
        tx:staff_set{ account = "off1", person = digest(12), roles = { "officer" }, by = admin, as = "admin" }
        tx:staff_set{ account = "off2", person = digest(13), roles = { "officer" }, by = admin, as = "admin" }
    end)
    return req:json(200, domain.roles("rev"))
end, { body = "memory" })

local function facts(tx, case, steps)
    tx:grant{ account = "ann", object = case, role = "owner", why = "made it" }
    tx:agree{ case = case, version = "2026-1", sha256 = digest(2), by = "ann" }
    tx:identify{ case = case, person = digest(20), document_mac = digest(21), method = "face", provider = "try",
        evidence = digest(22) }
    tx:material_add{ case = case, type = "form", blob = "00112233445566778899aabbccddeeff", sha256 = digest(3), by = "ann" }
    if steps < 2 then return end
    for _, officer in ipairs{ "off1", "off2" } do
        tx:waive{ case = case, reason = "test", by = officer, as = "officer" }
    end
    if steps < 3 then return end
    tx:approve{ case = case, form_sha256 = FORM, required = { "form" }, profile = "unit_sign", years = 1,
        subject = { C = "CN", O = "测试单位", CN = "ceshi01" }, parties = { digest(20) }, by = "rev", as = "reviewer" }
end

http.post("/facts", function(req)
    local b = req:body_json()
    store.tx(function(tx) facts(tx, b.case, b.steps) end)
    return req:json(200, domain.standing(b.case))
end, { body = "memory" })

local function issue(case, csr)
    local key = issuer.read_request(csr)
    local ticket = store.tx(function(tx)
        return tx:ticket{ case = case, line = 0, spki_sha256 = key.spki_sha256, form_sha256 = FORM }
    end)
    local made = issuer.issue{ ticket = ticket, csr = csr }
    store.tx(function(tx)
        tx:ticket_settle{ ticket = made.ticket, serial = made.serial, der_sha256 = made.sha256,
            not_after_ms = made.not_after * 1000 }
    end)
    return made
end

local function answer(req, f)
    local ok, result = pcall(f)
    if ok then return req:json(200, result) end
    local reason = type(result.details) == "table" and result.details.reason or json.null
    return req:json(422, { code = result.code, message = result.message, reason = reason })
end

http.post("/issue", function(req)
    local b = req:body_json()
    return answer(req, function()
        local made = issue(b.case, b.csr)
        made.der = crypto.base64(made.der)
        return made
    end)
end, { body = "memory" })

http.post("/revoke", function(req)
    local b = req:body_json()
    return answer(req, function()
        local order = store.tx(function(tx)
            return tx:revocation{ ticket = b.ticket, act = b.act, reason = b.reason, why = "asked", by = b.by, as = b.as }
        end)
        local done = issuer.revoke{ order = order }
        if done.state == "revoked" then
            store.tx(function(tx) tx:ticket_revoked{ ticket = b.ticket, reason = "asked" } end)
        end
        return done
    end)
end, { body = "memory" })

http.get("/crl", function(req)
    local list = issuer.crl()
    list.same = issuer.crl("p256", list.number).der == nil
    list.der = crypto.base64(list.der)
    return req:json(200, list)
end)
http.get("/chain", function(req)
    local list = {}
    for i, ca in ipairs(issuer.chain().authorities) do
        list[i] = { name = ca.name, certificate = crypto.base64(ca.certificate), root = crypto.base64(ca.root) }
    end
    return req:json(200, list)
end)
http.get("/changes", function(req)
    local found = issuer.changes(0)
    for _, c in ipairs(found.changes) do c.der = c.der and #c.der end
    return req:json(200, found)
end)
http.get("/status", function(req) return answer(req, issuer.status) end)

http.post("/forge", function(req)
    local b = req:body_json()
    return answer(req, function()
        store.tx(function(tx)
            if b.how == "put" then tx:put(b.table, tx:key(), { case = "c", kind = "review" }) end
            if b.how == "insert" then tx:insert(b.table, tx:key(), { case = "c" }) end
            if b.how == "delete" then tx:delete(b.table, tx:key()) end
        end)
        return { done = true }
    end)
end, { body = "memory" })
"""


class Together(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="hall-")
        scripts = copy_scripts(cls.folder.name, {"tests/signer": SCRIPT})
        cls.hall = Hall(PROGRAM, folder=cls.folder.name, scripts=scripts).start()
        cls.wait_signer()
        cls.post("/staff", {})

    @classmethod
    def tearDownClass(cls):
        try:
            cls.hall.close()
            assert cls.signer_pid() is None, "the signer outlived the hall"
        finally:
            cls.folder.cleanup()

    @classmethod
    def post(cls, path, value, status=200):
        found, answer = cls.hall.ask_json("POST", path, value)
        assert found == status, (path, found, answer)
        return answer

    @classmethod
    def get(cls, path):
        return json.loads(cls.hall.get(path)[2])

    @classmethod
    def wait_signer(cls, seconds=60):
        end = time.monotonic() + seconds
        while cls.hall.get("/status")[0] != 200:
            assert time.monotonic() < end, "the signer does not answer:\n" + "\n".join(cls.hall.lines[-20:])
            time.sleep(0.1)

    @classmethod
    def signer_pid(cls):
        pids = [l["pid"] for l in cls.hall.parsed() if l.get("msg") == "signing"]
        alive = [p for p in pids if cls.runs(p)]
        return alive[-1] if alive else None

    @staticmethod
    def runs(pid):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                return b"serve" in f.read()
        except OSError:
            return False

    def csr(self, request):
        return (b"-----BEGIN CERTIFICATE REQUEST-----\n" + base64.encodebytes(request.der) +
                b"-----END CERTIFICATE REQUEST-----\n").decode()

    def issue(self, case, request, status=200):
        return self.post("/issue", {"case": case, "csr": self.csr(request)}, status)

    def facts(self, case, steps=3):
        return self.post("/facts", {"case": case, "steps": steps})

    def test_from_facts_to_a_certificate_and_back(self):
        request = Request()
        self.assertEqual(self.facts("case1")["reviewed"], 1)
        made = self.issue("case1", request)
        der = base64.b64decode(made["der"])
        self.assertEqual(hashlib.sha256(der).hexdigest(), made["sha256"])
        self.assertEqual(self.issue("case1", request)["der"], made["der"])
        self.assertEqual(self.issue("case1", Request(), 422)["code"], "E_CONFLICT")
        self.check_openssl(der)
        for by, code in (("bob", "E_DENIED"),):
            refused = self.post("/revoke", {"ticket": made["ticket"], "act": "revoke", "reason": 1, "by": by}, 422)
            self.assertEqual(refused["code"], code)
        done = self.post("/revoke", {"ticket": made["ticket"], "act": "revoke", "reason": 1, "by": "ann"})
        self.assertEqual(done["state"], "revoked")
        self.wait_revoked(int(made["serial"], 16))
        events = [c["event"] for c in self.get("/changes")["changes"] if c["serial"] == made["serial"]]
        self.assertEqual(events, ["issued", "revoked"])
        # The line is free again: the facts still stand.
        self.assertNotEqual(self.issue("case1", Request())["serial"], made["serial"])

    def check_openssl(self, der):
        ca = self.get("/chain")[0]
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, data in (("root", base64.b64decode(ca["root"])), ("ca", base64.b64decode(ca["certificate"])), ("own", der)):
                paths.append(os.path.join(folder, name))
                with open(paths[-1], "wb") as f:
                    f.write(x509.load_der_x509_certificate(data).public_bytes(serialization.Encoding.PEM))
            done = run("openssl", "verify", "-x509_strict", "-CAfile", paths[0], "-untrusted", paths[1], paths[2])
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        cert = x509.load_der_x509_certificate(der)
        url = cert.extensions.get_extension_for_class(x509.CRLDistributionPoints).value[0].full_name[0].value
        self.assertEqual(url, self.hall.urls["http"] + "/ca/p256.crl")

    def wait_revoked(self, serial):
        end = time.monotonic() + 1
        while True:
            found = self.get("/crl")
            self.assertTrue(found["same"])
            if x509.load_der_x509_crl(base64.b64decode(found["der"])).get_revoked_certificate_by_serial_number(serial):
                return
            self.assertLess(time.monotonic(), end, "not on the list within a second")

    def test_no_facts_no_certificate(self):
        for steps, says in ((1, "paid"), (2, "review")):
            case = f"lacking{steps}"
            self.facts(case, steps)
            refused = self.issue(case, Request(), 422)
            self.assertEqual(refused["code"], "E_DENIED")
            self.assertIn(says, refused["message"])
        self.assertEqual(self.issue("nothing", Request(), 422)["code"], "E_DENIED")

    def test_a_bad_request_is_named(self):
        refused = self.post("/issue", {"case": "x", "csr": "hello"}, 422)
        self.assertEqual(refused["reason"], "csr.not_pem")

    def test_scripts_write_no_facts(self):
        for table in ("staff", "grant", "fact", "order", "attempt", "receipt", "refund", "ticket"):
            for how in ("put", "insert", "delete"):
                refused = self.post("/forge", {"table": table, "how": how}, 422)
                self.assertEqual(refused["code"], "E_DENIED", (table, how))

    def test_a_dead_signer_comes_back(self):
        self.facts("case2")
        request = Request()
        pid = self.signer_pid()
        os.kill(pid, signal.SIGKILL)
        refused = self.issue("case2", request, 422)
        self.assertIn(refused["code"], ("E_UNREACHABLE", "E_CLOSED"))
        self.assertIn("signer", refused["message"])
        self.wait_signer()
        self.assertNotEqual(self.signer_pid(), pid)
        self.issue("case2", request)

    def test_readyz_names_it(self):
        end = time.monotonic() + 40
        os.kill(self.signer_pid(), signal.SIGSTOP)
        try:
            while self.check() != "warn":
                self.assertLess(time.monotonic(), end)
                time.sleep(0.3)
        finally:
            os.kill(self.signer_pid(), signal.SIGCONT)
        while self.check() != "ok":
            self.assertLess(time.monotonic(), end)
            time.sleep(0.3)

    def check(self):
        status, _, body = self.hall.get("/readyz", entrance="admin")
        self.assertEqual(status, 200)
        return next(c["status"] for c in json.loads(body) if c["name"] == "signer")


class Apart(unittest.TestCase):
    def test_a_killed_hall_takes_the_signer_along(self):
        hall = Hall(PROGRAM).start()
        pid = hall.wait_line(lambda l: l.get("msg") == "signing", 60)["pid"]
        hall.process.kill()
        hall.process.wait()
        hall.reader.join(20)
        hall.process.stderr.close()
        end = time.monotonic() + 10
        while self.runs(pid):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)

    def runs(self, pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as f:
                return f.read().split()[2] != "Z"
        except OSError:
            return False

    def test_without_a_signer(self):
        with Hall(PROGRAM, signer="off") as hall:
            self.assertEqual(hall.get("/readyz", entrance="admin")[0], 200)
            self.assertFalse(os.path.exists(hall.data + "-signer"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
