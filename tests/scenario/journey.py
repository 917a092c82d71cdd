# SPDX-License-Identifier: Apache-2.0
"""The way from registering to the certificate, by /api/v1 alone. Used by journey_test.py, matrix_test.py, fault tests."""
import hashlib
import http.client
import json
import os
import re
import time
import urllib.parse

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import invent
from hall import ROOT, Hall


IDLE_SECONDS = 15  # the server closes a connection that was idle for 30


class Refused(Exception):
    """An answer that the caller did not want."""

    def __init__(self, method, path, status, value):
        super().__init__(f"{method} {path}: {status} {json.dumps(value, ensure_ascii=False)[:600]}")
        self.status, self.value = status, value
        self.codes = {(e["field"], e["code"]) for e in (value or {}).get("errors", [])} if isinstance(value, dict) else set()


def as_form(values):
    """Answers as a page posts them: a region is three selects."""
    form = {}
    for name, value in values.items():
        if name.endswith("_region"):
            form.update({name: value[:2] + "0000", name + "-2": value[:4] + "00", name + "-3": value})
        else:
            form[name] = value
    return form


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        is_json = "json" in headers.get("Content-Type", "")
        self.value = json.loads(body) if is_json and body else None


class Client:
    """One program that talks to the hall. `told`, if given, is called with every acknowledged change."""

    def __init__(self, url, told=None, timeout=60):
        self.host = urllib.parse.urlsplit(url).netloc
        self.told, self.timeout = told, timeout
        self.token, self.connection, self.used = None, None, 0

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, method, path, body, headers):
        if time.monotonic() - self.used > IDLE_SECONDS:
            self.close()
        self.used = time.monotonic()
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        try:
            self.connection.request(method, path, body, headers)
            r = self.connection.getresponse()
            return Answer(r.status, r.headers, r.read())
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            if fresh or method != "GET":
                raise
            return self.send(method, path, body, headers)
        except OSError:
            self.close()
            raise
        except http.client.HTTPException:
            self.close()
            raise

    def ask(self, method, path, value=None, body=None, **headers):
        """Whatever the answer is."""
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if value is not None:
            body = json.dumps(value)
            sent.setdefault("Content-Type", "application/json")
        if self.token:
            sent.setdefault("Authorization", "Bearer " + self.token)
        return self.send(method, path, body, sent)

    def want(self, method, path, value=None, **more):
        """The value of a 2xx answer, else Refused."""
        a = self.ask(method, path, value, **more)
        if not 200 <= a.status < 300:
            raise Refused(method, path, a.status, a.value)
        if self.told and method != "GET":
            self.told(method, path, value, a)
        return a.value

    def get(self, path, **more):
        return self.want("GET", path, **more)

    def post(self, path, value=None, **more):
        return self.want("POST", path, {} if value is None else value, **more)

    def put(self, path, content, kind="image/jpeg"):
        return self.want("PUT", path, body=content, Content_Type=kind)

    def inbox(self, to, wanted, seconds=10):
        """The newest message to a number or address that `wanted` takes; messages leave by a job, hence the wait."""
        end = time.monotonic() + seconds
        while True:
            for m in self.get("/api/v1/try/inbox?to=" + urllib.parse.quote(to))["items"]:
                if wanted(m):
                    return m
            if time.monotonic() > end:
                raise AssertionError(f"no such message to {to}")
            time.sleep(0.1)

    def login(self, account, password):
        self.token = self.post("/api/v1/sessions", {"account": account, "password": password})["token"]
        return self


class Applicant(Client):
    """A person with a firm on the way to a certificate. Each step may be taken alone; `walk` takes them all."""

    def __init__(self, url, seed, kind="unit_issue", medium="soft", told=None):
        super().__init__(url, told)
        self.person = invent.Person(seed)
        self.kind, self.medium, self.key, self.case = kind, medium, None, None
        self.private, self.csr = None, None

    def path(self, *more):
        return "/".join(("/api/v1/cases", self.key) + more)

    def register(self):
        p = self.person
        made = self.post("/api/v1/codes", {"purpose": "register", "by": "code", "to": p.phone})
        code = self.inbox(p.phone, lambda m: "code" in (m.get("params") or {}))["params"]["code"]
        self.post("/api/v1/accounts", {"phone": p.phone, "email": p.email, "password": p.password, "by": "code",
                                       "challenge": made["challenge"], "answer": code})
        return self.login(p.phone, p.password)

    def version(self):
        return next(k["agreement"] for k in self.get("/api/v1/kinds") if k["id"] == self.kind)

    def begin(self, **headers):
        self.case = self.post("/api/v1/cases", {"kind": self.kind, "agreement": self.version()}, **headers)
        self.key = self.case["key"]
        return self.key

    def sections(self):
        return [s for s in self.get("/api/v1/forms/" + self.kind)["sections"] if s["fields"]]

    def fill(self, values=None):
        """Section by section, each with the ETag of what was read before."""
        values = values or self.person.values(self.kind, self.medium)
        for section in self.sections():
            tag = self.ask("GET", self.path()).headers["ETag"]
            own = {f["id"]: values[f["id"]] for f in section["fields"] if f["id"] in values}
            self.case = self.want("PATCH", self.path(), {"values": own, "section": section["id"]}, If_Match=tag)
        return self.case

    def submit(self, **headers):
        self.case = self.post(self.path("submit"), **headers)
        return self.case

    def deliver(self):
        p = self.person
        values = {} if self.medium == "soft" else {
            "delivery": "courier", "receiver_name": p.name, "receiver_phone": p.phone, "receiver_region": "430102",
            "receiver_address": "示范路 12 号 3 层"}
        self.case = self.post(self.path("delivery"), {"values": values})
        return self.case

    def state(self):
        self.case = self.get(self.path())
        return self.case["state"]

    def materials(self):
        return self.get(self.path("materials"))

    def upload(self, id, picture=None):
        return self.put(self.path("materials", id), picture or invent.scan(self.person.rng))

    def upload_all(self):
        """Everything that is asked for and not there."""
        for m in self.materials():
            if m["state"] in ("missing", "again") and m["required"]:
                picture = invent.picture(self.person.rng, width=600, height=400, dpi=300) if m["formats"] == ["jpeg"] else None
                self.upload(m["id"], picture)
        return self.state()

    def identify(self, verdict="passed"):
        """The phone's part: a link is made and the verdict of the face check given."""
        url = self.post(self.path("identity/link"), {"way": "qr"})["url"]
        return self.post("/api/v1/try/face", {"url": url, "verdict": verdict})

    def order(self, **headers):
        return self.post(self.path("order"), **headers)

    def attempt(self):
        """Begins a payment: the gateway's name of it."""
        return self.post(self.path("order/attempts"), {"channel": "try"})["pay_at"].rsplit("/", 1)[1]

    def pay(self, habit="fine"):
        """At the cashier of try-it mode; the notice comes from there."""
        self.order()
        self.post("/api/v1/try/trades/" + self.attempt(), {"habit": habit})
        return self.wait_state(lambda s: s != "payment")

    def wait_state(self, wanted, seconds=20):
        end = time.monotonic() + seconds
        while not wanted(self.state()):
            if time.monotonic() > end:
                raise AssertionError(f"case {self.key} stays in {self.case['state']}")
            time.sleep(0.05)
        return self.case["state"]

    def code(self):
        """The authorisation code out of the download mail."""
        mail = self.inbox(self.person.email, lambda m: m["id"] == "download" and self.case["number"] in m["subject"])
        return re.search("授权码：([0-9A-Za-z]{20})\\b", mail["text"])[1]

    def request(self):
        """A new key and its request, in PEM."""
        self.private = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.person.user_name)])
        made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(self.private, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM).decode()

    def download(self, csr=None, code=None):
        self.csr = csr or self.csr or self.request()
        picture = self.ask("GET", self.path("certificate/captcha"))
        if picture.status != 200:
            raise Refused("GET", self.path("certificate/captcha"), picture.status, picture.value)
        read = self.inbox(hashlib.sha256(picture.body).hexdigest()[:16], lambda m: m["channel"] == "captcha")["params"]["text"]
        return self.post(self.path("certificate"), {"csr": self.csr, "code": code or self.code(), "captcha": read})

    def to_payment(self):
        """Everything up to 费用支付."""
        self.register().begin()
        self.fill()
        self.submit()
        self.deliver()
        self.upload_all()
        self.identify()
        return self.state()

    def to_certificate(self, staff):
        """The whole way; staff: as staff_of gives them."""
        self.to_payment()
        self.pay()
        staff.approve(self.key)
        if self.state() == "paper":
            staff.book_paper(self.key)
        return self.download()


class Staff:
    """Those behind desk and counter, each with a connection of their own; used by one thread."""

    def __init__(self, url, clients=None):
        self.url = url
        names = {"reviewer": "reviewer1", "officer": "admin1", "officer2": "admin2", "counter": "counter1", "cashier": "cashier1"}
        self.clients = clients or {role: Client(url).login(name, STAFF_PASSWORD) for role, name in names.items()}

    def again(self, url=None):
        """The same people with other connections, for another thread or after a restart."""
        clients = {role: Client(url or self.url) for role in self.clients}
        for role, client in clients.items():
            client.token = self.clients[role].token
        return Staff(url or self.url, clients)

    def close(self):
        for client in self.clients.values():
            client.close()

    def act(self, role, key, what, value=None):
        return self.clients[role].post(f"/api/v1/review/cases/{key}/{what}", value)

    def look(self, key, role="reviewer"):
        return self.clients[role].get(f"/api/v1/review/cases/{key}")

    def approve(self, key):
        self.act("reviewer", key, "claim")
        return self.act("reviewer", key, "approve", {"seen": self.look(key)["seen"]})

    def book_paper(self, key):
        papers = PAPERS[self.look(key)["kind"]]
        return self.act("counter", key, "paper", {"items": papers})


PAPERS = {"unit_issue": ["form", "agreement", "unit_document", "authorization", "handler_document"],
          "personal_issue": ["form", "agreement", "authorization", "applicant_document", "handler_document"]}
STAFF_PASSWORD = "Staff-of-a-test-2026"


def staffed_hall(program, **options):
    """A hall whose staff have a known password: a little of it is seeded. Not started."""
    hall = Hall(program, **{"scripts": os.path.join(ROOT, "scripts"), **options})
    for words in (("init",), ("seed", "--cases", "1", "--password", STAFF_PASSWORD)):
        done = hall.command(*words, *hall.words())
        assert done.returncode == 0, done.stderr
    return hall
