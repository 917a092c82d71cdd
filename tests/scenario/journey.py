# SPDX-License-Identifier: Apache-2.0
"""The way from registering to the certificate, by /api/v1 alone. Used by journey_test.py, matrix_test.py, fault tests."""
import http.client
import json
import time
import urllib.parse

import invent


class Refused(Exception):
    """An answer that the caller did not want."""

    def __init__(self, method, path, status, value):
        super().__init__(f"{method} {path}: {status} {json.dumps(value, ensure_ascii=False)[:600]}")
        self.status, self.value = status, value
        self.codes = {(e["field"], e["code"]) for e in (value or {}).get("errors", [])} if isinstance(value, dict) else set()


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
        self.token, self.connection = None, None

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None

    def send(self, method, path, body, headers):
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

    def upload(self, path, name, content, fields=(), kind="image/jpeg"):
        """A form with one file."""
        line = b"----------------" + str(abs(hash(content))).encode()
        parts = [b'Content-Disposition: form-data; name="%s"\r\n\r\n%s' % (k.encode(), v.encode()) for k, v in fields]
        parts.append(b'Content-Disposition: form-data; name="%s"; filename="scan.jpg"\r\nContent-Type: %s\r\n\r\n%s'
                     % (name.encode(), kind.encode(), content))
        body = b"".join(b"--" + line + b"\r\n" + p + b"\r\n" for p in parts) + b"--" + line + b"--\r\n"
        return self.want("POST", path, body=body, Content_Type="multipart/form-data; boundary=" + line.decode(),
                         X_Requested_With="program")

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
