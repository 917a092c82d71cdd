#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Outgoing HTTPS and SMTP against Python's servers. Usage: client_test.py CLIENT_TOOL"""
import http.server
import os
import shutil
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TOOL = os.path.abspath(sys.argv.pop(1))


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/redirect":
            self.send_response(302)
            self.send_header("Location", "/ok")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        text = b"x" * 200000 if self.path == "/big" else b"%s %s %s" % (self.command.encode(), self.headers["X-Test"].encode(), body)
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_HEAD = do_PUT = answer

    def log_message(self, *_words):
        pass


class Mail(socketserver.StreamRequestHandler):
    received = []

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        lines, data = [], False
        while line := self.rfile.readline():
            lines.append(line)
            if data:
                if line == b".\r\n":
                    data = False
                    self.wfile.write(b"250 kept\r\n")
                continue
            if line.upper().startswith(b"EHLO"):
                self.wfile.write(b"250-test\r\n250 8BITMIME\r\n")
            elif line.upper().startswith(b"DATA"):
                data = True
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                break
            else:
                self.wfile.write(b"250 fine\r\n")
        Mail.received.append(b"".join(lines))


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Client(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp()
        cls.cert, key = os.path.join(cls.dir, "c.pem"), os.path.join(cls.dir, "k.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cls.cert],
                       check=True, capture_output=True)
        cls.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        cls.https = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.cert, key)
        cls.https.socket = context.wrap_socket(cls.https.socket, server_side=True)
        cls.smtp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail)
        cls.plain, cls.tls, cls.mail = serve(cls.http), serve(cls.https), serve(cls.smtp)

    @classmethod
    def tearDownClass(cls):
        for server in (cls.http, cls.https, cls.smtp):
            server.shutdown()
            server.server_close()
        shutil.rmtree(cls.dir)

    def tool(self, *words, trust=True):
        environment = {**os.environ, **({"CA_FILE": self.cert} if trust else {})}
        done = subprocess.run([TOOL, *words], capture_output=True, text=True, timeout=30, env=environment, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fetch(self, method, path, body="", timeout="5000", **options):
        return self.tool("fetch", method, f"https://localhost:{self.tls}{path}", body, timeout, **options)

    def test_https_both_ways(self):
        self.assertIn("OK 200", self.fetch("GET", "/ok"))
        self.assertIn("POST yes a=1", self.fetch("POST", "/ok", "a=1"))
        self.assertIn("PUT yes body", self.fetch("PUT", "/ok", "body"))
        self.assertIn("OK 200", self.fetch("HEAD", "/ok"))
        self.assertIn("OK 404", self.fetch("GET", "/missing"))

    def test_redirects_are_shown_not_followed(self):
        self.assertIn("OK 302", self.fetch("GET", "/redirect"))

    def test_untrusted_certificate_is_refused(self):
        self.assertIn("E_DENIED", self.fetch("GET", "/ok", trust=False))

    def test_limits(self):
        self.assertIn("E_TOO_BIG", self.fetch("GET", "/big"))
        self.assertIn("E_TIMEOUT", self.fetch("GET", "/slow", timeout="300"))

    def test_hosts_and_schemes(self):
        def refused(url):
            return self.tool("fetch", "GET", url, "", "1000").strip()
        self.assertEqual(refused("https://example.com/"), "E_DENIED")
        self.assertEqual(refused(f"http://localhost:{self.plain}/"), "E_DENIED")
        self.assertEqual(refused("file:///etc/passwd"), "E_INVALID")
        self.assertEqual(refused("gopher://127.0.0.1/"), "E_INVALID")
        self.assertEqual(refused("https://127.0.0.1@example.com/"), "E_INVALID")
        self.assertEqual(refused("https://localhost:1\r\nX: y/"), "E_INVALID")
        self.assertIn("OK 200", self.tool("fetch", "GET", f"http://127.0.0.1:{self.plain}/ok", "", "5000"))
        self.assertIn("E_UNREACHABLE", self.tool("fetch", "GET", "http://127.0.0.1:1/", "", "5000"))

    def test_header_injection_is_refused(self):
        self.assertEqual(self.tool("fetch", "GET", f"https://localhost:{self.tls}/ok", "", "5000", "a\r\nEvil: 1").strip(), "E_INVALID")

    def test_cancel_and_close(self):
        self.assertIn("E_CANCELLED", self.tool("cancel", "GET", f"https://localhost:{self.tls}/slow", "", "5000"))
        self.assertIn("E_CANCELLED", self.tool("abandon", "GET", f"https://localhost:{self.tls}/slow", "", "5000"))

    def test_mail(self):
        text = "Subject: =?UTF-8?B?5L2g5aW9?=\r\n\r\nhello\r\n.dot\r\n"
        self.assertIn("OK 250", self.tool("mail", f"smtp://127.0.0.1:{self.mail}", "hall@example.cn", "a@example.cn", text))
        self.assertIn(b"MAIL FROM:<hall@example.cn>", Mail.received[-1])
        self.assertIn(b"RCPT TO:<a@example.cn>", Mail.received[-1])
        self.assertIn(b"..dot", Mail.received[-1])
        self.assertEqual(self.tool("mail", f"smtp://127.0.0.1:{self.mail}", "hall@example.cn", "a@b\r\nRCPT TO:<c@d>", text).strip(), "E_INVALID")
        # localhost is no loopback address by name: TLS is asked for, and this server has none.
        self.assertIn("E_DENIED", self.tool("mail", f"smtp://localhost:{self.mail}", "hall@example.cn", "a@example.cn", text))


if __name__ == "__main__":
    unittest.main()
