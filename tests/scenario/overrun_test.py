#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Business rules that never end, of a bundle that no check has seen: who is told what, what stays untouched, who is not hurt;
and the whole corpus of hostile scripts as live calls, 200 a second. Usage: overrun_test.py CERTHALL"""
import collections
import glob
import html
import os
import random
import re
import sys
import time
import unittest

from hall import ROOT, Hall, copy_scripts, write
from journey import Applicant, Refused
from open_loop import OpenLoop, p99
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
CORPUS = os.path.join(ROOT, "tests/lua/hostile")
RATE, HONEST_RATE = 200, 100
WINDOW, WINDOWS_MAX = 10 if LONG else 1.5, 12  # seconds; pairs
RUNS = 1000
RISE_MS = 20

PARTS = "business/flows/parts.lua"
GUARD = "local function form_complete(facts)\n"
ENDLESS = GUARD + '    if facts.values.unit_address == "死循环路 1 号" then\n        while true do end\n    end\n'

ROUTES = """
local function rows(name, key)
    local out = json.array {}
    for i, one in ipairs(store.list(name, { index = "case", equal = { key }, limit = 200 }).rows) do
        out[i] = one
    end
    return out
end

http.get("/test/case/{key}", function(req)
    local key = req:param("key")
    return req:json(200, { case = store.get("case", key), events = rows("event", key), facts = rows("fact", key), messages = rows("message", key) })
end, { api = true })

local verdicts = { E_BUDGET = "killed", E_BUSY = "suspended" }

local function verdict(ok, e)
    return ok and "value" or type(e) == "table" and verdicts[e.code] or "error"
end

http.post("/test/resume", function(req)
    for _, one in ipairs(bundle.suspended()) do
        bundle.resume(one.bundle, one.kind)
    end
    return req:json(200, {})
end, { api = true })

-- A bundle that no check has seen is asked; with ?resume=1 it is suspended by nothing.
http.post("/test/hostile/{name}", function(req)
    local name = req:param("name")
    local hash, ok, e = "hostile-" .. name, true, nil
    if not bundle.known(hash) then
        ok, e = pcall(bundle.add, hash, { ["hostile.lua"] = req:body() })
    end
    if not ok then
        return req:json(200, { loaded = false, verdict = verdict(ok, e) })
    end
    if req:query("resume") then
        bundle.resume(hash, name)
    end
    local facts = { n = 3, list = { 1, 2, 3 }, name = "x" }
    return req:json(200, { loaded = true, verdict = verdict(pcall(bundle.call, hash, "hostile:run", facts, string.sub(name, 1, 60))) })
end, { api = true, body = "memory", limit = 1048576 })
"""

# By the families of the corpus: how their files begin.
FAMILIES = {
    "bytecode": ("bytecode", "byte_order", "nul_in", "bidi", "broken", "identifier"),
    "load and env": ("env", "global", "library", "name_missing", "use_of"),
    "metatables and strings": ("metatable", "string", "tostring", "concat", "assert", "next_on"),
    "gc, close, mode": ("gc", "close", "const"),
    "nesting": ("deep", "mutual", "recursion", "tail", "iterator", "for", "goto", "repeat", "while", "loop"),
    "patterns": ("pattern", "regex", "find"),
    "memory": ("memory", "error_with"),
    "loops in C": ("cloop", "format"),
    "parser": ("parser",),
    "integers": ("integer", "random"),
    "host": ("host", "result", "facts"),
}


def family_of(name):
    return next((f for f, heads in FAMILIES.items() if name.startswith(heads)), None)


def passwords(hall):
    with open(os.path.join(os.path.dirname(hall.data), "try-accounts.txt"), encoding="utf-8") as f:
        return dict(line.split() for line in f)


def status_of(status, _):
    return status


def verdict_of(_, body):
    return re.search(rb'"verdict":"(\w+)"', body)[1].decode()


HONEST = [("GET", path, None, status_of) for path in ("/", "/apply/personal_issue", "/api/v1/kinds")]


class Corpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM)
        cls.hall.options["scripts"] = copy_scripts(cls.hall.folder, {"test/hostile": ROUTES})
        cls.hall.start()
        cls.hall.ask("PUT", "/debug/loglevel", "error", entrance="admin")
        cls.texts, cls.loaded = {}, collections.defaultdict(list)
        for path in sorted(glob.glob(CORPUS + "/*.lua")):
            with open(path, "rb") as f:
                cls.texts[os.path.basename(path)[:-4]] = f.read()

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def ask(self, name, query=""):
        return ("POST", f"/test/hostile/{name}{query}", self.texts[name], verdict_of)

    def times_of_calls(self):
        return {le: self.hall.metric(f'certhall_bundle_call_seconds_bucket{{le="{le}"}}') for le in ("0.005", "0.01", "+Inf")}

    def test_1_verdicts(self):
        """Each file once: what it says itself that it ends with, and it is one of a fixed set."""
        wrong = []
        for name, body in self.texts.items():
            self.assertIsNotNone(family_of(name), name + " is of no family")
            _, _, raw = self.hall.ask("POST", "/test/hostile/" + name, body)
            said = verdict_of(200, raw)
            expected = body.split(b"\n", 1)[0].decode().removeprefix("-- expect: ").split()
            if said not in expected:
                wrong.append((name, said, expected))
            if b'"loaded":true' in raw:
                type(self).loaded[family_of(name)].append(name)
        self.assertEqual(wrong, [])
        self.assertGreaterEqual(len(self.texts), 150)

    def beside(self, asks, answers):
        """The times of others while `asks` come in."""
        self.hall.ask("POST", "/test/resume", b"")
        attack = OpenLoop(self.hall, RATE, asks, WINDOW).start()
        honest = OpenLoop(self.hall, HONEST_RATE, HONEST, WINDOW, 4).start().wait()
        attack.wait()
        self.assertEqual((attack.failures, honest.failures), ([], []))
        self.assertEqual(set(honest.answers), {200})
        self.assertLessEqual(set(attack.answers), {"value", "error", "killed", "suspended"})
        answers.update(attack.answers)
        return p99(honest.times)

    def alone(self):
        honest = OpenLoop(self.hall, HONEST_RATE, HONEST, WINDOW, 4).start().wait()
        self.assertEqual(honest.failures, [])
        return p99(honest.times)

    def rise(self, asks, answers, runs=0):
        """By how much the p99 of others rises: windows with and without, in turns, until two quiet ones are found; a busy
        machine only ever adds time. At least `runs` asks."""
        alone, beside = [], []
        for _ in range(WINDOWS_MAX):
            alone.append(self.alone())
            beside.append(self.beside(asks, answers))
            if sum(answers.values()) >= runs and min(beside) - min(alone) < RISE_MS:
                break
        print(f"{dict(answers)}, p99 of others {min(beside):.1f} ms, alone {min(alone):.1f}, {len(alone)} windows", flush=True)
        return min(beside) - min(alone)

    def test_2_others_are_not_hurt(self):
        """Family by family, 200 calls a second as a hall has them: the third overrun suspends."""
        for family, names in self.loaded.items():
            print(f"{family}, {len(names)} scripts", end=": ")
            self.assertLess(self.rise([self.ask(n) for n in names], collections.Counter()), RISE_MS, family)

    def test_3_never_suspended(self):
        """All families mixed, and every suspension lifted at once: the worst that can come. Memory comes back."""
        asks = [self.ask(n, "?resume=1") for family in self.loaded.values() for n in family]
        random.Random(7).shuffle(asks)
        self.rise(asks, collections.Counter(), RUNS)
        before, calls, answers = self.hall.memory(), self.times_of_calls(), collections.Counter()
        risen = self.rise(asks, answers, RUNS)
        after, now = self.hall.memory(), self.times_of_calls()
        made = {le: now[le] - calls[le] for le in now}
        print(f"of {made['+Inf']:.0f} calls {made['+Inf'] - made['0.005']:.0f} took over 5 ms and {made['+Inf'] - made['0.01']:.0f} over 10; "
              f"memory {before >> 10} -> {after >> 10} KiB")
        self.assertGreater(answers["killed"], RUNS // 10)
        self.assertLess(risen, RISE_MS)
        self.assertLess(after, before * 1.05)
        # A virtual machine counts time that was stolen from it as ours: few may look longer.
        self.assertLessEqual(made["+Inf"] - made["0.005"], made["+Inf"] / 50)


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM, mode="try")
        cls.hall.options["scripts"] = scripts = copy_scripts(cls.hall.folder, {"test/look": ROUTES})
        with open(os.path.join(scripts, PARTS), encoding="utf-8") as f:
            text = f.read()
        assert text.count(GUARD) == 1
        cls.line = text.replace(GUARD, ENDLESS).split("\n").index("        while true do end") + 1
        write(os.path.join(scripts, PARTS), text.replace(GUARD, ENDLESS))
        cls.hall.start()
        cls.admin = Visitor(cls.hall).login("admin1", passwords(cls.hall)["admin1"])

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def applicant(self, seed, kind="unit_issue", address=None):
        a = Applicant(self.hall.urls["http"], seed, kind=kind).register()
        a.begin()
        values = a.person.values(kind, "soft")
        if address:
            values["unit_address"] = address
        a.fill(values)
        return a

    def look(self, a):
        return self.hall.get("/test/case/" + a.key)[2]

    def wait_page(self, wanted):
        end = time.monotonic() + 10
        while not re.search(wanted, self.admin.get("/staff/rules/running").text()):
            self.assertLess(time.monotonic(), end, self.admin.text())
            time.sleep(0.1)
        return html.unescape(self.admin.page)

    def submit(self, a):
        return a.ask("POST", a.path("submit"), {})

    def test_case(self):
        bad, good = self.applicant(501, address="死循环路 1 号"), self.applicant(502)
        waiting = self.applicant(503)
        personal = self.applicant(504, kind="personal_issue")
        good.submit()
        before = self.look(bad)
        for n in range(3):
            answer = self.submit(bad)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (503, "application/problem+json"))
            self.assertGreater(int(answer.headers["Retry-After"]), 0)
            self.assertRegex(answer.value["detail"], "规则计算超时.*没有变化")
        self.assertEqual(self.look(bad), before, "the case changed")

        # The third one within a minute: this kind waits, the others go on.
        self.assertRegex(self.submit(waiting).value["detail"], "规则出现故障.*没有丢失")
        self.assertEqual(self.submit(waiting).status, 503)
        personal.submit()
        self.wait_page(f"超过时间 3 .*{bad.case['number']}.*POST /api/v1/cases/{bad.key}/submit")
        page = self.wait_page("单位证书（版本 .*一分钟内三次超过限制，停在")
        self.assertIn(f"flows/parts.lua 第 {self.line} 行", page)
        self.assertIn(f'<a href="/staff/case/{bad.key}">{bad.case["number"]}', page)
        self.assertIn("已暂停办理", self.admin.get("/staff/todos").text())
        source = re.search(r'href="(/staff/rules/bundles/[0-9a-f]+/file\?[^"]+)"', page)[1]
        self.assertIn(f'<tr id="L{self.line}" class="change__row change__row--old">', self.admin.get(source.split("#")[0]).page)
        line = self.hall.wait_line(lambda l: l["msg"] == "a call of business rules was stopped")
        self.assertEqual((line["level"], line["case"], line["kind"], line["where"]), ("error", bad.key, "unit_issue", f"flows/parts.lua:{self.line}"))

        # The page of an applicant says the same in the look of the site.
        who = Visitor(self.hall).login(waiting.person.phone, waiting.person.password)
        who.get(f"/case/{waiting.key}/check").post(f"/case/{waiting.key}/check")
        self.assertEqual((who.status, who.headers["Retry-After"]), (503, "60"))
        self.assertIn("暂时不能办理", who.text())

        # One click, and they go on.
        bundle = re.search('name="bundle" value="([0-9a-f]{64})"', self.admin.get("/staff/rules/running").page)[1]
        self.admin.post("/staff/rules/running", {"act": "resume", "bundle": bundle, "kind": "unit_issue"})
        self.assertIn("已恢复办理", self.admin.text())
        waiting.submit()
        self.admin.post("/staff/rules/running", {"act": "resume", "bundle": bundle, "kind": "unit_issue"})
        self.assertEqual(self.admin.status, 409)

    def test_closed_by_hand(self):
        """Closed for new applications only, with words for applicants; opened by a click."""
        begun = self.applicant(511, kind="personal_issue")
        other = Applicant(self.hall.urls["http"], 512, kind="personal_issue").register()
        admin = self.admin.get("/staff/rules/running")
        admin.post("/staff/rules/running", {"act": "close", "kind": "personal_issue", "text": "", "to": ""})
        self.assertEqual(admin.status, 422)
        admin.get("/staff/rules/running").post("/staff/rules/running", {"act": "close", "kind": "personal_issue", "text": "设备检修，请改日再来", "to": "2020-01-01"})
        self.assertEqual(admin.status, 422)
        admin.get("/staff/rules/running").post("/staff/rules/running", {"act": "close", "kind": "personal_issue", "text": "设备检修，请改日再来", "to": ""})
        self.assertIn("直到恢复为止", admin.text())
        with self.assertRaises(Refused) as refused:
            other.begin()
        self.assertEqual((refused.exception.status, refused.exception.value["detail"]), (409, "设备检修，请改日再来"))
        kind = next(k for k in other.get("/api/v1/kinds") if k["id"] == "personal_issue")
        self.assertEqual(set(kind["suspended"]), {"from", "to", "text"})
        for path in ("/apply/personal_issue", "/apply/personal_issue/agreement"):
            who = Visitor(self.hall).login(other.person.phone, other.person.password)
            self.assertIn("设备检修，请改日再来", who.get(path).text())
        begun.submit()
        self.admin.get("/staff/rules/running").post("/staff/rules/running", {"act": "open", "kind": "personal_issue"})
        self.assertIn("已恢复受理", self.admin.text())
        other.begin()


if __name__ == "__main__":
    unittest.main(verbosity=1)
