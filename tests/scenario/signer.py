# SPDX-License-Identifier: Apache-2.0
"""A signer from outside: started, asked over its socket, with tickets made here. Used by signer*_test.py."""
import base64
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography import x509
from cryptography.x509.oid import NameOID

START_SECONDS = 60
SUBJECT = {"C": "CN", "O": "测试单位", "CN": "ceshi01"}


class Refused(Exception):
    """What the signer said instead of a result."""

    def __init__(self, answer):
        super().__init__(answer["message"])
        self.code, self.where = answer["code"], answer["where"]


def url64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def voucher(key, label, payload):
    text = json.dumps(payload, ensure_ascii=False).encode()
    return url64(text) + "." + url64(hmac.new(key, label.encode() + b"\0" + text, hashlib.sha256).digest())


def new_id():
    return "".join(random.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(26))


def send_frame(s, value, body=b""):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    s.sendall(struct.pack(">II", len(text), len(body)) + text + body)


def read_exactly(s, n):
    data = b""
    while len(data) < n:
        more = s.recv(n - len(data))
        if not more:
            raise EOFError("the signer closed the connection")
        data += more
    return data


def read_frame(s):
    json_size, body_size = struct.unpack(">II", read_exactly(s, 8))
    return json.loads(read_exactly(s, json_size)), read_exactly(s, body_size)


class Request:
    """A key pair and its PKCS#10 request."""

    def __init__(self, kind="p256", names=(), extensions=()):
        self.key = ec.generate_private_key(ec.SECP256R1()) if kind == "p256" else rsa.generate_private_key(65537, 2048)
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, n) for n in names or ["whoever"]]))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=True)
        self.der = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
        self.spki = self.key.public_key().public_bytes(serialization.Encoding.DER,
                                                       serialization.PublicFormat.SubjectPublicKeyInfo)
        self.digest = hashlib.sha256(self.spki).hexdigest()


class Signer:
    """One certhall-signer with data, keys and socket below one temporary folder."""

    def __init__(self, program, folder=None, before=(), **options):
        self.program, self.before = program, list(before)
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="signer-")
        self.data, self.ca = os.path.join(self.folder, "data"), os.path.join(self.folder, "keys/ca")
        self.socket = os.path.join(self.folder, "socket")
        self.options = {"data": self.data, "seal_key_file": self.path("keys/seal.key"), "ca": self.ca, "user": "",
                        "passphrase_file": self.path("keys/passphrase"), "ticket_key_file": self.path("keys/ticket.key"),
                        "socket": self.socket, **options}
        self.process, self.lines, self.reader, self.key = None, [], None, None

    def path(self, name):
        return os.path.join(self.folder, name)

    def words(self):
        return [f"--{name.replace('_', '-')}={value}" for name, value in self.options.items()]

    def command(self, *words, **more):
        return subprocess.run([self.program, *words, *self.words()], capture_output=True, text=True, timeout=120, check=False,
                              **more)

    def init(self):
        done = self.command("init")
        assert done.returncode == 0, done.stderr
        with open(self.options["ticket_key_file"], "rb") as f:
            self.key = f.read()
        return self

    def start(self):
        if not self.key:
            self.init()
        since = len(self.lines)
        self.process = subprocess.Popen([*self.before, self.program, "serve", *self.words()], stderr=subprocess.PIPE,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self.read_log, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        end = time.monotonic() + START_SECONDS
        while not any('"signing"' in line for line in self.lines[since:]):
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("the signer did not start:\n" + "\n".join(self.lines[-30:]))
            time.sleep(0.01)
        return self

    def read_log(self, stream):
        for raw in stream:
            self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))

    def log(self):
        found = []
        for line in list(self.lines):
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        if self.process:
            self.reader.join()
            self.process.stderr.close()
        return self.process.returncode if self.process else 0

    def close(self):
        try:
            status = self.stop()
            assert status == 0, f"the signer ended with {status}:\n" + "\n".join(self.lines[-40:])
        finally:
            if self.own:
                shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def connect(self, timeout=30):
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(timeout)
        try:
            s.connect(self.socket)
        except OSError:
            s.close()
            raise
        return s

    def ask(self, value, body=b"", s=None):
        """(result, body); raises Refused."""
        own = s is None
        s = s or self.connect()
        try:
            send_frame(s, value, body)
            answer, data = read_frame(s)
        finally:
            if own:
                s.close()
        if "result" not in answer:
            raise Refused(answer)
        return answer["result"], data

    def ticket(self, request, key=None, **members):
        """A ticket as the hall mints it."""
        payload = {"id": new_id(), "case": new_id(), "profile": "unit_sign", "spki_sha256": request.digest, "renews": "",
                   "line": 0, "years": 1, "expires_ms": int(time.time() * 1000) + 300000, "subject": SUBJECT}
        payload.update(members)
        return voucher(key or self.key, "certhall ticket", payload)

    def issue(self, ticket, request, s=None):
        return self.ask({"op": "issue", "voucher": ticket}, request.der, s)

    def order(self, serial, act, reason=0, key=None, **members):
        payload = {"id": new_id(), "ticket": "", "serial": serial, "act": act, "reason": reason, "actor": "ann", "why": "asked",
                   "expires_ms": int(time.time() * 1000) + 300000}
        payload.update(members)
        return voucher(key or self.key, "certhall revocation", payload)

    def revoke(self, serial, act="revoke", reason=1, **more):
        return self.ask({"op": "revoke", "voucher": self.order(serial, act, reason, **more)})[0]

    def crl(self, authority="", number=0):
        return self.ask({"op": "crl", "authority": authority, "number": number})

    def wait_crl(self, wanted, seconds, authority=""):
        """The first list that `wanted` takes, asked for all the time."""
        end = time.monotonic() + seconds
        while True:
            try:
                result, der = self.crl(authority)
                found = x509.load_der_x509_crl(der)
                if wanted(found):
                    return result, found
            except Refused as r:
                if r.code != -8:
                    raise
            if time.monotonic() > end:
                raise AssertionError("no such revocation list in time")
            time.sleep(0.02)

    def chain(self):
        return self.ask({"op": "chain"})[0]["authorities"]

    def changes(self, since=0):
        found = []
        while True:
            page = self.ask({"op": "changes", "number": since})[0]
            found += page["changes"]
            since = page["seq"]
            if not page["more"]:
                return found, since


def run(*words, stdin=None):
    return subprocess.run(words, capture_output=True, input=stdin, check=False, timeout=60)
