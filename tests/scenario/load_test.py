#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""certhall-load against a small server: closed and open loop, journeys, errors of each kind, TLS.
Usage: load_test.py CERTHALL_LOAD"""
import collections
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = sys.argv.pop(1)
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Server:
    """Answers by path; counts what it saw."""

    def __init__(self, context=None):
        self.context, self.seen, self.lock = context, collections.Counter(), threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, address = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection, address), daemon=True).start()

    def serve(self, connection, address):
        with self.lock:
            self.seen["connections"] += 1
            self.seen["from " + address[0]] += 1
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                self.answer_all(connection)
        except (OSError, ValueError):
            pass

    def answer_all(self, connection):
        waiting = b""
        while True:
            head, mark, rest = waiting.partition(b"\r\n\r\n")
            if not mark:
                piece = connection.recv(65536)
                if not piece or piece.startswith(b"\x16"):
                    return
                waiting += piece
                continue
            method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
            fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
            length = int(fields.get("Content-Length", 0))
            while len(rest) < length:
                rest += connection.recv(65536)
            body, waiting = rest[:length], rest[length:]
            with self.lock:
                self.seen[method + " " + path] += 1
            if not self.answer(connection, method, path, fields, body):
                return

    def answer(self, connection, method, path, fields, body):
        if path == "/slow":
            time.sleep(0.05)
        elif path == "/never":
            time.sleep(3)
        elif path == "/cut":
            connection.sendall(HELLO[:30])
            return False
        elif path == "/garbage":
            connection.sendall(b"hello\r\n\r\n")
            return False
        elif path == "/missing":
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return True
        elif path == "/form" and method == "GET":
            page = b'<input name="_csrf" value="t1">'
            connection.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: visit=v1; Path=/\r\nTransfer-Encoding: chunked\r\n\r\n"
                               b"%x\r\n%s\r\n0\r\n\r\n" % (len(page), page))
            return True
        elif path == "/form":
            right = fields.get("Cookie") == "visit=v1" and b"_csrf=t1" in body
            connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % (b"303 See Other" if right else b"403 No"))
            return True
        connection.sendall(HELLO)
        return fields.get("Connection") != "close"

    def close(self):
        self.socket.close()


class Load(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_load(self, scenario, *words, port=None, scheme="http", status=0):
        file = os.path.join(self.folder.name, "scenario.lua")
        result = os.path.join(self.folder.name, "result.json")
        with open(file, "w", encoding="utf-8") as f:
            f.write(scenario)
        done = subprocess.run([PROGRAM, f"{scheme}://127.0.0.1:{port or self.server.port}", file, "--json", result,
                               "--duration", "0.6", "--warmup", "0", "--connections", "4", *words],
                              capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        self.output = done.stdout + done.stderr
        if status:
            return None
        with open(result, encoding="utf-8") as f:
            return json.load(f)

    def get(self, path):
        return f'return {{ requests = {{ {{ path = "{path}" }} }} }}'

    def only_error(self, result, kind):
        wrong = {k: v for k, v in result["errors"].items() if v}
        self.assertEqual(set(wrong), {kind}, result)
        return wrong[kind]

    def test_closed_loop_counts_what_the_server_saw(self):
        r = self.run_load(self.get("/"), "--pid", str(os.getpid()))
        self.assertGreater(r["answers"], 100)
        self.assertLessEqual(self.server.seen["GET /"] - r["answers"], 4)
        self.assertEqual(self.server.seen["connections"], 4)
        self.assertFalse(any(r["errors"].values()))
        self.assertAlmostEqual(r["seconds"], 0.6, delta=0.2)
        self.assertAlmostEqual(r["per_second"], r["answers"] / r["seconds"], delta=1)
        self.assertGreater(r["server_cpu_seconds"], 0)
        self.assertGreater(r["server_rss_bytes"], 1 << 20)
        self.assertEqual(r["latency_us"]["count"], r["answers"])
        self.assertIn("answers", self.output)

    def test_closed_loop_latency_is_the_servers(self):
        r = self.run_load(self.get("/slow"))
        self.assertGreater(r["latency_us"]["p50"], 50_000)
        self.assertLess(r["latency_us"]["p50"], 90_000)

    def test_pipelined_requests_are_outstanding_together(self):
        r = self.run_load(self.get("/slow"), "--depth", "4", "--connections", "1")
        self.assertGreater(r["latency_us"]["p50"], 150_000)
        r = self.run_load(self.get("/"), "--depth", "16")
        self.assertGreater(r["answers"], 100)
        self.assertFalse(any(r["errors"].values()))

    def test_open_loop_keeps_its_rate(self):
        r = self.run_load(self.get("/"), "--rate", "200")
        self.assertAlmostEqual(r["answers"], 120, delta=20)
        self.assertFalse(any(r["errors"].values()))

    def test_open_loop_counts_waiting_as_latency(self):
        # Four users, 50 ms each: 80 a second at most. At 160 a second the queue grows for 0.6 s.
        r = self.run_load(self.get("/slow"), "--rate", "160")
        self.assertAlmostEqual(r["answers"], 96, delta=15)
        self.assertGreater(r["latency_us"]["max"], 450_000)
        # Without patience the rest is told as unstarted, and its waiting counts.
        r = self.run_load(self.get("/slow"), "--rate", "1600", "--timeout", "0.5")
        self.assertGreater(self.only_error(r, "unstarted"), 500)
        self.assertGreater(r["latency_us"]["count"], 900)
        self.assertGreater(r["latency_us"]["p50"], 400_000)

    def test_a_connection_for_each_request_from_many_addresses(self):
        r = self.run_load(self.get("/"), "--close", "--sources", "3")
        self.assertGreater(r["answers"], 20)
        self.assertGreaterEqual(self.server.seen["connections"], r["answers"])
        for last in (1, 2, 3):
            self.assertGreater(self.server.seen[f"from 127.0.1.{last}"], 5)
        self.assertFalse(any(r["errors"].values()))

    def test_a_journey_carries_cookie_and_token(self):
        r = self.run_load("""return { journey = function()
            local page = http.get("/form")
            sleep(1)
            local done = http.post("/form", { form = { _csrf = page:input("_csrf") } })
            check(done.status == 303, "refused: " .. done.status)
        end }""")
        self.assertFalse(any(r["errors"].values()), r)
        self.assertGreater(r["journey_us"]["count"], 5)
        self.assertGreater(self.server.seen["POST /form"], 5)

    def test_a_setup_runs_before_the_measured_time(self):
        r = self.run_load("""return { setup = function(user)
            local page = http.get("/form")
            return { { method = "POST", path = "/form", form = { _csrf = page:input("_csrf") }, expect = 303 } }
        end }""")
        self.assertFalse(any(r["errors"].values()), r)
        self.assertEqual(self.server.seen["GET /form"], 4)
        self.assertGreater(r["answers"], 20)

    def test_errors_are_counted_by_kind(self):
        self.only_error(self.run_load(self.get("/missing")), "status")
        self.only_error(self.run_load(self.get("/cut")), "closed")
        self.only_error(self.run_load(self.get("/garbage")), "protocol")
        self.only_error(self.run_load(self.get("/never"), "--timeout", "0.2"), "timeout")
        self.only_error(self.run_load('return { journey = function() http.get("/") check(false, "no luck") end }'),
                        "check")
        self.assertIn("no luck", self.output)
        spare = socket.create_server(("127.0.0.1", 0))
        port = spare.getsockname()[1]
        spare.close()
        self.only_error(self.run_load(self.get("/"), "--close", port=port), "connect")

    def test_what_cannot_begin_ends_with_a_sentence(self):
        spare = socket.create_server(("127.0.0.1", 0))
        port = spare.getsockname()[1]
        spare.close()
        self.run_load(self.get("/"), port=port, status=2)
        self.assertIn("cannot be reached", self.output)
        self.run_load("return 1", status=2)
        self.assertIn("must return a table", self.output)
        self.run_load(self.get("/"), "--depth", "65", status=2)
        self.assertIn("from 1 to 64", self.output)
        self.run_load(self.get("/"), "--no-such", status=2)
        self.assertIn("--no-such", self.output)

    def test_the_scenarios_of_the_benches_load(self):
        folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench", "scenarios")
        spare = socket.create_server(("127.0.0.1", 0))
        port = spare.getsockname()[1]
        spare.close()
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                self.run_load(f.read(), port=port, status=2)
            self.assertIn("cannot be reached", self.output, name)

    def test_idle_connections_are_held(self):
        with subprocess.Popen([PROGRAM, f"http://127.0.0.1:{self.server.port}", self.write(self.get("/")), "--idle",
                               "--connections", "30", "--duration", "30"], stdout=subprocess.PIPE, text=True) as p:
            self.assertEqual(p.stdout.readline(), "holding 30 connections, 0 errors\n")
            p.terminate()
            p.wait(10)

    def write(self, text):
        file = os.path.join(self.folder.name, "held.lua")
        with open(file, "w", encoding="utf-8") as f:
            f.write(text)
        return file

    def test_tls(self):
        key, chain = (os.path.join(self.folder.name, n) for n in ("key.pem", "chain.pem"))
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-keyout", key, "-out", chain, "-days", "2", "-subj", "/CN=localhost"],
                       capture_output=True, check=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        secure = Server(context)
        self.addCleanup(secure.close)
        r = self.run_load(self.get("/"), port=secure.port, scheme="https")
        self.assertGreater(r["answers"], 20)
        self.assertFalse(any(r["errors"].values()), r)
        r = self.run_load(self.get("/"), "--close", port=secure.port, scheme="https")
        self.assertGreater(r["answers"], 5)
        self.assertFalse(any(r["errors"].values()), r)
        self.only_error(self.run_load(self.get("/"), "--close", scheme="https"), "tls")


if __name__ == "__main__":
    unittest.main(verbosity=2)
