#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who may do what: every route of the router × visitor, owner, another applicant, reviewer, cashier, counter, administrator ×
own, foreign, absent object. A route that no rule names is a failure. Usage: matrix_test.py CERTHALL"""
import json
import os
import re
import sys
import time
import unittest
import urllib.parse

from journey import STAFF_PASSWORD, Applicant, Client, Staff, staffed_hall

PROGRAM = os.path.abspath(sys.argv.pop(1))
PASSWORD = STAFF_PASSWORD
ABSENT = "01" + "0" * 24
# Who the seeded staff are, and all roles that they have.
STAFF = {"reviewer": ("reviewer1", {"reviewer"}), "cashier": ("cashier1", {"cashier"}), "counter": ("counter1", {"counter"}),
         "admin": ("admin1", {"admin", "officer"})}
ACTORS = ("visitor", "owner", "other", *STAFF)
ALL = ("reviewer", "officer", "cashier", "admin", "counter")

# The rules, the first that fits counts: pattern of routes, policy, and for staff the roles that may come in.
#   open     everybody            user   whoever is logged in          token  an unknown token is 404 for everybody
#   own      whoever is logged in, of what is theirs: an unknown one is 404
#   case, certificate   the owner; for all others, staff too, it is not there
#   machine  a gateway or a client of the CA: no session, no CSRF
#   staff    the named roles; for them any case is there and an absent one is not
#   thing    the named roles; {key} is no case: only an absent one is tried
RULES = [
    (r"/api/v1/(codes|accounts|sessions|captchas|passwords)", "open"),
    (r"/api/v1/(kinds|forms/.*|try/.*)|/api/openapi\.json", "open"),
    (r"/api/v1/(account(/(sessions|codes|phone))?|sessions/current|cases|certificates|orders)", "user"),
    (r"/api/v1/account/sessions/{session}|/api/v1/orders/{key}", "own"),
    (r"/api/v1/certificates/.*", "certificate"),
    (r"/api/v1/cases/.*", "case"),
    (r"/api/v1/review/queue", "staff", "reviewer", "officer"),
    (r"/api/v1/review/cases/{key}", "staff", "reviewer", "officer", "counter"),
    (r"/api/v1/review/cases/{key}/waive", "staff", "officer"),
    (r"/api/v1/review/cases/{key}/(paper|compare|hand)", "staff", "reviewer", "counter"),
    (r"(/api/v1/review/cases|/staff/case)/{key}/handover", "staff", "officer"),
    (r"/api/v1/review/cases/{key}/.*", "staff", "reviewer"),
    (r"/api/v1/shipments.*", "thing", "counter", "reviewer"),
    (r"/api/v1/cashier/(receipts(/{key}/refund)?|refunds|cases/{number}|trades/{trade_no})", "thing", "cashier", "officer"),
    (r"/api/v1/cashier/.*", "thing", "cashier"),
    (r"(/api/v1)?/staff/phone", "thing", "counter", "reviewer"),
    (r"/api/v1/staff.*", "thing", "admin"),
    (r"/api/v1/todos.*", "thing", *ALL),
    (r"/staff", "staff", *ALL),
    (r"/staff/review", "staff", "reviewer", "officer"),
    (r"/staff/case/.*", "staff", "reviewer", "officer", "counter"),
    (r"/staff/counter/{key}/(material/{type}|identity)", "staff", "counter"),
    (r"/staff/counter.*", "staff", "counter", "reviewer"),
    (r"/staff/shipments.*", "thing", "counter", "reviewer"),
    (r"/staff/people.*", "thing", "admin"),
    (r"/staff/rules.*", "thing", "admin"),
    (r"/staff/cashier(/(receipt/.*|find))?", "thing", "cashier", "officer"),
    (r"/staff/cashier.*", "thing", "cashier"),
    (r"/staff/todos.*", "thing", *ALL),
    (r"/try/.*", "open"),
    (r"/(apply|business|change|help|faq|news|guides|points|drivers|forms|agreement|about|accessibility|privacy|samples)", "open"),
    (r"/(news|guides|files)/.*|/apply/{kind}", "open"),
    (r"/|/elder|/login|/logout|/register|/captcha|/code|/forgot", "open"),
    (r"/(confirm|h)/.*", "token"),
    (r"/login/resume|/query|/user(/.*)?|/apply/.*", "user"),
    (r"/certificate/.*", "certificate"),
    (r"/case/.*", "case"),
    (r"/ca(/.*)?", "open"),
]

# What stands for the {names} of patterns that are no case.
NAMES = {"kind": "unit_issue", "section": "unit", "token": "A" * 22, "type": "form", "account": ABSENT, "document": "unit_form", "name": "certificate.cer", "act": "revoke",
         **{f"p{n}": "x" for n in range(1, 9)}}
# A case may have no such thing yet, or not any more: that is no refusal of the owner.
MAY_LACK = r"/case/{key}/(download/certificate|voucher/{voucher})|/api/v1/cases/{key}/order/attempts/{out_no}"
# GETs that write, and why that is no effect: pattern of routes, reason.
WRITES = [
    (r"/captcha|/.*/captcha", "a picture replaces the one before"),
    (r"(/api/v1)?/(staff|review|shipments)(/.*)?", "who of the staff looked at what is recorded"),
]
# Posts without a token, and why none is needed.
NO_TOKEN = {"/elder": "sets the size of letters and nothing else"}
# Shows what an error looks like.
SHOWS_AN_ERROR = ("/try/problem",)


def rule_of(path):
    for pattern, policy, *roles in RULES:
        if re.fullmatch(pattern, path):
            return policy, roles
    return None, ()


# What is judged by more than its schema, or by a pattern.
TAKEN = {"channel": "try", "seen": "0" * 64, "url": "http://127.0.0.1/h/" + "A" * 22}
EMPTY_FORM = b'---x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n---x--\r\n'


class Session:
    """A browser of one actor: cookies, and the token for forms."""

    def __init__(self, hall, login=None):
        self.client = Client(hall.urls["http"])
        self.origin = hall.urls["http"]
        if login:
            self.client.login(login, PASSWORD)
        self.cookies = {"session": self.client.token} if self.client.token else {}
        self.client.token = None
        self.csrf = self.read_csrf()

    def read_csrf(self):
        a = self.ask("GET", "/register")
        for header in a.headers.get_all("Set-Cookie", []):
            name, _, value = header.split(";")[0].partition("=")
            self.cookies.setdefault(name, value)
        found = re.search(rb'name="_csrf" value="([^"]+)"', a.body)
        return found[1].decode() if found else None

    def ask(self, method, path, body=None, **headers):
        sent = {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())} if self.cookies else {}
        sent.update({n.replace("_", "-"): v for n, v in headers.items()})
        return self.client.send(method, path, body, sent)

    def act(self, route, path, body):
        """As the actor's own page or program would."""
        if "multipart" in route.flags and route.is_api:
            return self.ask(route.method, path, EMPTY_FORM, Content_Type='multipart/form-data; boundary="-x"', X_Requested_With="test")
        if route.is_api:
            text = json.dumps(body) if route.method != "DELETE" else None
            return self.ask(route.method, path, text, Content_Type="application/json", If_Match="*")
        form = urllib.parse.urlencode({"_csrf": self.csrf or ""})
        return self.ask(route.method, path, form, Content_Type="application/x-www-form-urlencoded", Origin=self.origin)


class Route:
    def __init__(self, line):
        words = line.split()
        self.method, self.path, self.flags = words[0], words[1], words[2:]
        self.is_api = self.path.startswith("/api/")
        self.is_machine = "webhook" in self.flags
        self.policy, self.roles = rule_of(self.path)
        self.is_for_absent_only = self.policy in ("token", "own") or self.policy == "thing" and "{" in self.path
        self.inside = {actor for actor, (_, has) in STAFF.items() if has & set(self.roles)}

    def __str__(self):
        return f"{self.method} {self.path}"

    def at(self, case):
        """The path with a case, and everything else, put in."""
        case = ABSENT if self.policy == "thing" else case
        return re.sub(r"{(\w+)}", lambda m: NAMES.get(m[1], case), self.path)

    def has_case(self):
        return self.policy in ("case", "certificate", "staff") and re.search(r"{(?!%s)\w+}" % "|".join(f"{n}}}" for n in NAMES), self.path)


def sample(schema, components):
    """The smallest value that a schema takes."""
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    kind = schema.get("type", "object")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        return {n: TAKEN.get(n) or sample(schema["properties"][n], components) for n in schema.get("required", [])}
    if kind == "array":
        return [sample(schema["items"], components) for _ in range(schema.get("minItems", 0))]
    return {"string": "x" * max(1, schema.get("minLength", 1)), "integer": schema.get("minimum", 1), "boolean": True,
            "number": schema.get("minimum", 1)}[kind]


def body_of(route, document):
    operation = document["paths"].get(route.path, {}).get(route.method.lower(), {})
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return sample(content["schema"], document["components"]["schemas"]) if content else {}


def writes(path):
    return any(re.fullmatch(pattern, path) for pattern, _ in WRITES)


def said(answer):
    """The answer in one word."""
    to = answer.headers.get("Location", "")
    if answer.status == 401 or (answer.status == 303 and to.startswith("/login")):
        return "login"
    if answer.status in (403, 404):
        return str(answer.status)
    if answer.status == 422:
        return "invalid"
    return "in" if answer.status < 500 else f"broken ({answer.status})"


def wanted(route, actor, mine):
    """What the rules say; mine: the actor's own case, else somebody's or none."""
    if route.policy in ("open", "machine"):
        return {"in", "invalid", "404"}
    if route.policy == "token":
        return {"404"}
    if actor == "visitor":
        return {"login"}
    if route.policy in ("user", "own"):
        return {"in"} if route.policy == "user" else {"404"}
    if route.policy in ("case", "certificate"):
        may_lack = re.fullmatch(MAY_LACK, route.path)
        return ({"in", "404"} if may_lack else {"in"}) if mine else {"404"}
    if actor not in route.inside:
        return {"403"}
    return {"in"} if route.policy == "staff" or "{" not in route.path else {"404", "invalid"}


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = staffed_hall(PROGRAM).start()
        cls.url = cls.hall.urls["http"]
        owner, other = Applicant(cls.url, "owner"), Applicant(cls.url, "other")
        owner.person.password = other.person.password = PASSWORD
        staff = Staff(cls.url)
        cls.certificate = owner.to_certificate(staff)["key"]
        staff.close()
        other.register().begin()
        owner.person.user_name = "second0001"
        cls.case = owner.begin()
        owner.fill()
        owner.submit()
        owner.deliver()
        owner.upload("form")
        cls.actors = {"visitor": Session(cls.hall), "owner": Session(cls.hall, owner.person.phone),
                      "other": Session(cls.hall, other.person.phone)}
        cls.actors.update({actor: Session(cls.hall, name) for actor, (name, _) in STAFF.items()})
        cls.document = json.loads(cls.hall.get("/api/openapi.json")[2])
        cls.routes = [Route(line) for line in cls.hall.command("routes", *cls.hall.words()).stdout.splitlines() if line.strip()]
        assert len(cls.routes) > 20

    @classmethod
    def tearDownClass(cls):
        for session in cls.actors.values():
            session.client.close()
        cls.hall.close()

    def setUp(self):
        self.findings = []

    def tearDown(self):
        self.assertEqual(self.findings, [])

    def is_own(self, route, actor):
        return actor == "owner" and self.thing(route) != ABSENT

    def thing(self, route):
        return self.certificate if route.policy == "certificate" else self.case

    def judge(self, route, actor, what, answer, expected):
        if said(answer) not in expected:
            self.findings.append(f"{route}: {actor}, {what}: {answer.status} instead of {'/'.join(sorted(expected))}")

    def test_a_rule_names_every_route(self):
        self.findings = [str(r) for r in self.routes if r.policy is None and not r.is_machine]

    def test_every_rule_has_its_routes(self):
        self.findings = [pattern for pattern, *_ in RULES if not any(re.fullmatch(pattern, r.path) for r in self.routes)]

    def test_everybody_sees_what_they_may_see(self):
        for route in self.routes:
            if route.method != "GET" or route.policy is None or "events" in route.flags or route.path in SHOWS_AN_ERROR:
                continue
            for actor in ACTORS:
                answer = self.actors[actor].ask("GET", route.at(self.thing(route)))
                self.judge(route, actor, "a case", answer, wanted(route, actor, self.is_own(route, actor)))
                if route.has_case() and actor in (route.inside or ("owner",)):
                    self.judge(route, actor, "no case", self.actors[actor].ask("GET", route.at(ABSENT)), {"404"})

    def test_nobody_does_what_they_may_not_do(self):
        for route in self.routes:
            if route.method == "GET" or route.policy in (None, "open", "machine"):
                continue
            body = body_of(route, self.document)
            for actor in ACTORS:
                if actor in ("owner", *route.inside) and not route.is_for_absent_only or route.policy == "user" and actor != "visitor":
                    continue
                answer = self.actors[actor].act(route, route.at(self.thing(route)), body)
                expected = wanted(route, actor, False) if actor != "visitor" or route.policy == "token" else {"login", "403"}
                self.judge(route, actor, "a case", answer, expected)
            if route.has_case():
                for actor in route.inside or ("owner",):
                    self.judge(route, actor, "no case", self.actors[actor].act(route, route.at(ABSENT), body), {"404"})

    def test_nothing_is_done_for_another_site(self):
        for route in self.routes:
            if route.method == "GET" or route.policy in (None, "machine") or route.is_machine:
                continue
            body, kind = json.dumps(body_of(route, self.document)), "application/json"
            if not route.is_api:
                body, kind = "", "application/x-www-form-urlencoded"
            actor = sorted(route.inside or ["owner"])[0]
            path = route.at(self.thing(route))
            answer = self.actors[actor].ask(route.method, path, body, Content_Type=kind, Sec_Fetch_Site="cross-site")
            self.judge(route, actor, "Sec-Fetch-Site: cross-site", answer, {"403"})
            if route.is_api and route.policy == "open" or route.path in NO_TOKEN:
                continue
            answer = self.actors[actor].ask(route.method, path, "" if route.method == "DELETE" else "x=1",
                                            Content_Type="application/x-www-form-urlencoded")
            self.judge(route, actor, "neither token nor origin", answer, {"403", "404"} if route.policy == "token" else {"403"})

    def written(self):
        return self.hall.metric("certhall_store_transactions_total")

    def quiet(self):
        """Waits until jobs have ended."""
        before = self.written()
        for _ in range(100):
            time.sleep(0.1)
            now = self.written()
            if now == before:
                return now
            before = now
        return before

    def test_looking_changes_nothing(self):
        for route in self.routes:
            if route.method != "GET" or route.policy is None or writes(route.path) or "events" in route.flags:
                continue
            for actor in ("visitor", "owner", *route.inside):
                if not self.looks_without_writing(actor, route):
                    self.findings.append(f"{route}: {actor}: it writes")

    def looks_without_writing(self, actor, route):
        """A job may write meanwhile: only what writes each time counts."""
        for _ in range(3):
            before = self.quiet() if _ else self.written()
            self.actors[actor].ask("GET", route.at(self.thing(route)))
            if self.written() == before:
                return True
        return False


if __name__ == "__main__":
    unittest.main()
