# SPDX-License-Identifier: Apache-2.0
"""One hall in mode try for all tests of a file, with the cases and steps that tests/fixture makes. Used by *_test.py beside it, which
sets FixtureHall.program and has `tearDownModule = FixtureHall.end`."""
import json
import os
import tempfile
import time
import unittest

from hall import ROOT, Hall, copy_scripts
from visitor import Visitor


def fixtures(*names):
    out = {}
    for name in names:
        with open(os.path.join(ROOT, f"tests/fixture/{name}.lua"), encoding="utf-8") as f:
            out["fixture/" + name] = f.read()
    return out


class FixtureHall(unittest.TestCase):
    program, hall, folder, password = None, None, None, None

    @classmethod
    def setUpClass(cls):
        if not FixtureHall.hall:
            FixtureHall.folder = tempfile.TemporaryDirectory(prefix="hall-")
            scripts = copy_scripts(cls.folder.name, fixtures("later", "money", "staff"))
            FixtureHall.hall = Hall(cls.program, folder=cls.folder.name, scripts=scripts, mode="try").start()
            FixtureHall.password = cls.make("staff", {})["password"]

    @staticmethod
    def end():
        hall = FixtureHall.hall
        try:
            errors = [line for line in hall.parsed() if line["level"] == "error"]
            assert not errors, errors[:3]
            hall.close()
        finally:
            FixtureHall.folder.cleanup()

    @classmethod
    def make(cls, what, value):
        status, answer = cls.hall.ask_json("POST", "/fixture/" + what, value)
        assert status == 200, (what, status, answer)
        return answer

    @classmethod
    def step(cls, what, **more):
        return cls.make("step", {"step": what, **more})

    @classmethod
    def paid(cls, **more):
        """A case in review whose money came through the cashier."""
        case = cls.make("case", {"unpaid": True, **more})
        out_no = cls.step("attempt", key=case["key"])["out_no"]
        cls.step("pay", out_no=out_no, habit="lost")
        cls.step("query", key=case["key"])
        return case

    @classmethod
    def enter(cls, login):
        return Visitor(cls.hall).login(login, cls.password)

    def until(self, look, wanted):
        end = time.monotonic() + 10
        while wanted not in (text := look().text()):
            self.assertLess(time.monotonic(), end, f"no {wanted} in {text}")
            time.sleep(0.1)

    def told(self, name, number):
        items = json.loads(self.hall.get("/api/v1/try/inbox?limit=100")[2])["items"]
        return [m for m in items if m["id"] == name and number in m["text"]]

    def wait_told(self, name, number):
        end = time.monotonic() + 10
        while not (found := self.told(name, number)):
            self.assertLess(time.monotonic(), end, name)
            time.sleep(0.1)
        return found[0]

    @classmethod
    def act(cls, v, case, name, *more):
        v.get("/staff/case/" + case["key"])
        return v.post("/staff/case/" + case["key"], [("seen", v.hidden("seen") or ""), ("act", name), *more])
