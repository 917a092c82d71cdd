#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Limits, timeouts, bodies, static files, event streams of core/http. Usage: http_limits_test.py HTTP_TOOL"""
import gzip
import hashlib
import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
import unittest

from http_client import CONTEXT, LONG, Client, Server, cut_answers

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""


def is_release(program):
    return "/release/" in program


def best_program():
    other = PROGRAM.replace("/build/debug/", "/build/release/")
    return other if os.path.exists(other) else PROGRAM


class Case(unittest.TestCase):
    OPTIONS = ()
    PROGRAM = None

    def setUp(self):
        self.server = Server(self.PROGRAM or PROGRAM, *self.OPTIONS)
        self.ended = False

    def tearDown(self):
        if not self.ended:
            self.errors = self.server.end()

    def client(self, **options):
        c = Client(self.server, **options)
        self.addCleanup(c.socket.close)
        return c

    def get(self, target, *headers, **options):
        with Client(self.server, **options) as c:
            return c.request("GET", target, *headers)

    def stats(self):
        return json.loads(self.get("/stats").body)

    def closed_after(self, s, limit=15):
        """Seconds until the server ends the connection, and what it said."""
        begun, data = time.monotonic(), b""
        s.settimeout(limit)
        while True:
            try:
                piece = s.recv(65536)
            except ConnectionResetError:
                piece = b""
            if not piece:
                return time.monotonic() - begun, data
            data += piece


class SlowClients(Case):
    OPTIONS = ("head_ms=700", "handshake_ms=700", "idle_ms=700", "body_grace_ms=700", "body_rate=1000", "write_ms=700",
               "loopback_exempt=1")

    def drip(self, s, piece=b"X"):
        """Sends a byte every 50 ms until the server has ended it; seconds."""
        begun = time.monotonic()
        s.settimeout(0.05)
        data = b""
        while time.monotonic() - begun < 10:
            try:
                s.sendall(piece)
            except OSError:
                break
            try:
                got = s.recv(65536)
                if not got:
                    break
                data += got
            except (TimeoutError, socket.timeout):
                pass
            except ConnectionResetError:
                break
        return time.monotonic() - begun, data

    def test_slow_head_gets_408(self):
        for tls in (False, True):
            s = self.server.connect(tls=tls)
            s.sendall(b"GET /json HTTP/1.1\r\nHost: a\r\nX: ")
            seconds, data = self.drip(s)
            self.assertGreater(seconds, 0.6)
            self.assertLess(seconds, 4)
            self.assertEqual([a.status for a in cut_answers(data)], [408])
            s.close()

    def test_slow_body_gets_408(self):
        s = self.server.connect()
        s.sendall(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n")
        seconds, data = self.drip(s)
        self.assertGreater(seconds, 0.6)
        self.assertLess(seconds, 4)
        self.assertEqual([a.status for a in cut_answers(data)], [408])

    def test_slow_upload_ends_the_pull(self):
        s = self.server.connect()
        s.sendall(b"POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n")
        seconds, data = self.drip(s)
        self.assertLess(seconds, 4)
        self.assertEqual([a.status for a in cut_answers(data)], [408])

    def test_a_large_beginning_buys_no_long_silence(self):
        s = self.server.connect()
        s.sendall(b"POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + b"x" * 500000)
        seconds, data = self.closed_after(s)
        self.assertLess(seconds, 4)
        self.assertEqual([a.status for a in cut_answers(data)], [408])

    def test_steady_upload_at_twice_the_rate_lives(self):
        c = self.client()
        c.send(b"POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 6000\r\n\r\n")
        for _ in range(30):
            c.send(b"x" * 200)
            time.sleep(0.1)
        self.assertEqual(json.loads(c.answer().body)["parts"][0]["bytes"], 6000)

    def test_reader_that_stops_is_cut(self):
        for target in ("/big/30000000", "/stream/1000000"):
            s = socket.socket()
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            s.connect(("127.0.0.1", self.server.plain))
            s.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            time.sleep(0.2)
            begun = time.monotonic()
            while self.stats()["active"] > 1 and time.monotonic() - begun < 10:
                time.sleep(0.05)
            self.assertLess(time.monotonic() - begun, 6)
            self.assertEqual(self.stats()["streams"], 0)
            s.close()
        self.assertGreaterEqual(self.stats()["timeouts"], 2)

    def test_reader_that_sips_is_cut(self):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        s.connect(("127.0.0.1", self.server.plain))
        s.sendall(b"GET /big/30000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        begun = time.monotonic()
        while self.stats()["active"] > 1 and time.monotonic() - begun < 20:
            s.recv(2)
            time.sleep(0.02)
        self.assertLess(time.monotonic() - begun, 6)
        s.close()

    def test_slow_but_steady_reader_gets_everything(self):
        c = self.client()
        c.send(b"GET /big/6000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        for _ in range(8):
            time.sleep(0.2)
            c.data += c.socket.recv(400000)
        self.assertEqual(len(c.answer().body), 6000000)

    def test_idle_connection_is_closed(self):
        for tls in (False, True):
            c = self.client(tls=tls)
            self.assertEqual(c.request("GET", "/json").status, 200)
            seconds, data = self.closed_after(c.socket)
            self.assertEqual(data, b"")
            self.assertGreater(seconds, 0.5)
            self.assertLess(seconds, 4)

    def test_connection_that_says_nothing_is_closed(self):
        seconds, data = self.closed_after(self.server.connect())
        self.assertLess(seconds, 4)
        self.assertEqual(data, b"")

    def test_silent_handshake_is_closed(self):
        for piece in (b"", b"\x16\x03\x01\x02\x00\x01\x00"):
            s = socket.create_connection(("127.0.0.1", self.server.tls))
            s.sendall(piece)
            seconds, _ = self.closed_after(s)
            self.assertLess(seconds, 4)

    def test_client_that_leaves_is_noticed(self):
        s = self.server.connect()
        s.sendall(b"GET /slow/60000 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        self.assertEqual(self.stats()["active"], 2)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        s.close()
        time.sleep(0.2)
        self.assertEqual(self.stats()["active"], 1)

    def test_thousand_slow_heads_do_not_hinder_others(self):
        slow = [self.server.connect() for _ in range(1000)]
        for s in slow:
            s.sendall(b"GET /json HTTP/1.1\r\nHost: a\r\nX: a")
        times = []
        for _ in range(50):
            begun = time.monotonic()
            self.assertEqual(self.get("/json").status, 200)
            times.append(time.monotonic() - begun)
        self.assertLess(sorted(times)[45], 0.25)
        for s in slow:
            s.close()


class Limits(Case):
    OPTIONS = ("per_address=5", "connections=12")

    def test_per_address_and_in_all(self):
        def alive(source):
            try:
                with Client(self.server, source=source) as c:
                    return c.request("GET", "/json").status == 200
            except (EOFError, ConnectionResetError):
                return False
        held = [self.client(source="127.0.0.2") for _ in range(5)]
        for c in held:
            self.assertEqual(c.request("GET", "/json").status, 200)
        self.assertFalse(alive("127.0.0.2"))
        self.assertTrue(alive("127.0.0.3"))
        held.append(self.client(source="127.0.0.3"))
        held[0].socket.close()
        time.sleep(0.1)
        self.assertTrue(alive("127.0.0.2"))
        time.sleep(0.1)
        more = [self.client(source=f"127.0.0.{i // 4 + 10}") for i in range(7)]
        for c in more:
            self.assertEqual(c.request("GET", "/json").status, 200)
        self.assertFalse(alive("127.0.0.99"))
        more[0].socket.close()
        time.sleep(0.1)
        self.assertTrue(alive("127.0.0.99"))
        time.sleep(0.1)
        self.assertGreaterEqual(self.stats()["rejected"], 2)


class Drain(Case):
    OPTIONS = ("drain_ms=1500",)

    def start_drain(self):
        self.ended = True
        thread = threading.Thread(target=self.server.end)
        thread.start()
        time.sleep(0.15)
        return thread

    def test_requests_finish_and_the_rest_goes(self):
        idle, busy, events = self.client(), self.client(), self.client()
        self.assertEqual(idle.request("GET", "/json").status, 200)
        busy.send(b"GET /slow/700 HTTP/1.1\r\nHost: a\r\n\r\n")
        events.send(b"GET /events/x HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        thread = self.start_drain()
        self.assertEqual(idle.rest(), b"")
        self.assertTrue(events.rest().endswith(b"0\r\n\r\n"))
        answer = busy.answer()
        self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
        self.assertEqual(busy.rest(), b"")
        thread.join(10)
        self.assertFalse(thread.is_alive())

    def test_what_takes_too_long_is_cut(self):
        busy = self.client()
        busy.send(b"GET /slow/60000 HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.1)
        thread = self.start_drain()
        self.assertEqual(busy.rest(), b"")
        thread.join(10)
        self.assertFalse(thread.is_alive())


class Bodies(Case):
    OPTIONS = ("loopback_exempt=1",)

    def test_expect_is_answered_when_the_body_is_wanted(self):
        for target in ("/echo", "/raw"):
            c = self.client()
            c.send(f"POST {target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n".encode())
            self.assertEqual(c.socket.recv(100), b"HTTP/1.1 100 Continue\r\n\r\n")
            c.send(b"hello")
            self.assertEqual(c.answer().status, 200)
            self.assertEqual(c.request("GET", "/json").status, 200)

    def test_expect_is_refused_without_the_body(self):
        for target, status in (("/nowhere", 404), ("/form", 415), ("/ignore", 200)):
            c = self.client()
            c.send(f"POST {target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n".encode())
            answer = c.answer()
            self.assertEqual((answer.status, answer.header("connection")), (status, "close"))

    def test_unread_rest_is_thrown_away_up_to_a_limit(self):
        c = self.client()
        for _ in range(3):
            self.assertEqual(c.request("POST", "/ignore", body=b"x" * 60000).status, 200)
        answer = c.request("POST", "/ignore", body=b"x" * 1000000)
        self.assertEqual((answer.status, answer.header("connection")), (200, "close"))
        self.assertEqual(c.rest(), b"")

    def test_early_answer_reaches_a_client_that_still_sends(self):
        c = self.client()
        answer = c.request("POST", "/echo", body=b"x" * 3000000)
        self.assertEqual(answer.status, 413)

    def test_chunked_body_over_the_limit(self):
        chunk = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
        for target, count in (("/echo", 5), ("/raw", 2100), ("/ignore", 700)):
            c = self.client()
            c.send(f"POST {target} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            try:
                for _ in range(count):
                    c.send(chunk)
            except OSError:
                pass  # answered already
            answer = c.answer()
            self.assertEqual((answer.status, answer.header("connection")), (200 if target == "/ignore" else 413, "close"))
        c = self.client()
        self.assertEqual(c.request("POST", "/echo", "Transfer-Encoding: chunked", body=chunk * 4 + b"0\r\n\r\n").status, 200)

    def test_form(self):
        c = self.client()
        form = "Content-Type: application/x-www-form-urlencoded"
        answer = c.request("POST", "/form", form, body="a=1&b=%E4%B8%AD+x&a=2&&=e".encode())
        self.assertEqual(json.loads(answer.body)["form"], [["a", "1"], ["b", "中 x"], ["a", "2"], ["", "e"]])
        self.assertEqual(c.request("POST", "/form", form, body=b"a=%zz").status, 400)
        self.assertEqual(c.request("POST", "/form", form, body=b"a=%ff").status, 400)
        self.assertEqual(c.request("POST", "/form", form, body=b"a&" * 1001).status, 413)
        self.assertEqual(c.request("POST", "/form", "Content-Type: text/plain", body=b"a=1").status, 415)
        self.assertEqual(c.request("POST", "/form").status, 200)

    def multipart(self, parts, boundary="b0und"):
        body = b""
        for disposition, extra, data in parts:
            body += f"--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{extra}\r\n".encode() + data + b"\r\n"
        return body + f"--{boundary}--\r\n".encode(), f"Content-Type: multipart/form-data; boundary={boundary}"

    def test_multipart_fields_and_files_in_every_split(self):
        body, header = self.multipart([
            ('name="a"', "", "值".encode()), ('name="f"; filename="C:\\fakepath\\照片.JPG"', "Content-Type: Image/JPEG\r\n", b"\r\n--b0un\r\n-"),
            ('name="empty"; filename=""', "Content-Type: application/octet-stream\r\n", b""), ('name="z"', "", b"")])
        expected = None
        for i in range(0, len(body), 3):
            c = self.client()
            c.send(f"POST /upload HTTP/1.1\r\nHost: a\r\n{header}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:i])
            if i % 9 == 0:
                time.sleep(0.005)
            c.send(body[i:])
            got = json.loads(c.answer().body)
            expected = expected or got
            self.assertEqual(got, expected)
            c.socket.close()
        self.assertEqual(expected["form"], [["a", "值"], ["z", ""]])
        self.assertEqual([(p["name"], p["filename"], p["type"], p["bytes"]) for p in expected["parts"]],
                         [("f", "照片.JPG", "image/jpeg", 11), ("empty", "", "application/octet-stream", 0)])

    def test_multipart_chunked(self):
        body, header = self.multipart([('name="f"; filename="x"', "", b"0123456789" * 100)])
        c = self.client()
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[i:i + 7]), body[i:i + 7]) for i in range(0, len(body), 7))
        answer = c.request("POST", "/upload", header, "Transfer-Encoding: chunked", body=chunks + b"0\r\n\r\n")
        self.assertEqual(json.loads(answer.body)["parts"][0]["bytes"], 1000)
        self.assertEqual(c.request("GET", "/json").status, 200)

    def test_broken_multipart_gets_400(self):
        body, header = self.multipart([('name="f"; filename="x"', "", b"data")])
        for broken in (body[:-8], body[2:], body.replace(b"form-data", b"attachment"), body.replace(b'name="f"', b""),
                       b"preamble\r\n" + body, body + b"epilogue", body.replace(b"\r\n\r\ndata", b"\n\ndata")):
            self.assertEqual(self.client().request("POST", "/upload", header, body=broken).status, 400, broken)
        for bad in ("multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=a b"):
            self.assertEqual(self.client().request("POST", "/upload", f"Content-Type: {bad}", body=body).status, 400, bad)
        self.assertEqual(self.client().request("POST", "/upload", "Content-Type: text/plain", body=body).status, 415)
        long_head, header = self.multipart([('name="' + "n" * 5000 + '"', "", b"")])
        self.assertEqual(self.client().request("POST", "/upload", header, body=long_head).status, 413)

    def test_multipart_route_takes_plain_forms(self):
        c = self.client()
        answer = c.request("POST", "/upload", "Content-Type: application/x-www-form-urlencoded", body=b"a=1&b=2")
        self.assertEqual(json.loads(answer.body), {"parts": [], "form": [["a", "1"], ["b", "2"]]})

    def test_large_part_in_bounded_memory(self):
        data = os.urandom(1 << 20) * 20
        body, header = self.multipart([('name="a"', "", b"1"), ('name="f"; filename="big"', "", data)])
        before = self.server.rss_kb()
        c = self.client()
        got = json.loads(c.request("POST", "/upload", header, body=body).body)
        self.assertEqual(got["parts"][0]["bytes"], len(data))
        self.assertEqual(got["parts"][0]["hash"], int.from_bytes(hashlib.sha256(data).digest()[:2], "big"))
        growth = self.server.rss_kb() - before
        print(f"20 MB multipart part: RSS {growth:+} kB", file=sys.stderr)
        self.assertLess(growth, 4000 if is_release(PROGRAM) else 40000)
        self.assertEqual(self.stats()["upload_bytes"], len(body))

    def test_raw_stream(self):
        c = self.client()
        data = os.urandom(3000000)
        got = json.loads(c.request("POST", "/raw", body=data).body)
        self.assertEqual(got["parts"][0], {"bytes": len(data), "hash": int.from_bytes(hashlib.sha256(data).digest()[:2], "big")})
        self.assertEqual(json.loads(c.request("POST", "/raw", body=b"").body)["parts"][0]["bytes"], 0)
        self.assertEqual(c.request("POST", "/raw", "Content-Length: 40000000").status, 413)

    def test_half_closed_client_is_answered(self):
        for request in (b"GET /slow/100 HTTP/1.1\r\nHost: a\r\n\r\n",
                        b"POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"):
            c = self.client()
            c.send(request)
            c.socket.shutdown(socket.SHUT_WR)
            self.assertEqual([a.status for a in cut_answers(c.rest())], [200])
        c = self.client()
        c.send(b"POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nhi")
        c.socket.shutdown(socket.SHUT_WR)
        self.assertEqual([a.status for a in cut_answers(c.rest())], [400])


class Answers(Case):
    OPTIONS = ("public_url=https://CA.example.cn:443/hall", "log=1", "trust_forwarded=1")

    def test_security_headers_stand_on_every_answer(self):
        answers = [self.get(t) for t in ("/json", "/page", "/nowhere", "/fault", "/redirect?to=/x", "/stream/1", "/echo/%00")]
        for a in answers:
            self.assertEqual(a.header("x-content-type-options"), "nosniff")
            self.assertEqual(a.header("cross-origin-opener-policy"), "same-origin")
            self.assertIn("default-src 'none'", a.header("content-security-policy"))
            self.assertRegex(a.header("date"), r"^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$")
        page = answers[1]
        nonce = re.search(r'nonce="([0-9a-f]{32})"', page.body.decode())[1]
        self.assertIn(f"script-src 'nonce-{nonce}' 'strict-dynamic'", page.header("content-security-policy"))
        self.assertIn("connect-src 'self' ws://127.0.0.1:20443;", page.header("content-security-policy"))
        self.assertEqual(page.header("permissions-policy"), "camera=(self)")
        self.assertEqual(page.header("set-cookie"), "__Host-sid=abc; Path=/; Secure; HttpOnly; SameSite=Strict")
        self.assertNotEqual(page.body, self.get("/page").body)

    def test_errors_as_page_and_as_problem(self):
        page = self.get("/fault")
        self.assertEqual((page.status, page.header("content-type")), (403, "text/html; charset=utf-8"))
        self.assertIn("&lt;b&gt;no&lt;/b&gt;", page.body.decode())
        for accept in ("application/json", "text/html;q=0.5, application/json"):
            problem = self.get("/fault", f"Accept: {accept}")
            self.assertEqual(problem.header("content-type"), "application/problem+json")
            got = json.loads(problem.body)
            self.assertEqual((got["status"], got["detail"], got["why"]), (403, "<b>no</b>", 1))
        self.assertEqual(self.get("/fault", "Accept: text/html, application/json;q=0.9").header("content-type")[:9], "text/html")
        self.assertEqual(self.get("/echo", "Accept: application/json").status, 200)
        with Client(self.server) as c:
            allow = c.request("PATCH", "/echo")
            self.assertEqual((allow.status, allow.header("allow")), (405, "GET, HEAD, POST, PUT, DELETE, OPTIONS"))

    def test_redirects_stay_here(self):
        good = self.get("/redirect?to=/a%20b/%E4%B8%AD")
        self.assertEqual((good.status, good.header("location")), (303, "/a%20b/%E4%B8%AD"))
        for bad in ("//evil.example", "/%5cevil.example", "https://evil.example", "/a%0d%0aSet-Cookie:%20x=y", ""):
            self.assertEqual(self.get(f"/redirect?to={bad}").status, 422, bad)

    def test_head_is_get_without_its_body(self):
        for target in ("/json", "/stream/3", "/stream/3?length=1", "/nowhere", "/big/100000"):
            with Client(self.server) as c:
                head, get = c.request("HEAD", target), c.request("GET", target)
                self.assertEqual(head.status, get.status)
                self.assertEqual(head.header("transfer-encoding"), get.header("transfer-encoding"))
                if get.status == 200:
                    self.assertEqual(head.header("content-length"), get.header("content-length"))

    def test_streams(self):
        with Client(self.server) as c:
            self.assertEqual(c.request("GET", "/stream/50").body, b"x" * 50000)
            announced = c.request("GET", "/stream/50?length=1")
            self.assertEqual((announced.header("content-length"), announced.body), ("50000", b"x" * 50000))
            c.send(b"GET /stream/5 HTTP/1.0\r\nHost: a\r\n\r\n")
            old = c.answer()
            self.assertEqual((old.header("transfer-encoding"), old.header("connection"), old.body), (None, "close", b"x" * 5000))

    def test_foreign_origins_cannot_act(self):
        cases = [((), 200), (("Origin: https://ca.example.cn",), 200), (("Origin: https://ca.example.cn:8443",), 403),
                 (("Origin: http://ca.example.cn",), 403), (("Origin: null",), 403), (("Origin: https://evil.example",), 403),
                 (("Sec-Fetch-Site: same-origin",), 200), (("Sec-Fetch-Site: none",), 200), (("Sec-Fetch-Site: same-site",), 403),
                 (("Sec-Fetch-Site: cross-site",), 403), (("Origin: https://ca.example.cn", "Sec-Fetch-Site: cross-site"), 403)]
        for headers, status in cases:
            for method in ("POST", "PUT"):
                with Client(self.server) as c:
                    self.assertEqual(c.request(method, "/echo", *headers, body=b"x").status, status, headers)
            self.assertEqual(self.get("/echo", *headers).status, 200)
            with Client(self.server) as c:
                self.assertEqual(c.request("POST", "/hook", *headers, body=b"x").status, 200)

    def test_forwarded_address_of_a_near_proxy(self):
        for headers, peer in (((), "127.0.0.1"), (("X-Forwarded-For: 203.0.113.9",), "203.0.113.9"),
                              (("X-Forwarded-For: 1.1.1.1, 2001:db8::7",), "2001:db8::7"),
                              (("X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2"), "2.2.2.2"),
                              (("X-Forwarded-For: <script>",), "127.0.0.1")):
            self.assertEqual(json.loads(self.get("/echo", *headers).body)["peer"], peer)

    def test_counters_and_access_log(self):
        for target in ("/json", "/json", "/echo/secret?code=secret", "/nowhere/secret"):
            self.get(target)
        with Client(self.server) as c:
            c.send(b"BAD\r\n\r\n")
            c.rest()
        stats = self.stats()
        self.assertEqual((stats["GET /json"], stats["GET /echo/{name}"], stats["any unknown"], stats["any refused"]), (2, 1, 1, 1))
        self.assertEqual(stats["refused"], 1)
        errors = self.server.end()
        self.ended = True
        lines = [json.loads(line) for line in errors.splitlines()]
        requests = [line for line in lines if line["msg"] == "request"]
        self.assertEqual([(r["method"], r["route"], r["status"]) for r in requests],
                         [("GET", "/json", 200)] * 2 + [("GET", "/echo/{name}", 200), ("GET", "unknown", 404)])
        self.assertNotIn("secret", errors)
        self.assertEqual(len({r["req_id"] for r in requests}), 4)
        for r in requests:
            self.assertRegex(r["req_id"], r"^[0-9a-f]{16}$")
            self.assertRegex(r["ts"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$")
            self.assertEqual(r["peer"], "127.0.0.1")


class Static(Case):
    CSS = b"a { color: red }\n" * 200
    TEXT = bytes(range(256)) * 1000

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        os.mkdir(os.path.join(cls.folder.name, "img"))
        twin = gzip.compress(b"twin made by the build")
        for name, data in (("app.3f2a91c0.css", cls.CSS), ("plain.js", b"let a = 1\n"), ("pre.js", b"twin made by the build"),
                           ("pre.js.gz", twin), ("img/a.png", cls.TEXT), ("empty.txt", b""), ("odd.bin", b"x"),
                           ("face.cafe.js", b"1"), ("v.2026.js", b"1"), ("x.1a2b.js", b"1")):
            with open(os.path.join(cls.folder.name, name), "wb") as f:
                f.write(data)
        cls.OPTIONS = (f"assets={cls.folder.name}", "loopback_exempt=1")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_map_names_hashed_files(self):
        self.errors = self.server.end()
        self.ended = True
        self.assertEqual(json.loads(self.errors.splitlines()[0]), {"app.css": "app.3f2a91c0.css", "x.js": "x.1a2b.js"})

    def test_whole_files(self):
        css = self.get("/assets/app.3f2a91c0.css")
        self.assertEqual((css.status, css.body, css.header("content-type")), (200, self.CSS, "text/css; charset=utf-8"))
        self.assertEqual(css.header("cache-control"), "public, max-age=31536000, immutable")
        self.assertEqual(css.header("vary"), "Accept-Encoding")
        self.assertEqual(css.header("x-content-type-options"), "nosniff")
        self.assertIn("default-src 'none'", css.header("content-security-policy"))
        for name in ("plain.js", "face.cafe.js", "v.2026.js"):
            self.assertEqual(self.get(f"/assets/{name}").header("cache-control"), "no-cache")
        self.assertEqual(self.get("/assets/img/a.png").body, self.TEXT)
        self.assertEqual(self.get("/assets/empty.txt").header("content-length"), "0")
        self.assertEqual(self.get("/assets/odd.bin").header("content-type"), "application/octet-stream")
        for missing in ("/assets/", "/assets/nothing", "/assets/img", "/assets/pre.js.gz", "/app.css"):
            self.assertEqual(self.get(missing).status, 404, missing)
        self.assertEqual(self.stats()["GET static"], 7)

    def test_twins(self):
        for accept, encoding in (("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("identity", None), ("deflate", None)):
            got = self.get("/assets/app.3f2a91c0.css", f"Accept-Encoding: {accept}")
            self.assertEqual(got.header("content-encoding"), encoding, accept)
            self.assertEqual(gzip.decompress(got.body) if encoding else got.body, self.CSS)
        got = self.get("/assets/pre.js", "Accept-Encoding: gzip")
        self.assertEqual(gzip.decompress(got.body), b"twin made by the build")
        self.assertIsNone(self.get("/assets/plain.js", "Accept-Encoding: gzip").header("content-encoding"))
        self.assertIsNone(self.get("/assets/img/a.png", "Accept-Encoding: gzip").header("content-encoding"))

    def test_conditions(self):
        target = "/assets/app.3f2a91c0.css"
        first, zipped = self.get(target), self.get(target, "Accept-Encoding: gzip")
        tag, date = first.header("etag"), first.header("last-modified")
        self.assertNotEqual(tag, zipped.header("etag"))
        cases = [((f"If-None-Match: {tag}",), 304), ((f"If-None-Match: W/{tag}",), 304), ((f'If-None-Match: "x", {tag}',), 304),
                 (("If-None-Match: *",), 304), (('If-None-Match: "x"',), 200), ((f"If-Modified-Since: {date}",), 304),
                 (("If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",), 200), (("If-Modified-Since: nonsense",), 200),
                 (('If-None-Match: "x"', f"If-Modified-Since: {date}"), 200),
                 ((f"If-None-Match: {zipped.header('etag')}", "Accept-Encoding: gzip"), 304)]
        for headers, status in cases:
            got = self.get(target, *headers)
            self.assertEqual(got.status, status, headers)
            if status == 304:
                self.assertEqual((got.body, got.header("content-length")), (b"", None))
                self.assertIn(got.header("etag"), (tag, zipped.header("etag")))
                self.assertEqual(got.header("cache-control"), first.header("cache-control"))

    def test_ranges(self):
        target, size = "/assets/img/a.png", len(self.TEXT)
        first = self.get(target)
        tag, date = first.header("etag"), first.header("last-modified")
        cases = [("bytes=0-9", 0, 10), ("bytes=5-5", 5, 6), ("bytes=255990-", 255990, size), ("bytes=-7", size - 7, size),
                 ("bytes=-999999", 0, size), ("bytes=10-999999", 10, size), ("bytes=0-199999", 0, 200000)]
        for spec, a, b in cases:
            got = self.get(target, f"Range: {spec}")
            self.assertEqual((got.status, got.body), (206, self.TEXT[a:b]), spec)
            self.assertEqual(got.header("content-range"), f"bytes {a}-{b - 1}/{size}")
            self.assertEqual(got.header("content-type"), "image/png")
        for spec in ("bytes=256000-", "bytes=999999-1000000", "bytes=-0"):
            got = self.get(target, f"Range: {spec}")
            self.assertEqual((got.status, got.header("content-range")), (416, f"bytes */{size}"), spec)
        for spec in ("bytes=9-5", "bytes=a-b", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=1"):
            self.assertEqual(self.get(target, f"Range: {spec}").status, 200, spec)
        for condition, status in ((tag, 206), (date, 206), ('"x"', 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 200)):
            self.assertEqual(self.get(target, "Range: bytes=0-1", f"If-Range: {condition}").status, status, condition)
        self.assertEqual(self.get("/assets/app.3f2a91c0.css", "Range: bytes=0-1", "Accept-Encoding: gzip").body, self.CSS[:2])

    def test_head_and_others(self):
        with Client(self.server) as c:
            head, get = c.request("HEAD", "/assets/img/a.png"), c.request("GET", "/assets/img/a.png")
            self.assertEqual({**head.headers, "date": ""}, {**get.headers, "date": ""})
            self.assertEqual(c.request("POST", "/assets/plain.js", body=b"").status, 404)
            c.send(b"GET /assets/img/a.png HTTP/1.1\r\nHost: a\r\n\r\n" * 10)
            for _ in range(10):
                self.assertEqual(c.answer().body, self.TEXT)


class Events(Case):
    OPTIONS = ("loopback_exempt=1",)

    def subscribe(self, topic, *headers, session="s"):
        c = self.client()
        c.send("\r\n".join([f"GET /events/{topic}?session={session} HTTP/1.1", "Host: a", *headers, "", ""]).encode())
        return c

    def until(self, c, text, seconds=3):
        c.socket.settimeout(seconds)
        while text not in c.data:
            piece = c.socket.recv(65536)
            self.assertTrue(piece, c.data)
            c.data += piece
        return c.data

    def publish(self, topic):
        with Client(self.server) as c:
            self.assertEqual(c.request("POST", f"/publish/{topic}", body=b"").status, 200)

    def test_topic_is_told_to_those_who_listen(self):
        a, b = self.subscribe("case-1", session="a"), self.subscribe("case-2", session="b")
        self.until(a, b"retry: 3000\n\n")
        self.until(b, b"retry: 3000\n\n")
        self.publish("case-1")
        self.until(a, b"event: topic\ndata: case-1\n\n")
        self.publish("all")
        self.until(a, b"data: all\n\n")
        self.assertNotIn(b"case-1", self.until(b, b"data: all\n\n"))
        head = a.data.split(b"\r\n\r\n")[0].decode()
        self.assertIn("Content-Type: text/event-stream", head)
        self.assertIn("Cache-Control: no-store", head)

    def test_heartbeat(self):
        self.until(self.subscribe("x"), b":\n\n")

    def test_who_comes_back_hears_what_was_missed(self):
        c = self.subscribe("case-1")
        self.until(c, b"retry")
        self.publish("case-1")
        last = re.search(rb"id: (\S+)\n", self.until(c, b"data: case-1\n\n"))[1].decode()
        c.socket.close()
        quiet = self.subscribe("case-1", f"Last-Event-ID: {last}")
        self.assertNotIn(b"data", self.until(quiet, b":\n\n"))
        quiet.socket.close()
        self.publish("case-1")
        self.until(self.subscribe("case-1", f"Last-Event-ID: {last}"), b"data: case-1\n\n")
        self.until(self.subscribe("case-1", "Last-Event-ID: 123-4"), b"data: case-1\n\n")

    def test_four_of_one_session(self):
        held = [self.subscribe("x") for _ in range(4)]
        for c in held:
            self.until(c, b"retry")
        refused = self.subscribe("x").answer()
        self.assertEqual((refused.status, refused.header("retry-after")), (429, "30"))
        self.until(self.subscribe("x", session="other"), b"retry")
        held[0].socket.close()
        time.sleep(0.2)
        self.until(self.subscribe("x"), b"retry")

    def test_half_close_ends_it(self):
        c = self.subscribe("x")
        self.until(c, b"retry")
        c.socket.shutdown(socket.SHUT_WR)
        c.rest()
        time.sleep(0.1)
        self.assertEqual(self.stats()["streams"], 0)

    def test_revoked_ones_end(self):
        a, b = self.subscribe("x", session="a"), self.subscribe("x", session="b")
        self.until(a, b"retry")
        self.until(b, b"retry")
        with Client(self.server) as c:
            c.request("POST", "/revoke/a", body=b"")
            self.until(a, b"\r\n0\r\n\r\n")
            c.request("POST", "/revoke/everybody", body=b"")
            self.until(b, b"\r\n0\r\n\r\n")
        self.assertEqual(self.stats()["streams"], 0)

    def test_slow_listener_costs_nothing(self):
        c = self.subscribe("x")
        self.until(c, b"retry")
        with Client(self.server) as other:
            for _ in range(300):
                other.request("POST", "/publish/x", body=b"")
        self.until(c, b"data: x\n\n")
        self.assertEqual(self.stats()["streams"], 1)


class Idle(Case):
    PROGRAM = best_program()
    OPTIONS = ("idle_ms=600000", "connections=20000", "per_address=20000")

    def grow(self, count, tls):
        with Client(self.server, tls=tls) as c:
            self.assertEqual(c.request("GET", "/json").status, 200)
        time.sleep(0.3)
        before = self.server.rss_kb()
        held = []
        for i in range(count):
            s = socket.create_connection(("127.0.0.1", self.server.tls if tls else self.server.plain), timeout=60,
                                         source_address=(f"127.0.0.{i % 8 + 2}", 0))
            held.append(CONTEXT.wrap_socket(s) if tls else s)
        for s in held:
            s.sendall(b"GET /json HTTP/1.1\r\nHost: a\r\n\r\n")
        for s in held:
            self.assertTrue(s.recv(4096).startswith(b"HTTP/1.1 200"))
        time.sleep(0.5)
        each = (self.server.rss_kb() - before) * 1024 / count
        self.assertEqual(self.get("/json").status, 200)
        print(f"{count} idle {'TLS' if tls else 'plain'} connections: {each:.0f} bytes each", file=sys.stderr)
        if not tls:
            for s in held:
                s.sendall(b"GET /json HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 200)
            time.sleep(0.5)
            slow = (self.server.rss_kb() - before) * 1024 / count
            print(f"the same with a begun head: {slow:.0f} bytes each", file=sys.stderr)
            self.assertLess(slow, 4000 if is_release(self.PROGRAM) else 9000)
        for s in held:
            s.close()
        return each

    def test_plain(self):
        self.assertLess(self.grow(10000, False), 2500 if is_release(self.PROGRAM) else 6000)

    def test_tls(self):
        self.assertLess(self.grow(10000 if LONG else 2000, True), 25000 if is_release(self.PROGRAM) else 120000)


if __name__ == "__main__":
    unittest.main()
