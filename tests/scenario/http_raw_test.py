#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Raw requests and what they must get, whole and cut in two at every byte. Usage: http_raw_test.py HTTP_TOOL

A malformed request gets exactly one answer of 4xx or 5xx, then the connection ends, though the client's side stays open and
more requests stand behind it. A valid one is answered as the table says, and the connection goes on.
"""
import selectors
import sys
import time
import unittest

import http_reference
from http_client import Client, Server, cut_answers

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""
NEXT = b"GET /json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
H = b"Host: a\r\n"
CHUNKED = b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def get(line=b"GET /echo HTTP/1.1", headers=H):
    return line + b"\r\n" + headers + b"\r\n"


def post(headers, body=b""):
    return b"POST /echo HTTP/1.1\r\n" + H + headers + b"\r\n" + body


# name: (status, bytes)
MALFORMED = {
    "bare LF ends the request line": (400, b"GET /echo HTTP/1.1\nHost: a\r\n\r\n"),
    "bare LF ends a header": (400, b"GET /echo HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"),
    "bare LF ends the head": (400, b"GET /echo HTTP/1.1\r\nHost: a\r\n\n"),
    "LF before anything": (400, b"\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
    "empty line before anything": (400, b"\r\nGET /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
    "space before the method": (400, b" GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"),
    "CR in a value": (400, get(headers=H + b"X: a\rb\r\n")),
    "CR in a name": (400, get(headers=H + b"X\rY: a\r\n")),
    "CR CR LF": (400, get(headers=H + b"X: a\r\r\n")),
    "CR at the end of the line without LF": (400, b"GET /echo HTTP/1.1\rHost: a\r\n\r\n"),
    "CR X instead of the last LF": (400, b"GET /echo HTTP/1.1\r\nHost: a\r\n\rX"),
    "folded header": (400, get(headers=H + b"X: a\r\n b\r\n")),
    "folded header by a tab": (400, get(headers=H + b"X: a\r\n\tb\r\n")),
    "space before the first header": (400, get(headers=b" " + H)),
    "space before the colon": (400, get(headers=b"Host : a\r\n")),
    "tab before the colon": (400, get(headers=b"Host\t: a\r\n")),
    "space before the colon of Content-Length": (400, post(b"Content-Length : 5\r\n", b"hello")),
    "no colon": (400, get(headers=H + b"Xabc\r\n")),
    "empty name": (400, get(headers=H + b": a\r\n")),
    "name with a parenthesis": (400, get(headers=H + b"X(: a\r\n")),
    "name with a high byte": (400, get(headers=H + b"X\xe9: a\r\n")),
    "value with a high byte": (400, get(headers=H + b"X: \xc3\xa9\r\n")),
    "value with a NUL": (400, get(headers=H + b"X: a\0b\r\n")),
    "value with an escape": (400, get(headers=H + b"X: \x1b[0m\r\n")),
    "value with DEL": (400, get(headers=H + b"X: \x7f\r\n")),
    "vertical tab in a value": (400, get(headers=H + b"X: a\x0bb\r\n")),
    "two spaces before the target": (400, get(b"GET  /echo HTTP/1.1")),
    "two spaces before the version": (400, get(b"GET /echo  HTTP/1.1")),
    "tab before the target": (400, get(b"GET\t/echo HTTP/1.1")),
    "tab before the version": (400, get(b"GET /echo\tHTTP/1.1")),
    "space behind the version": (400, get(b"GET /echo HTTP/1.1 ")),
    "form feed in the line": (400, get(b"GET\x0c/echo HTTP/1.1")),
    "NUL in the target": (400, get(b"GET /e\0cho HTTP/1.1")),
    "high byte in the target": (400, get(b"GET /\xe4\xb8\xad HTTP/1.1")),
    "fragment": (400, get(b"GET /echo#a HTTP/1.1")),
    "quote in the target": (400, get(b'GET /echo?a=" HTTP/1.1')),
    "HTTP/0.9": (400, b"GET /echo\r\n"),
    "version without a minor": (400, get(b"GET /echo HTTP/1")),
    "lower-case version": (400, get(b"GET /echo http/1.1")),
    "version 1.2": (505, get(b"GET /echo HTTP/1.2")),
    "version 2.0": (505, get(b"GET /echo HTTP/2.0")),
    "version 0.9": (505, get(b"GET /echo HTTP/0.9")),
    "version 1.10": (400, get(b"GET /echo HTTP/1.10")),
    "another protocol": (400, get(b"GET /echo HTTQ/1.1")),
    "HTTP/2 preface": (501, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "TLS on the plain port": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "absolute-form": (400, get(b"GET http://a/echo HTTP/1.1")),
    "asterisk-form": (400, get(b"OPTIONS * HTTP/1.1")),
    "authority-form": (501, get(b"CONNECT a:80 HTTP/1.1")),
    "relative target": (400, get(b"GET echo HTTP/1.1")),
    "empty target": (400, get(b"GET  HTTP/1.1")),
    "unknown method": (501, get(b"FOO /echo HTTP/1.1")),
    "lower-case method": (501, get(b"get /echo HTTP/1.1")),
    "TRACE": (501, get(b"TRACE /echo HTTP/1.1")),
    "method with a slash": (400, get(b"G/T /echo HTTP/1.1")),
    "no Host": (400, get(headers=b"X: a\r\n")),
    "no Host in 1.0": (400, get(b"GET /echo HTTP/1.0", b"X: a\r\n")),
    "two Hosts": (400, get(headers=H + b"Host: b\r\n")),
    "two equal Hosts": (400, get(headers=H + H)),
    "empty Host": (400, get(headers=b"Host:\r\n")),
    "Host with a path": (400, get(headers=b"Host: a/b\r\n")),
    "Host with a user": (400, get(headers=b"Host: u@a\r\n")),
    "Host with a comma": (400, get(headers=b"Host: a,b\r\n")),
    "Host with a space": (400, get(headers=b"Host: a b\r\n")),
    "Host with a bad port": (400, get(headers=b"Host: a:99999\r\n")),
    "Host with an empty port": (400, get(headers=b"Host: a:\r\n")),
    "Host with an open bracket": (400, get(headers=b"Host: [::1\r\n")),
    "chunked on 1.0": (400, b"POST /echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "chunked and length": (400, post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", b"0\r\n\r\n")),
    "length and chunked": (400, post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    "gzip, chunked": (400, post(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n")),
    "chunked, identity": (400, post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n")),
    "identity": (400, post(b"Transfer-Encoding: identity\r\n")),
    "Chunked in capitals": (400, post(b"Transfer-Encoding: Chunked\r\n", b"0\r\n\r\n")),
    "xchunked": (400, post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n")),
    "quoted chunked": (400, post(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n")),
    "chunked twice": (400, post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n")),
    "empty Transfer-Encoding": (400, post(b"Transfer-Encoding:\r\n")),
    "two equal lengths": (400, post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello")),
    "two lengths": (400, post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello")),
    "list of lengths": (400, post(b"Content-Length: 5, 5\r\n", b"hello")),
    "length with a sign": (400, post(b"Content-Length: +5\r\n", b"hello")),
    "negative length": (400, post(b"Content-Length: -5\r\n", b"hello")),
    "hexadecimal length": (400, post(b"Content-Length: 0x5\r\n", b"hello")),
    "length with a space inside": (400, post(b"Content-Length: 1 0\r\n", b"hello")),
    "length with an underscore": (400, post(b"Content-Length: 1_0\r\n", b"hello")),
    "length with a tab behind": (400, post(b"Content-Length: 5\t\r\n", b"hello")),
    "chunked with a tab behind": (400, post(b"Transfer-Encoding: chunked\t\r\n", b"0\r\n\r\n")),
    "empty length": (400, post(b"Content-Length:\r\n", b"hello")),
    "length beyond 64 bits": (400, post(b"Content-Length: 18446744073709551621\r\n", b"hello")),
    "length beyond the limit": (413, post(b"Content-Length: 65537\r\n")),
    "unknown expectation": (417, post(b"Expect: 200-ok\r\nContent-Length: 5\r\n", b"hello")),
    "chunk size with a sign": (400, CHUNKED + b"+5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with 0x": (400, CHUNKED + b"0x5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a space before": (400, CHUNKED + b" 5\r\nhello\r\n0\r\n\r\n"),
    "chunk size with a space behind": (400, CHUNKED + b"5 \r\nhello\r\n0\r\n\r\n"),
    "chunk size beyond 64 bits": (400, CHUNKED + b"10000000000000005\r\nhello\r\n0\r\n\r\n"),
    "empty chunk size": (400, CHUNKED + b"\r\nhello\r\n0\r\n\r\n"),
    "chunk size ended by LF": (400, CHUNKED + b"5\nhello\r\n0\r\n\r\n"),
    "chunk ended by LF": (400, CHUNKED + b"5\r\nhello\n0\r\n\r\n"),
    "chunk longer than its size": (400, CHUNKED + b"5\r\nhello!\r\n0\r\n\r\n"),
    "last chunk ended by LF": (400, CHUNKED + b"5\r\nhello\r\n0\n\r\n"),
    "body ended by LF": (400, CHUNKED + b"5\r\nhello\r\n0\r\n\n"),
    "LF in a chunk extension": (400, CHUNKED + b"5;a\nb\r\nhello\r\n0\r\n\r\n"),
    "trailer Content-Length": (400, CHUNKED + b"0\r\nContent-Length: 5\r\n\r\n"),
    "trailer Host": (400, CHUNKED + b"0\r\nhost: b\r\n\r\n"),
    "trailer Transfer-Encoding": (400, CHUNKED + b"0\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "trailer Cookie": (400, CHUNKED + b"0\r\nCookie: a=b\r\n\r\n"),
    "trailer with a bare LF": (400, CHUNKED + b"0\r\nX: a\nY: b\r\n\r\n"),
    "folded trailer": (400, CHUNKED + b"0\r\nX: a\r\n b\r\n\r\n"),
    "trailer with a high byte": (400, CHUNKED + b"0\r\nX: \xe9\r\n\r\n"),
    "dot segments": (400, get(b"GET /a/../echo HTTP/1.1")),
    "escaped dot segments": (400, get(b"GET /a/%2e%2e/echo HTTP/1.1")),
    "double slash": (400, get(b"GET //echo HTTP/1.1")),
    "two slashes only": (400, get(b"GET // HTTP/1.1")),
    "escaped slash": (400, get(b"GET /echo/a%2fb HTTP/1.1")),
    "backslash": (400, get(b"GET /echo\\a HTTP/1.1")),
    "escaped NUL": (400, get(b"GET /echo/%00 HTTP/1.1")),
    "escaped newline": (400, get(b"GET /echo/%0a HTTP/1.1")),
    "broken escape": (400, get(b"GET /echo/%zz HTTP/1.1")),
    "path that is not UTF-8": (400, get(b"GET /echo/%ff HTTP/1.1")),
    "overlong UTF-8": (400, get(b"GET /echo/%c0%af HTTP/1.1")),
    "101 headers": (431, get(headers=H + b"".join(b"X%d: a\r\n" % i for i in range(100)))),
    "17 kB of headers": (431, get(headers=H + b"X: " + b"a" * 17000 + b"\r\n")),
    "17 kB of target": (414, get(b"GET /" + b"a" * 17000 + b" HTTP/1.1")),
}

# name: (statuses and methods, bytes)
VALID = {
    "plain GET": ("200 GET", get()),
    "HEAD": ("200 HEAD", get(b"HEAD /echo HTTP/1.1")),
    "OPTIONS of a path": ("204 OPTIONS", get(b"OPTIONS /echo HTTP/1.1")),
    "query": ("200 GET", get(b"GET /echo?a=1&b=%20 HTTP/1.1")),
    "question mark only": ("200 GET", get(b"GET /echo? HTTP/1.1")),
    "escaped UTF-8": ("200 GET", get(b"GET /echo/%E4%B8%AD HTTP/1.1")),
    "dots in a segment": ("200 GET", get(b"GET /echo/..a HTTP/1.1")),
    "slash at the end": ("200 GET", get(b"GET /echo/ HTTP/1.1")),
    "host with port": ("200 GET", get(headers=b"Host: example.cn:8443\r\n")),
    "host as IPv6": ("200 GET", get(headers=b"Host: [2001:db8::1]:443\r\n")),
    "host in capitals": ("200 GET", get(headers=b"HOST: A\r\n")),
    "no space behind the colon": ("200 GET", get(headers=b"Host:a\r\nX:\r\n")),
    "white space around a value": ("200 GET", get(headers=b"Host: \t a \t\r\n")),
    "100 headers": ("200 GET", get(headers=H + b"".join(b"X%d: a\r\n" % i for i in range(99)))),
    "all token characters": ("200 GET", get(headers=H + b"!#$%&'*+-.^_`|~1aZ: a\r\n")),
    "16 kB head": ("200 GET", get(headers=H + b"X: " + b"a" * (16384 - len(get()) - 5) + b"\r\n")),
    "body": ("200 POST", post(b"Content-Length: 5\r\n", b"hello")),
    "length 0": ("200 POST", post(b"Content-Length: 0\r\n")),
    "length with zeros": ("200 POST", post(b"Content-Length: 0005\r\n", b"hello")),
    "no length, no body": ("200 POST", post(b"")),
    "body that looks like a request": ("200 POST", post(b"Content-Length: %d\r\n" % len(NEXT), NEXT)),
    "chunked": ("200 POST", CHUNKED + b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
    "chunked, empty": ("200 POST", CHUNKED + b"0\r\n\r\n"),
    "chunked with zeros": ("200 POST", CHUNKED + b"0005\r\nhello\r\n000\r\n\r\n"),
    "chunk sizes in both cases": ("200 POST", CHUNKED + b"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
    "chunk extensions": ("200 POST", CHUNKED + b'5;a=b;c="d e";f\r\nhello\r\n0\r\n\r\n'),
    "harmless trailer": ("200 POST", CHUNKED + b"0\r\nX-Sum: 123\r\n\r\n"),
    "PUT": ("200 PUT", b"PUT /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
    "unknown path": ("404 GET", get(b"GET /nowhere HTTP/1.1")),
    "wrong method": ("405 PATCH", get(b"PATCH /echo HTTP/1.1")),
    "body where none belongs": ("413 DELETE", b"DELETE /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"),
    "Expect with the body at once": ("200 POST", post(b"Expect: 100-continue\r\nContent-Length: 5\r\n", b"hello")),
    "three at once": ("200 GET 200 POST 200 GET", get() + post(b"Content-Length: 2\r\n", b"hi") + get()),
    "twenty at once": (" ".join(["200 GET"] * 20), get() * 20),
    "chunked and then others": ("200 POST 404 GET", CHUNKED + b"1\r\na\r\n0\r\n\r\n" + get(b"GET /x HTTP/1.1")),
    "slow ones in order": ("200 GET 200 GET 200 GET", get(b"GET /slow/30 HTTP/1.1") + get(b"GET /slow/1 HTTP/1.1") + get()),
}


def parse_expected(text):
    words = text.split()
    return [(int(words[i]), words[i + 1]) for i in range(0, len(words), 2)]


class Batch:
    """Many connections at once, each with two pieces to send; collects what comes back until all are closed."""

    def __init__(self, server, jobs):
        self.selector, self.got, self.reset = selectors.DefaultSelector(), {}, set()
        sockets = []
        for i, (first, second) in enumerate(jobs):
            s = server.connect()
            s.sendall(first)
            self.got[i] = b""
            self.selector.register(s, selectors.EVENT_READ, i)
            sockets.append((s, second))
        if any(second for _, second in sockets):
            time.sleep(0.02)
        for s, second in sockets:
            try:
                s.sendall(second)
            except OSError:
                pass  # answered and closed already

    def collect(self, timeout=10):
        deadline = time.monotonic() + timeout
        while self.selector.get_map() and time.monotonic() < deadline:
            for key, _ in self.selector.select(0.2):
                try:
                    piece = key.fileobj.recv(1 << 16)
                except ConnectionResetError:
                    piece = b""
                    self.reset.add(key.data)
                self.got[key.data] += piece
                if not piece:
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()
        open_ones = [k.data for k in self.selector.get_map().values()]
        for key in list(self.selector.get_map().values()):
            key.fileobj.close()
        return open_ones


def splits(data):
    """Whole, and in two at every byte; of long ones at the edges and here and there."""
    points = range(1, len(data)) if len(data) <= 400 else [*range(1, 40), *range(40, len(data) - 40, len(data) // 50),
                                                           *range(len(data) - 40, len(data))]
    return [(data, b""), *[(data[:i], data[i:]) for i in points]]


class Raw(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(PROGRAM, "loopback_exempt=1")

    @classmethod
    def tearDownClass(cls):
        cls.server.end()

    def run_all(self, cases):
        """Yields (name, split, answers) of all splits, in batches."""
        jobs = [(name, split) for name, data in cases for split in splits(data)]
        for i in range(0, len(jobs), 400):
            batch = Batch(self.server, [split for _, split in jobs[i:i + 400]])
            still_open = batch.collect()
            self.assertEqual(still_open, [], jobs[i + still_open[0]] if still_open else "")
            for k, (name, split) in enumerate(jobs[i:i + 400]):
                yield name, split, batch.got[k], k in batch.reset

    def test_malformed_get_one_answer_and_the_end(self):
        cases = [(name, data + NEXT) for name, (_, data) in MALFORMED.items()]
        count = 0
        for name, split, got, reset in self.run_all(cases):
            with self.subTest(name=name, first=split[0][-40:]):
                answers = cut_answers(got)
                self.assertEqual([a.status for a in answers], [MALFORMED[name][0]], answers)
                self.assertEqual(answers[0].header("connection"), "close")
                self.assertFalse(reset)
            count += 1
        print(f"{len(MALFORMED)} malformed requests, {count} connections", file=sys.stderr)

    def test_valid_are_answered_in_order(self):
        cases = [(name, data + NEXT) for name, (_, data) in VALID.items()]
        count = 0
        for name, split, got, _ in self.run_all(cases):
            with self.subTest(name=name, first=split[0][-40:]):
                expected = parse_expected(VALID[name][0]) + [(200, "GET")]
                answers = cut_answers(got, [m for _, m in expected])
                self.assertEqual([a.status for a in answers], [s for s, _ in expected], answers)
                self.assertEqual(answers[-1].body, b'{"ok":true}')
                self.assertEqual([a.header("connection") for a in answers], [None] * (len(answers) - 1) + ["close"])
            count += 1
        print(f"{len(VALID)} valid requests, {count} connections", file=sys.stderr)

    def test_bodies_arrive_as_sent(self):
        for name, expected in (("chunked", "hello world"), ("body", "hello"), ("chunk sizes in both cases", "0123456789" * 2),
                               ("body that looks like a request", NEXT.decode())):
            for _, _, got, _ in self.run_all([(name, VALID[name][1] + NEXT)]):
                self.assertIn(expected.replace("\r\n", "\\r\\n").encode(), got)

    def test_tls_carries_the_same(self):
        for name, (expected, data) in VALID.items():
            with Client(self.server, tls=True) as c:
                for at in range(0, len(data), 100):
                    c.send(data[at:at + 100])
                c.send(NEXT)
                wanted = parse_expected(expected) + [(200, "GET")]
                answers = cut_answers(c.rest(), [m for _, m in wanted])
                self.assertEqual([a.status for a in answers], [s for s, _ in wanted], name)

    def test_the_reference_agrees_with_the_table(self):
        for name, (status, data) in MALFORMED.items():
            self.assertEqual([s for s, _ in http_reference.answers(data + NEXT)], [status], name)
        for name, (expected, data) in VALID.items():
            if "/slow/" not in str(data):
                self.assertEqual(http_reference.answers(data + NEXT), parse_expected(expected) + [(200, "GET")], name)


if __name__ == "__main__":
    unittest.main()
