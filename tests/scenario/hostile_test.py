#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The corpus of hostile scripts (tests/lua/hostile) through the editor's own request: each becomes the price function of a
draft that an administrator has checked while typing. Three of each family, or all with CERTHALL_LONG. Usage: hostile_test.py CERTHALL"""
import json
import os
import re
import sys
import threading
import time
import unittest
from urllib.parse import quote_from_bytes

from hall import ROOT, Hall
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
SCRIPTS, CORPUS = os.path.join(ROOT, "scripts"), os.path.join(ROOT, "tests/lua/hostile")
FILE = "prices.lua"
CHILD_SECONDS = 0.25
# What an honest check takes without sanitizers and other load; where it takes longer, so may the rest.
HONEST_SECONDS = 0.25
REFUSED = (400, 413, 422)
TICK = os.sysconf("SC_CLK_TCK")
LONG = bool(os.environ.get("CERTHALL_LONG"))
EACH = 3
# What an attack goes for, by the beginning of a script's name, and how many there are at least.
FAMILIES = {
    "bytecode and texts that are none": (8, "bytecode|bidi|broken|nul|identifier"),
    "code and names from elsewhere": (12, "env|global|library|use|name_missing_(load|dofile|require|package|debug|io|os|print|warn)"),
    "metatables and strings": (16, "metatable|string|tostring|format_p|name_missing_(get|setm|raw)|concat_with"),
    "collection and closing": (14, "gc|close|mode|name_missing_collect"),
    "coroutines": (20, "coroutine|name_missing_(coroutine|x?pcall)"),
    "patterns": (20, "pattern|regex|find"),
    "memory": (20, "memory|error_with|deep|mutual|recursion|tail"),
    "loops in C": (12, "cloop|format"),
    "parser": (14, "parser|goto|repeat|const"),
    "whole numbers": (8, "integer|for|random"),
    "the host": (20, "host|result|facts|next|iterator|while|loop|assert|byte"),
}
TEMPLATE = b"""local hostile = (function()
%s
end)()
local honest = (function()
%s
end)()
honest.price = function() return hostile.run({ n = 3, list = { 1, 2, 3 }, name = "x" }) end
return honest
"""


def read(path):
    with open(path, "rb") as f:
        return f.read()


def by_family():
    """{ family: names }; None for those that no family names."""
    families = {family: [] for family in (*FAMILIES, None)}
    for name in sorted(n for n in os.listdir(CORPUS) if n.endswith(".lua")):
        families[next((f for f, (_, names) in FAMILIES.items() if re.match(f"({names})", name)), None)].append(name)
    return families


def chosen():
    every = by_family()
    return [name for names in every.values() for name in (names if LONG else names[::max(1, len(names) // EACH)])]


class Watch(threading.Thread):
    """Asks whether the server is well until stopped."""

    def __init__(self, hall):
        super().__init__(daemon=True)
        self.hall, self.stopped, self.bad, self.slowest, self.asked = hall, threading.Event(), [], 0.0, 0

    def run(self):
        while not self.stopped.wait(0.05):
            begun = time.monotonic()
            status = self.hall.get("/healthz", entrance="admin")[0]
            self.slowest = max(self.slowest, time.monotonic() - begun)
            self.asked += 1
            if status != 200:
                self.bad.append(status)


class HostileScripts(unittest.TestCase):
    def setUp(self):
        self.hall = Hall(PROGRAM, mode="try", scripts=SCRIPTS).start()
        with open(os.path.join(os.path.dirname(self.hall.data), "try-accounts.txt"), encoding="utf-8") as f:
            passwords = dict(line.split() for line in f)
        self.admin = Visitor(self.hall).login("admin1", passwords["admin1"])
        self.admin.get("/staff/rules").post("/staff/rules/drafts", {"title": "试探"})
        self.base, self.token = self.admin.path, self.admin.get(self.admin.path).token()

    def tearDown(self):
        self.hall.close()

    def children_seconds(self):
        """Processor time of the children that have ended."""
        with open(f"/proc/{self.hall.process.pid}/stat", encoding="utf-8") as f:
            after_name = f.read().rsplit(")", 1)[1].split()
        return (int(after_name[13]) + int(after_name[14])) / TICK

    def resident(self):
        with open(f"/proc/{self.hall.process.pid}/status", encoding="utf-8") as f:
            return int(re.search(r"VmRSS:\s+(\d+) kB", f.read()).group(1)) << 10

    def check(self, body):
        """(status, findings, seconds of the child) of the editor's request."""
        before = self.children_seconds()
        form = f"_csrf={self.token}&name={FILE}&body=" + quote_from_bytes(body)
        self.admin.send("POST", self.base + "/typed", form, {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.hall.urls["http"]})
        taken = self.children_seconds() - before
        if self.admin.status != 200:
            return self.admin.status, [], taken
        return 200, json.loads(self.admin.page)["findings"], taken

    def judge(self, name, honest, allowed):
        script = read(os.path.join(CORPUS, name))
        status, findings, taken = self.check(TEMPLATE % (script, honest))
        errors = [f for f in findings if f["severity"] == "error"]
        expected = script.split(b"\n", 1)[0].decode("utf-8", "replace")
        with self.subTest(name):
            self.assertIn(status, (200, *REFUSED))
            if status == 200 and "value" not in expected:
                self.assertTrue(errors, "accepted")
            for f in findings:
                self.assertTrue(f["message"] and f["mend"] and f["line"] >= 1 and f["column"] >= 1, f)
                self.assertNotIn("0x", f["message"], "an address")
            self.assertLessEqual(taken, allowed, [f["message"] for f in errors])
        return taken

    def test_each_ends_and_the_server_is_well(self):
        names = chosen()
        honest = read(os.path.join(SCRIPTS, "business", FILE))
        usual = self.usual(honest)
        allowed = usual + CHILD_SECONDS * max(1, usual / HONEST_SECONDS)
        watch = Watch(self.hall)
        watch.start()
        half = len(names) // 4
        taken = {name: self.judge(name, honest, allowed) for name in names[:half]}
        before = self.resident()
        taken.update((name, self.judge(name, honest, allowed)) for name in names[half:])
        grown = self.resident() - before
        watch.stopped.set()
        watch.join()
        worst = max(taken, key=taken.get)
        print(f"{len(names)} scripts, an honest check takes {usual:.2f} s, the worst {taken[worst]:.2f} s ({worst}); memory of the server "
              f"{before >> 20} MiB, grown by {grown >> 10} KiB; {watch.asked} looks, the slowest {watch.slowest * 1000:.0f} ms")
        self.assertEqual(watch.bad, [])
        self.assertLess(grown, max(before // 10, 16 << 20))
        self.assertEqual(self.check(honest)[:2], (200, []))

    def usual(self, honest):
        """Seconds of the child for rules in which nothing is wrong."""
        times = []
        for _ in range(5):
            status, findings, taken = self.check(honest)
            self.assertEqual((status, findings), (200, []))
            times.append(taken)
        return sorted(times)[2]


class Corpus(unittest.TestCase):
    def test_every_family_is_there(self):
        families = by_family()
        for family, (least, _) in FAMILIES.items():
            self.assertGreaterEqual(len(families[family]), least, family)
        self.assertEqual(families[None], [], "of no family")


if __name__ == "__main__":
    unittest.main(verbosity=1)
