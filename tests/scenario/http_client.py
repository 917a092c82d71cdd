# SPDX-License-Identifier: Apache-2.0
"""What the HTTP scenarios share: the server program, raw connections, reading answers strictly."""
import os
import re
import resource
import socket
import ssl
import subprocess

LONG = bool(os.environ.get("CERTHALL_LONG"))


class Server:
    def __init__(self, program, *options):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft < hard:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        # pylint: disable=consider-using-with
        self.process = subprocess.Popen([program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.communicate()[1])
        self.plain, self.tls = map(int, line.split())

    def end(self, timeout=30):
        """Ends its input; returns what it still said, and checks that it went well."""
        out, errors = self.process.communicate(timeout=timeout)
        if self.process.returncode or "open 0" not in out:
            raise AssertionError(f"the server ended with {self.process.returncode}: {out} {errors}")
        return errors

    def connect(self, tls=False, source=None):
        s = socket.create_connection(("127.0.0.1", self.tls if tls else self.plain), timeout=20,
                                     source_address=(source, 0) if source else None)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return CONTEXT.wrap_socket(s) if tls else s

    def rss_kb(self):
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as f:
            return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1])


def client_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


CONTEXT = client_context()


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return self.headers.get(name.lower())

    def __repr__(self):
        return f"<{self.status} {self.body[:60]!r}>"


def split_head(data):
    """(status, headers, rest) of an answer that must be well formed; None when it is not complete."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    lines = data[:end].decode("latin-1").split("\r\n")
    found = re.fullmatch(r"HTTP/1\.1 (\d{3}) [\x20-\x7e]*", lines[0])
    if not found:
        raise ValueError(f"no status line: {lines[0]!r}")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(": ")
        if not colon or not re.fullmatch(r"[A-Za-z-]+", name):
            raise ValueError(f"no header: {line!r}")
        headers[name.lower()] = value
    return int(found[1]), headers, data[end + 4:]


def cut_chunked(data):
    body = b""
    while True:
        size, crlf, rest = data.partition(b"\r\n")
        n = int(size, 16) if crlf else -1
        if n < 0 or len(rest) < n + 2:
            return None
        if rest[n:n + 2] != b"\r\n":
            raise ValueError("broken chunk")
        data = rest[n + 2:]
        if n == 0:
            return body, data
        body += rest[:n]


def cut_answer(data, method="GET", ended=False):
    """(Answer, rest) or None when bytes are missing. Interim answers are skipped."""
    while True:
        head = split_head(data)
        if not head:
            return None
        status, headers, rest = head
        if status != 100:
            break
        data = rest
    if method == "HEAD" or status in (204, 304):
        return Answer(status, headers, b""), rest
    if headers.get("transfer-encoding") == "chunked":
        cut = cut_chunked(rest)
        return cut and (Answer(status, headers, cut[0]), cut[1])
    if "content-length" in headers:
        n = int(headers["content-length"])
        return (Answer(status, headers, rest[:n]), rest[n:]) if len(rest) >= n else None
    return (Answer(status, headers, rest), b"") if ended else None


def cut_answers(data, methods=()):
    """All answers of a connection that has ended; raises ValueError when bytes are left over."""
    found, methods = [], list(methods)
    while data:
        cut = cut_answer(data, methods.pop(0) if methods else "GET", True)
        if not cut:
            raise ValueError(f"left over: {data[:80]!r}")
        found.append(cut[0])
        data = cut[1]
    return found


class Client:
    """One connection; answers are read one by one."""

    def __init__(self, server, **options):
        self.socket, self.data = server.connect(**options), b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def request(self, method, target, *headers, body=None):
        lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
        if body is not None and not any(h.lower().startswith(("content-length", "transfer-encoding")) for h in headers):
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b""))
        return self.answer(method)

    def answer(self, method="GET"):
        while True:
            cut = cut_answer(self.data, method)
            if cut:
                self.data = cut[1]
                return cut[0]
            piece = self.socket.recv(1 << 20)
            if not piece:
                cut = cut_answer(self.data, method, True)
                if not cut:
                    raise EOFError(self.data)
                self.data = cut[1]
                return cut[0]
            self.data += piece

    def rest(self):
        """Everything until the server closes."""
        data, self.data = self.data, b""
        while True:
            try:
                piece = self.socket.recv(1 << 20)
            except ConnectionResetError:
                return data
            if not piece:
                return data
            data += piece
