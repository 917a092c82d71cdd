#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether somebody is registered shows neither in the answers of login, reset and register nor in the time they take (T27): known
and unknown names in random order, compared by Mann-Whitney's test. Usage: enumeration_test.py CERTHALL
With CERTHALL_LONG 2 x 5,000 requests each, held to p > 0.01 and 1 ms between the medians; else few, held to what a skipped
password hash would break by far."""
import base64
import hashlib
import math
import os
import random
import statistics
import sys
import tempfile
import time
import unittest

from hall import ROOT, Hall, copy_scripts
from journey import Client

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
EACH = {"login": 5000 if LONG else 16, "reset": 5000 if LONG else 40, "register": 5000 if LONG else 12}
LEAST_P = 0.01 if LONG else 1e-4
TRIES = 4  # wrong passwords of one name before more is asked

HELPER = """-- SPDX-License-Identifier: Apache-2.0
http.post("/api/v1/test/accounts", function(req)
    local v, hash = req:body_json(), crypto.password_hash("Zheng-shu-2026")
    store.tx(function(tx)
        for i = v.from, v.from + v.count - 1 do
            local phone = tostring(i)
            tx:insert("account", tx:key(), { phone = phone, phone_verified_at = tx:now(), email = phone .. "@hall.example", shown = "phone",
                password = hash, created = tx:now(), state = "active", logins = json.array { phone } })
        end
    end)
    return req:json(200, {})
end, { api = true })
"""


def two_sided_p(a, b):
    """Mann-Whitney's U by its normal approximation; good from a dozen values on each side."""
    order = sorted([(x, 0) for x in a] + [(x, 1) for x in b])
    ranks = [i + 1 for i, (_, side) in enumerate(order) if side == 0]
    n, m = len(a), len(b)
    u = sum(ranks) - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(z) / math.sqrt(2))


class Enumeration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="enumeration-")
        scripts = copy_scripts(cls.folder.name, {"test_accounts": HELPER})
        cls.hall = Hall(PROGRAM, scripts=scripts, www=os.path.join(ROOT, "www/dist"), mode="try").start()
        cls.client = Client(cls.hall.urls["http"])
        cls.known = range(13900000000, 13900000000 + max(EACH["reset"], -(-EACH["login"] // TRIES)))
        for begin in range(cls.known.start, cls.known.stop, 100):
            cls.client.post("/api/v1/test/accounts", {"from": begin, "count": min(100, cls.known.stop - begin)})

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.hall.close()
        cls.folder.cleanup()

    def measure(self, what, ask, times=1):
        """ask(phone) -> seconds, answer. Each name is asked `times` times at most."""
        each = EACH[what]
        names = [str(n) for n in self.known]
        plan = [(True, names[i // times]) for i in range(each)] + [(False, str(15000000000 + i // times)) for i in range(each)]
        random.shuffle(plan)
        took, said = {True: [], False: []}, {True: set(), False: set()}
        for is_known, phone in plan:
            seconds, answer = ask(phone)
            took[is_known].append(seconds * 1000)
            said[is_known].add(answer)
        self.assertEqual((len(said[True]), said[True] == said[False]), (1, True), "one answer for all")
        middle = {k: statistics.median(v) for k, v in took.items()}
        p, gap = two_sided_p(took[True], took[False]), abs(middle[True] - middle[False])
        print(f"{what}: {each} each, known {middle[True]:.3f} ms, unknown {middle[False]:.3f} ms, gap {gap:.3f} ms, p {p:.4f}", flush=True)
        self.assertGreater(p, LEAST_P)
        self.assertLess(gap, 1 if LONG else max(1, middle[False] / 2))

    def timed(self, path, value, without=()):
        begun = time.perf_counter()
        a = self.client.ask("POST", path, value)
        seconds = time.perf_counter() - begun
        rest = {k: v for k, v in a.value.items() if k not in without}
        return seconds, (a.status, str(rest), tuple(sorted(k for k in a.headers if k.lower() != "date")))

    def test_logging_in(self):
        self.measure("login", lambda phone: self.timed("/api/v1/sessions", {"account": phone, "password": "not-this-one-1"}, {"request_id"}), TRIES)

    def test_asking_for_a_new_password(self):
        self.measure("reset", lambda phone: self.timed("/api/v1/codes", {"purpose": "forgot", "by": "code", "to": phone}, {"challenge"}))

    def test_registering(self):
        """With a captcha; who proves by SMS that the phone is theirs may know."""
        def ask(phone):
            made = self.client.post("/api/v1/codes", {"purpose": "register", "by": "captcha"})
            picture = hashlib.sha256(base64.b64decode(made["image"])).hexdigest()[:16]
            read = self.client.inbox(picture, lambda m: m["channel"] == "captcha")["params"]["text"]
            return self.timed("/api/v1/accounts", {"phone": phone, "email": f"n{random.getrandbits(48)}@hall.example", "password": "Zheng-shu-2026",
                                                   "by": "captcha", "challenge": made["challenge"], "answer": read})
        self.measure("register", ask)

    def test_the_comparison_sees_a_difference(self):
        noise = random.Random(1)
        values = [noise.gauss(60, 5) for _ in range(60)]
        self.assertGreater(two_sided_p(values[::2], values[1::2]), 0.01)
        self.assertLess(two_sided_p([x + 10 for x in values], values), 1e-4)


if __name__ == "__main__":
    unittest.main()
