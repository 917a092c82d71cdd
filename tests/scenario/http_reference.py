# SPDX-License-Identifier: Apache-2.0
"""A strict reading of HTTP/1.x requests, written from RFC 9112 and our own rules, not from the C code.

answers(data) tells what http_tool answers to a connection that sends exactly these bytes and then ends its side: a list of
(status, method). An unfinished head is not answered.
"""
import re
import urllib.parse

METHODS = (b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS")
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
TARGET = re.compile(rb"/[^\x00-\x20\"<>#\x7f-\xff]*")
VALUE = re.compile(rb"[\t\x20-\x7e]*")
HOST = re.compile(rb"([0-9A-Za-z._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:([0-9]{1,5}))?")
HEAD_LIMIT, HEADERS, BODY_LIMIT, DISCARD = 16384, 100, 65536, 65536
TRAILERS_HEEDED = {b"authorization", b"connection", b"content-encoding", b"content-length", b"content-range", b"content-type",
                   b"cookie", b"expect", b"forwarded", b"host", b"keep-alive", b"origin", b"sec-fetch-site", b"te",
                   b"trailer", b"transfer-encoding", b"upgrade", b"x-forwarded-for"}
EXTRA = 4096
ROUTES = {"/": {"GET"}, "/json": {"GET"}, "/echo": {"GET", "POST", "PUT", "DELETE"}}
BODIES = {"POST", "PUT"}


class Refused(Exception):
    """What is answered before the connection ends."""


class Unfinished(Exception):
    """The bytes end here."""


class Reader:
    def __init__(self, data, at):
        self.data, self.at = data, at

    def byte(self):
        if self.at >= len(self.data):
            raise Unfinished
        return self.data[self.at:self.at + 1]

    def run(self, pattern):
        """What matches from here on, perhaps nothing; Unfinished when it may go on behind the end."""
        found = pattern.match(self.data, self.at)
        end = found.end() if found else self.at
        text = self.data[self.at:end]
        self.at = end
        return text

    def expect(self, text, status=400):
        for i in range(len(text)):
            if self.byte() != text[i:i + 1]:
                raise Refused(status)
            self.at += 1


def read_request_line(r):
    method = r.run(TOKEN)
    if len(method) > 16:
        raise Refused(501)
    if r.at >= len(r.data):
        raise Unfinished
    if not method or r.byte() != b" ":
        raise Refused(400)
    if method not in METHODS:
        raise Refused(501)
    r.at += 1
    if r.byte() != b"/":
        raise Refused(400)
    target = r.run(TARGET)
    if r.byte() != b" ":
        raise Refused(400)
    r.at += 1
    r.expect(b"HTTP/")
    major = r.byte()
    if not major.isdigit():
        raise Refused(400)
    r.at += 1
    r.expect(b".")
    minor = r.byte()
    if not minor.isdigit():
        raise Refused(400)
    r.at += 1
    r.expect(b"\r\n")
    if major != b"1" or minor not in b"01":
        raise Refused(505)
    return method.decode(), target, minor == b"1"


def read_headers(r):
    headers = []
    while True:
        if r.byte() == b"\r":
            r.expect(b"\r\n")
            return headers
        name = r.run(TOKEN)
        if r.byte() != b":" or not name:
            raise Refused(400)
        if len(headers) == HEADERS:
            raise Refused(431)
        r.at += 1
        value = r.run(VALUE)
        r.expect(b"\r\n")
        if name.lower() in (b"content-length", b"transfer-encoding") and value.rstrip(b" ").endswith(b"\t"):
            value = b"refused knowingly"
        headers.append((name.lower(), value.strip(b" \t")))


def framing(headers, modern):
    """(length or None when chunked, close, expects)"""
    lengths, codings, hosts, close, expects = [], [], 0, not modern, False
    for name, value in headers:
        if name == b"host":
            hosts += 1
            found = HOST.fullmatch(value)
            if hosts > 1 or not found or (found[3] and int(found[3]) > 65535):
                raise Refused(400)
        elif name == b"content-length":
            if lengths or not re.fullmatch(rb"[0-9]{1,18}", value):
                raise Refused(400)
            lengths.append(int(value))
        elif name == b"transfer-encoding":
            if codings or not modern or value != b"chunked":
                raise Refused(400)
            codings.append(value)
        elif name == b"connection":
            close = close or b"close" in [t.strip(b" \t").lower() for t in value.split(b",")]
        elif name == b"expect" and modern:
            if value.lower() != b"100-continue":
                raise Refused(417)
            expects = True
    if not hosts or (codings and lengths):
        raise Refused(400)
    return (None if codings else sum(lengths)), close, expects


def path_of(target):
    """The decoded path, or None when there can be no such one."""
    raw = target.split(b"?")[0]
    if re.search(rb"%(?![0-9A-Fa-f]{2})|%00|%2[Ff]", raw):
        return None
    try:
        path = urllib.parse.unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if re.search(r"[\x00-\x1f\x7f-\x9f\\]", path):
        return None
    if len(path) > 2 and path.endswith("/"):
        path = path[:-1]
    if path != "/" and any(s in ("", ".", "..") for s in path[1:].split("/")):
        return None
    return path


class Chunks:
    """Decodes a chunked body."""
    SIZE = re.compile(rb"[0-9A-Fa-f]+")
    EXTENSION = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

    def __init__(self, r):
        self.r, self.body, self.extra = r, b"", 0

    def count(self, n):
        self.extra += n
        if self.extra > EXTRA:
            raise Refused(400)

    def read_extensions(self):
        r = self.r
        while r.byte() == b";":
            r.at += 1
            name = r.run(TOKEN)
            self.count(len(name))
            if r.byte() not in b"=;\r" or not name:
                raise Refused(400)
            if r.byte() != b"=":
                continue
            r.at += 1
            if r.byte() == b'"':
                value = r.run(re.compile(rb'"([\t\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\t\x20-\x7e])*"?'))
                if r.byte() not in b";\r" or not value.endswith(b'"') or len(value) < 2:
                    raise Refused(400)
            else:
                value = r.run(TOKEN)
                if r.byte() not in b";\r" or not value:
                    raise Refused(400)
            self.count(len(value))

    def read_trailers(self):
        r = self.r
        while r.byte() != b"\r":
            name = r.run(TOKEN)
            if r.byte() != b":" or not name or name.lower() in TRAILERS_HEEDED:
                raise Refused(400)
            r.at += 1
            value = r.run(VALUE)
            self.count(len(name) + len(value))
            r.expect(b"\r\n")
        r.expect(b"\r\n")

    def read(self):
        r = self.r
        while True:
            size = r.run(self.SIZE)
            if r.byte() not in b";\r" or not size or len(size.lstrip(b"0")) > 15:
                raise Refused(400)
            self.read_extensions()
            r.expect(b"\r\n")
            n = int(size, 16)
            if n == 0:
                self.read_trailers()
                return self.body
            piece = r.data[r.at:r.at + n]
            self.body += piece
            if len(self.body) > BODY_LIMIT:
                raise Refused(413)
            r.at += len(piece)
            if len(piece) < n:
                raise Unfinished
            r.expect(b"\r\n")


def status_of(method, path, headers):
    """What the routes say, before the body is read."""
    single = re.fullmatch(r"/echo/[^/]+", path)
    methods = {"GET"} if single else ROUTES.get(path)
    if methods is None:
        return 404
    if method == "OPTIONS":
        return 204
    if method not in methods and not (method == "HEAD" and "GET" in methods):
        return 405
    if method not in ("GET", "HEAD"):
        sites = [v for n, v in headers if n == b"sec-fetch-site"]
        if sites and sites[0] not in (b"same-origin", b"none"):
            return 403
    return 200


def read_head(data, at):
    """(reader behind the head, method, target, modern, headers)"""
    r = Reader(data[:at + HEAD_LIMIT], at)
    in_line = True
    try:
        method, target, modern = read_request_line(r)
        in_line = False
        headers = read_headers(r)
    except Unfinished:
        if len(data) - at <= HEAD_LIMIT:
            raise
        in_target = in_line and b" HTTP/" not in r.data[at:]
        raise Refused(414 if in_target else 431) from None
    r.data = data
    return r, method, target, modern, headers


def one(data, at):
    """Reads one request: (status, method, where the next one begins; None when the connection ends)."""
    r, method, target, modern, headers = read_head(data, at)
    length, close, expects = framing(headers, modern)
    path = path_of(target)
    if path is None:
        raise Refused(400, method)
    status = status_of(method, path, headers)
    if status == 200 and length != 0 and method not in BODIES:
        status = 413
    if status == 200 and length is not None and length > BODY_LIMIT:
        status = 413
    if status == 200:
        try:
            if length is None:
                Chunks(r).read()
            else:
                if len(data) - r.at < length:
                    raise Refused(400)
                r.at += length
        except Unfinished:
            raise Refused(400) from None
        return status, method, None if close else r.at
    if length == 0:
        return status, method, None if close else r.at
    if close or length is None or expects or length > DISCARD or len(data) - r.at < length:
        return status, method, None
    return status, method, r.at + length


def answers(data):
    found, at = [], 0
    while at is not None and at < len(data):
        try:
            status, method, at = one(data, at)
            found.append((status, method))
        except Refused as e:
            found.append((e.args[0], e.args[1] if len(e.args) > 1 else "GET"))
            break
        except Unfinished:
            break
    return found
