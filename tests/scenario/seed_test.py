#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`certhall seed`: invented cases in every state, whole by the invariants of money and trust, fit to be served.
Usage: seed_test.py CERTHALL"""
import json
import os
import sys
import time
import unittest

from hall import ROOT, Hall
from journey import Client

sys.path.insert(0, os.path.join(ROOT, "tests/fault"))
import hall_inv  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
CASES = 200
PASSWORD = "Seed-test-2026"
STATES = {"draft", "submitted", "materials", "identity", "payment", "voucher", "review", "returned", "paper", "active", "done",
          "refused", "cancelled", "closed"}


class Seed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM)
        assert cls.hall.command("init", *cls.hall.words()).returncode == 0
        begun = time.monotonic()
        cls.said = cls.seed(CASES)
        cls.seconds = time.monotonic() - begun

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    @classmethod
    def seed(cls, cases, *more):
        return cls.hall.command("seed", "--cases", str(cases), "--password", PASSWORD, *cls.hall.words(), *more)

    def test_a_seeded_store_is_whole(self):
        self.assertEqual((self.said.returncode, self.said.stderr), (0, ""))
        self.assertRegex(self.said.stdout, rf"^{CASES} cases in ")
        self.assertEqual(self.hall.command("store", "check", *self.hall.words()).returncode, 0)
        found = hall_inv.check(self.hall.data, self.hall.key)
        self.assertGreaterEqual(found["cases"], CASES)
        store = hall_inv.Hall(self.hall.data, self.hall.key)
        self.assertEqual({c["state"] for c in store.case.values()}, STATES)
        self.assertEqual({c["medium"] for c in store.case.values()}, {"ukey", "soft"})

    def test_the_invariants_can_break(self):
        whole = hall_inv.Hall(self.hall.data, self.hall.key)
        facts = whole.facts_by_case()
        ticket = next(t for t in whole.ticket.values() if t["state"] == "settled")

        def broken(change, check, words):
            hall = whole.copy()
            change(hall)
            check(hall)
            self.assertTrue(any(words in found for found in hall.found), f"{words}: {hall.found[:3]}")

        def without(kind):
            return lambda h: hall_inv.check_certificates(h, {c: {k: f for k, f in own.items() if k != kind or c != ticket["case"]}
                                                             for c, own in facts.items()})

        def certificates(h):
            hall_inv.check_certificates(h, facts)

        for kind, words in (("review", "nobody reviewed"), ("agreement", "not accepted"), ("identity", "identified"),
                            ("material", "materials are missing")):
            broken(lambda h: None, without(kind), words)
        broken(lambda h: h.order[ticket["order"]].update(state="closed"), certificates, "nobody paid")
        broken(lambda h: h.ticket.update(second=dict(ticket, serial="ff")), certificates, "has 2 certificates")
        broken(lambda h: h.ticket.update(second=dict(ticket, line=1)), certificates, "was given 2 times")
        broken(lambda h: next(iter(h.receipt.values())).update(refunded=1), hall_inv.check_money, "fen of")
        broken(lambda h: h.receipt.update(second=next(iter(h.receipt.values()))), hall_inv.check_money, "booked 2 times")
        broken(lambda h: h.event.pop(next(iter(h.event))), lambda h: hall_inv.check_cases(h, facts), "events are missing")
        broken(lambda h: next(iter(h.case.values())).update(state="x"), lambda h: hall_inv.check_cases(h, facts), "last event differ")
        holder = next(iter(whole.user_name.values()))["case"]
        broken(lambda h: h.case.pop(holder), lambda h: hall_inv.check_cases(h, facts), "held by nobody")
        line = {"method": "POST", "path": "/api/v1/cases", "sent": {}, "got": {"key": "none", "number": "1"}}
        broken(lambda h: None, lambda h: hall_inv.check_journal(h, [line]), "case none is lost")

    def test_it_can_be_done_twice_and_served(self):
        again = self.seed(20)
        self.assertEqual(again.returncode, 0, again.stderr)
        self.hall.start()
        self.addCleanup(self.hall.stop)
        busy = self.seed(20)
        self.assertNotEqual(busy.returncode, 0)
        self.assertIn("certhall:", busy.stderr)
        client = Client(self.hall.urls["http"]).login("19900000002", PASSWORD)
        page = client.get("/api/v1/cases?limit=100")
        self.assertGreater(len(page["items"]), 10)
        for case in page["items"]:
            self.assertEqual(client.get("/api/v1/cases/" + case["key"])["number"], case["number"])
        client.login("reviewer1", PASSWORD)
        self.assertEqual(client.get("/api/v1/account")["roles"], ["reviewer"])
        client.close()
        lines = [line for line in self.hall.parsed() if line["level"] == "error"]
        self.assertEqual(lines, [])

    def test_it_is_for_trying_only(self):
        self.assertEqual(self.seed(1, "--mode", "production").returncode in (1, 2), True)
        self.assertEqual(self.seed(0).returncode, 2)
        self.assertEqual(self.seed("many").returncode, 2)
        self.assertEqual(self.hall.command("seed", *self.hall.words()).returncode, 2)


if __name__ == "__main__":
    unittest.main()
