#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mutants of valid request sequences: the server's answers must be those of the strict reference, one for each request.

Usage: http_mutation_test.py HTTP_TOOL [SEED [COUNT]]. 20,000 mutants, a million with CERTHALL_LONG. A failure prints the bytes.
"""
import random
import selectors
import sys
import time

import http_reference
from http_client import LONG, Server, cut_answers

AT_ONCE = 64
SEEDS = [
    b"GET /echo?a=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
    b"GET /echo/x%20y HTTP/1.0\r\nHost: example.cn:80\r\n\r\n",
    b"HEAD /json HTTP/1.1\r\nhost:\t[::1]:8080 \r\nX-Empty:\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello=world",
    b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;n=v\r\n world\r\n0\r\nX-Sum: 12\r\n\r\n",
    b"PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    b"DELETE /echo HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n",
    b"DELETE /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET ",
    b"OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n",
    b'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x="a b";y\r\nabc\r\n0\r\n\r\n',
    b"PATCH /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx",
]
PIECES = [b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b"\0", b"\x80", b"\xff", b"\x7f", b"/", b"%", b"%2e%2e", b"%2F", b"%00", b"//", b"..",
          b"#", b"?", b"0", b"1", b"-1", b"+1", b"0x1", b"18446744073709551616", b"fffffffffffffffff", b"HTTP/1.1", b"HTTP/1.0",
          b"HTTP/2.0", b"HTTP/1.2", b"HTTP/0.9", b"GET", b"POST", b"CONNECT", b"TRACE", b"FOO", b"http://a/", b"*", b",", b";", b"=", b'"', b"\\",
          b"Host: a\r\n", b"Host: b\r\n", b"Content-Length: 5\r\n", b"Content-Length: 0\r\n", b"Content-Length : 5\r\n",
          b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: identity\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
          b"Transfer-Encoding:\x0bchunked\r\n", b"Transfer-Encoding: chunked, chunked\r\n", b"Connection: close\r\n",
          b"Connection: Keep-Alive\r\n", b"Connection: upgrade\r\nUpgrade: websocket\r\n", b"Upgrade: h2c\r\n", b"Expect: 100-continue\r\n",
          b"Expect: x\r\n", b" folded\r\n", b"X: a\r\n", b": empty\r\n", b"0\r\n\r\n", b"1\r\na\r\n", b"5;a=\"b\r\n", b"Trailer: X\r\n",
          b"Sec-Fetch-Site: cross-site\r\n", b"Origin: null\r\n", b"X" * 300 + b": y\r\n"]


def mutate(rng, data):
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 5))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(8)
        if kind == 0:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1:]
        elif kind == 1:
            data = data[:at] + data[at + rng.randrange(1, 6):]
        elif kind in (2, 3):
            data = data[:at] + rng.choice(PIECES) + data[at:]
        elif kind == 4:
            piece = rng.choice(PIECES)
            data = data[:at] + piece + data[at + len(piece):]
        elif kind == 5:
            lines = data.split(b"\r\n")
            i = rng.randrange(len(lines))
            lines.insert(rng.randrange(len(lines) + 1), lines[i])
            data = b"\r\n".join(lines)
        elif kind == 6:
            lines = data.split(b"\r\n")
            lines.insert(rng.randrange(len(lines)), rng.choice(PIECES).strip(b"\r\n"))
            data = b"\r\n".join(lines)
        else:
            data = data[:at] + data[at:at + 4].swapcase() + data[at + 4:]
    return data


def make(rng):
    sequence = b"".join(rng.choice(SEEDS) for _ in range(rng.choice((1, 1, 2, 3))))
    return mutate(rng, sequence) + (rng.choice(SEEDS) if rng.random() < 0.3 else b"")


class Run:
    """Keeps AT_ONCE mutants on the way; each is sent whole or in two pieces, then our side ends."""

    def __init__(self, server, rng):
        self.server, self.rng, self.failures, self.requests = server, rng, [], 0
        self.selector, self.slowest = selectors.DefaultSelector(), 0.0

    def start(self):
        data = make(self.rng)
        s = self.server.connect()
        cut = self.rng.randrange(len(data) + 1) if self.rng.random() < 0.3 else len(data)
        try:
            s.sendall(data[:cut])
            if cut < len(data):
                s.sendall(data[cut:])
            s.shutdown(1)
        except OSError:
            pass  # answered and closed while we were sending
        self.selector.register(s, selectors.EVENT_READ, [data, b"", time.monotonic()])

    def judge(self, data, got, seconds):
        expected = http_reference.answers(data)
        self.slowest = max(self.slowest, seconds)
        self.requests += len(expected)
        try:
            found = [a.status for a in cut_answers(got, [m for _, m in expected])]
        except ValueError as e:
            found = str(e)
        if found != [s for s, _ in expected]:
            self.failures.append((data, expected, found))

    def step(self):
        for key, _ in self.selector.select(5):
            state = key.data
            try:
                piece = key.fileobj.recv(1 << 16)
            except ConnectionResetError:
                piece = b""
            state[1] += piece
            if piece:
                continue
            self.selector.unregister(key.fileobj)
            key.fileobj.close()
            self.judge(state[0], state[1], time.monotonic() - state[2])

    def run(self, count):
        while (count or self.selector.get_map()) and len(self.failures) < 10:
            while count and len(self.selector.get_map()) < AT_ONCE:
                self.start()
                count -= 1
            self.step()


def main():
    program = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 1_000_000 if LONG else 20_000
    server = Server(program, "loopback_exempt=1")
    run = Run(server, random.Random(seed))
    before, begun = server.rss_kb(), time.monotonic()
    run.run(count)
    print(f"seed {seed}: {count} mutants, {run.requests} requests, {time.monotonic() - begun:.1f} s, slowest {run.slowest:.2f} s, "
          f"RSS {server.rss_kb() - before:+} kB", file=sys.stderr)
    for data, expected, found in run.failures:
        print(f"{data!r}\n  expected {expected}\n  found    {found}", file=sys.stderr)
    server.end()
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
