#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A hall in mode production: its plain address gives what programs fetch without TLS and sends all else to HTTPS; its first two
administrators are made by the operator. Needs root. Usage: production_test.py CERTHALL CERTHALL-SIGNER"""
import http.client
import os
import re
import ssl
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from hall import Hall
from signer import Signer
from visitor import Visitor

PROGRAM, SIGNER = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
NUMBERS = ("430102199003070012", "11010119900307299X", "110101199003073335")
OWN = "Own-Zheng-shu-2026"


class Secure:
    """The hall as a visitor sees it: over TLS, whose certificate is not looked at."""

    def __init__(self, hall):
        self.hall, self.urls = hall, {"http": hall.options["public_url"]}

    def ask(self, method, path, body=None, headers=None):
        where = urllib.parse.urlsplit(self.hall.urls["https"])
        connection = http.client.HTTPSConnection(where.hostname, where.port, timeout=30, context=ssl._create_unverified_context())
        connection.request(method, path, body, {"Host": "ca.example.cn", **(headers or {})})
        got = connection.getresponse()
        answer = got.status, got.headers, got.read()
        connection.close()
        return answer


@unittest.skipUnless(os.geteuid() == 0, "mode production must be started by root: this runs as root only")
class Production(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="production-")
        os.chmod(cls.folder.name, 0o755)
        cls.signer = Signer(SIGNER, os.path.join(cls.folder.name, "signer"), allow_uids="nobody", url="http://ca.example.cn/ca")
        os.mkdir(cls.signer.folder)
        cls.signer.start()
        for path, mode in ((cls.signer.folder, 0o755), (cls.signer.socket, 0o666)):
            os.chmod(path, mode)
        pem, key = (os.path.join(cls.folder.name, name) for name in ("tls.pem", "tls.key"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=ca.example.cn",
                        "-days", "30", "-keyout", key, "-out", pem], check=True, capture_output=True)
        cls.hall = Hall(PROGRAM, os.path.join(cls.folder.name, "hall"), mode="production", user="nobody", https="127.0.0.1:0",
                        public_url="https://ca.example.cn", certificate_file=pem, certificate_key_file=key, signer_socket=cls.signer.socket,
                        ticket_key_file=cls.signer.options["ticket_key_file"])
        os.makedirs(cls.hall.folder)
        done = cls.hall.command("init", *cls.hall.words())
        assert done.returncode == 0, done.stderr
        cls.hall.start()

    @classmethod
    def tearDownClass(cls):
        try:
            cls.hall.close()
            cls.signer.close()
        finally:
            cls.folder.cleanup()

    def plain(self, method, path, body=None, **headers):
        return self.hall.ask(method, path, body, {"Host": "ca.example.cn", **{k.replace("_", "-"): v for k, v in headers.items()}})

    def openssl(self, *words, **more):
        return subprocess.run(["openssl", *words], check=False, capture_output=True, **more)

    def test_plain_http_gives_what_programs_fetch(self):
        for name in ("p256-root.cer", "p256.cer"):
            status, _, body = self.plain("GET", "/ca/" + name)
            self.assertEqual((status, self.openssl("x509", "-inform", "DER", "-noout", input=body).returncode), (200, 0), name)
        for name in ("p256.crl", "p256-root.crl"):
            status, headers, body = self.plain("GET", "/ca/" + name)
            self.assertEqual((status, self.openssl("crl", "-inform", "DER", "-noout", input=body).returncode), (200, 0), name)
            self.assertEqual(headers["Content-Type"], "application/pkix-crl")
        self.assertEqual(self.plain("HEAD", "/ca/p256.crl")[0], 200)
        self.assertEqual(self.plain("POST", "/ca/ocsp", b"\x30\x00", Content_Type="text/plain")[0], 415, "the hall itself answers")

    def test_plain_http_sends_all_else_to_https(self):
        for path in ("/", "/login?to=%2Fuser", "/ca", "/api/v1/kinds", "/staff/cases/1", "/assets/app.css", "/ca/p256.crl/more"):
            status, headers, _ = self.plain("GET", path)
            self.assertEqual((status, headers["Location"]), (308, "https://ca.example.cn" + path))
            self.assertNotIn("Set-Cookie", headers)
        for method, path in (("POST", "/login"), ("POST", "/api/v1/sessions"), ("DELETE", "/ca/p256.crl")):
            self.assertEqual(self.plain(method, path, b"", Content_Type="application/x-www-form-urlencoded")[0], 405, (method, path))

    def add(self, login, number, roles="admin,officer", **change):
        words = {**self.hall.options, "admin": self.hall.urls["admin"].split("//")[-1], **change}
        return subprocess.run([PROGRAM, "staff", "add", login, "--role", roles, "--name", "管理员", *(f"--{k.replace('_', '-')}={v}" for k, v in words.items())],
                              input=number + "\n", env=self.hall.environment, capture_output=True, text=True, timeout=60, check=False)

    def test_two_persons_become_the_first_administrators(self):
        """One after the other, each with a password for one login; a third is for them to add."""
        other = os.path.join(self.folder.name, "other.key")
        with open(other, "wb") as f:
            f.write(os.urandom(32))
        os.chmod(other, 0o400)
        self.assertRegex(self.add("root1", NUMBERS[0], seal_key_file=other).stderr, "403.*not signed with the seal key")
        self.assertRegex(self.add("root1", NUMBERS[0], roles="reviewer").stderr, "422.*role")
        self.assertRegex(self.add("root1", "430102199003070013").stderr, "422.*identity card")
        made = self.add("root1", NUMBERS[0])
        self.assertEqual(made.returncode, 0, made.stderr)
        first = re.search(r"password +(\w{16})\n", made.stdout)[1]
        self.assertRegex(self.add("root1", NUMBERS[1]).stderr, "422.*taken")
        self.assertRegex(self.add("root2", NUMBERS[0]).stderr, "422.*two persons")
        login, second = self.raced(("root2", NUMBERS[1]), ("root3", NUMBERS[2]))
        self.assertRegex(self.add("root4", NUMBERS[2]).stderr, "422.*there are two administrators")
        self.own_password("root1", first)
        self.own_password(login, second)
        log = "\n".join(self.hall.lines)
        self.assertEqual([secret for secret in (first, second, *NUMBERS) if secret in log], [])

    def raced(self, *people):
        """Both asked for at once: one place, so one of them."""
        with ThreadPoolExecutor(len(people)) as pool:
            made = list(pool.map(lambda p: self.add(*p), people))
        won = [(p[0], one) for p, one in zip(people, made) if one.returncode == 0]
        self.assertEqual(len(won), 1, [one.stderr for one in made])
        lost = next(one for one in made if one.returncode)
        self.assertRegex(lost.stderr, "422.*(at the same time|there are two administrators)")
        return won[0][0], re.search(r"password +(\w{16})\n", won[0][1].stdout)[1]

    def own_password(self, login, first):
        v = Visitor(Secure(self.hall)).login(login, first)
        for path in ("/staff", "/user", "/staff/people", "/user/account"):
            v.get(path)
            self.assertEqual(v.path, "/user/account/password", "one page and no other")
        status, _, _ = v.hall.ask("GET", "/api/v1/account", None, {"Cookie": "; ".join(f"{k}={x}" for k, x in v.cookies.items())})
        self.assertEqual(status, 403)
        v.get("/user/account/password").post("/user/account/password", {"current": first, "password": OWN, "password2": OWN})
        v.get("/staff/people")
        self.assertEqual((v.status, v.path), (200, "/staff/people"))
        again = Visitor(Secure(self.hall)).get("/login").post("/login", {"account": login, "password": first})
        self.assertEqual(again.status, 422, "the operator's password is gone")


if __name__ == "__main__":
    unittest.main()
