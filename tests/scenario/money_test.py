#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Money: whatever order notices, queries, closings, refunds and crashes come in, every fen is booked once (C6, C19; T1, T2).
CERTHALL_LONG runs 20,000 sequences instead of some hundred. Usage: money_test.py CERTHALL"""
import collections
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from hall import ROOT, Hall, copy_scripts
from money_model import Group, Model

sys.path.insert(0, os.path.join(ROOT, "tests/peers"))
from store_reader import Store  # the second reader of the store

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
SEED = int(os.environ.get("CERTHALL_SEED", "20261124"))
SEQUENCES, TOGETHER, STEPS = (20000, 100, 12) if LONG else (200, 40, 10)
CRASH_EVERY = 20 if LONG else 3
MUTANTS = 10000 if LONG else 2000
HABITS = ["lost"] * 6 + ["less", "more", "seller", "fail"]
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def fixture(*names):
    out = {}
    for name in names:
        with open(os.path.join(ROOT, f"tests/fixture/{name}.lua"), encoding="utf-8") as f:
            out["fixture/" + name] = f.read()
    return out


class Money(unittest.TestCase):
    """One hall for all tests of a class; it may be killed and started again on the same data."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="hall-")
        scripts = copy_scripts(cls.folder.name, fixture("money", "staff"))
        cls.hall = Hall(PROGRAM, folder=cls.folder.name, scripts=scripts, mode="try").start()
        cls.local, cls.connections = threading.local(), []
        cls.cashier = cls.make("staff", {})["accounts"]["cashier1"]
        cls.first = cls.make("case", {"unpaid": True, "values": {"medium": "soft"}})["key"]
        cls.total = cls.total_of(cls.copies(1)[0])

    @classmethod
    def tearDownClass(cls):
        cls.hang_up()
        try:
            cls.hall.close()
            check_ledger(cls.hall)
        finally:
            cls.folder.cleanup()

    @classmethod
    def ask(cls, path, body, headers):
        """On a connection that the thread keeps."""
        kept = getattr(cls.local, "kept", None)
        if not kept or kept[0] is not cls.hall.process:
            kept = cls.local.kept = (cls.hall.process, cls.hall.connection(timeout=60))
            cls.connections.append(kept[1])
        try:
            kept[1].request("POST", path, body, headers)
            answer = kept[1].getresponse()
            return answer.status, answer.read()
        except Exception:
            kept[1].close()
            cls.local.kept = None
            raise

    @classmethod
    def make(cls, what, value):
        status, answer = cls.ask("/fixture/" + what, json.dumps(value), {"Content-Type": "application/json"})
        assert status == 200, (what, value, status, answer.decode(), [l for l in cls.hall.lines if '"level":"error"' in l][-3:])
        return json.loads(answer)

    @classmethod
    def copies(cls, count):
        return cls.make("copies", {"of": cls.first, "count": count})["keys"]

    @classmethod
    def step(cls, name, **more):
        return cls.make("step", {"step": name, **more})

    @classmethod
    def total_of(cls, key):
        cls.step("open", key=key)
        return cls.money(key)["orders"][0]["total"]

    @classmethod
    def money(cls, key):
        return cls.make("money", {"key": key})

    @classmethod
    def notify(cls, raw):
        """What the hall says to a notice: "success", "failure" or nothing of the kind."""
        status, answer = cls.ask("/notify/try", raw if isinstance(raw, bytes) else raw.encode(), FORM)
        return {(200, b"success"): "success"}.get((status, answer), "failure" if 400 <= status < 500 else f"{status} {answer!r}")

    @classmethod
    def paid(cls, key=None, habit="lost"):
        """A trade that is paid and of which the hall knows nothing: key, its number, the notice."""
        key = key or cls.copies(1)[0]
        out_no = cls.step("attempt", key=key)["out_no"]
        cls.step("pay", out_no=out_no, habit=habit)
        return key, out_no, cls.make("notification", {"out_no": out_no})["raw"]

    @classmethod
    def hang_up(cls):
        for one in cls.connections:
            one.close()
        cls.connections.clear()

    @classmethod
    def crash(cls):
        cls.hall.tell(signal.SIGKILL)
        cls.hall.process.wait()
        cls.hall.reader.join()
        cls.hall.process.stderr.close()
        cls.hall.start()


def check_ledger(hall):
    """What must hold of all the money, read by the second reader."""
    with open(hall.key, "rb") as f:
        store = Store(hall.data, f.read())
    try:
        rows = {t: {key: json.loads(row) for key, row in store.rows(t).items()} for t in ("order", "attempt", "receipt", "refund")}
    finally:
        store.close()
    back = collections.Counter()
    for refund in rows["refund"].values():
        back[refund["receipt"]] += refund["fen"] if refund["state"] != "failed" else 0
    applied, trades = collections.Counter(), set()
    for key, r in rows["receipt"].items():
        assert r["fen"] == r["applied"] + r["refunded"] + r["unapplied"] and min(r["applied"], r["refunded"], r["unapplied"]) >= 0, r
        assert r["refunded"] == back[key], (key, r, back[key])
        assert (r["channel"], r["trade_no"]) not in trades, r
        assert (r["unapplied"] > 0) == (r["open"] == 1), r
        trades.add((r["channel"], r["trade_no"]))
        applied[r["order"]] += r["applied"]
    for key, order in rows["order"].items():
        held = sum(line["fen"] for line in order["lines"] if line["case"] not in order.get("left", []))
        assert applied[key] == (held if order["state"] == "paid" else 0), (key, order, applied[key])
        assert order["total"] == sum(line["fen"] for line in order["lines"]), order
    print(f"ledger: {len(rows['order'])} orders, {len(rows['attempt'])} attempts, {len(rows['receipt'])} receipts, "
          f"{len(rows['refund'])} refunds", file=sys.stderr)


class Sequence:
    """One application: steps at random, each done by the hall and by the model."""

    def __init__(self, test, key, seed):
        self.test, self.key, self.rng = test, key, random.Random(seed)
        self.model, self.numbers, self.done, self.begun = Model(test.total), [], [], time.monotonic()

    def run(self, steps):
        for _ in range(steps):
            name = self.rng.choices(*zip(*self.choices()))[0]
            self.done.append(name)
            getattr(self, "do_" + name)()

    def choices(self):
        found = [("attempt", 6), ("query", 2), ("close", 2), ("give_back", 1), ("open", 1)]
        if self.model.attempts:
            found += [("pay", 8), ("hear", 8)]
        if self.model.receipts:
            found += [("refund", 2), ("apply", 2)]
        return found

    def check(self, what, wanted):
        if what != wanted:
            raise AssertionError(f"{self.key} after {self.done}: {what!r}, not {wanted!r}")

    def do_open(self):
        self.test.step("open", key=self.key)
        self.model.open()

    def do_attempt(self):
        got = self.test.step("attempt", key=self.key)
        if self.model.attempt(got.get("out_no")):
            self.numbers.append(got["out_no"])
        else:
            self.check(got, {"refused": "E_CONFLICT"})

    def do_pay(self):
        out_no, habit = self.rng.choice(self.numbers), self.rng.choice(HABITS)
        before = self.model.attempts[out_no][1]
        got = self.test.step("pay", out_no=out_no, habit=habit)["state"]
        self.check((before, got), (before, self.model.pay(out_no, habit)))

    def do_hear(self):
        """The notice, up to three times."""
        out_no = self.rng.choice(self.numbers)
        if self.model.attempts[out_no][1] == "paid":
            raw = self.test.make("notification", {"out_no": out_no})["raw"]
            for _ in range(self.rng.choice([1, 1, 3])):
                self.check(self.test.notify(raw), "success" if self.model.hear(out_no) else "failure")

    def do_query(self):
        self.test.step("query", key=self.key)
        self.model.query()

    def do_close(self):
        self.test.step("close", key=self.key)
        self.model.close()

    def do_give_back(self):
        self.test.step("give_back", key=self.key)
        self.model.give_back()

    def receipt(self):
        out_no = self.rng.choice(list(self.model.receipts))
        return out_no, next(r["key"] for r in self.test.money(self.key)["receipts"] if r["out_no"] == out_no)

    def do_refund(self):
        out_no, key = self.receipt()
        if self.model.receipts[out_no].unapplied:
            self.test.step("refund", receipt=key, cashier=self.test.cashier)
            self.model.refund(out_no)

    def do_apply(self):
        out_no, key = self.receipt()
        if self.model.current is not None:
            got = self.test.step("apply", key=self.key, receipt=key, cashier=self.test.cashier)
            self.check("refused" not in got, self.model.apply(out_no))

    def compare(self):
        got = self.test.money(self.key)
        self.check([o["state"] for o in sorted(got["orders"], key=lambda o: o["key"])], self.model.orders)
        receipts = {r["out_no"]: (r["fen"], r["applied"], r["refunded"], r["unapplied"]) for r in got["receipts"]}
        self.check(receipts, {n: r.parts() for n, r in self.model.receipts.items()})

    def tell_again(self):
        """Every notice that was ever sent, while the hall may be dying: none of them may change what the model says."""
        for out_no in self.model.receipts:
            try:
                self.test.notify(self.test.make("notification", {"out_no": out_no})["raw"])
            except (OSError, AssertionError, EOFError):
                return
            except Exception as e:  # pylint: disable=broad-except
                if type(e).__module__ != "http.client":
                    raise
                return


class Several:
    """Three applications of one handler, joined, paid, closed and given back at random, by the hall and by the model."""

    def __init__(self, test, keys, seed):
        self.test, self.rng, self.model, self.done = test, random.Random(seed), Group(keys, test.total), []

    def run(self, steps):
        for _ in range(steps):
            found = ["join", "join", "attempt", "attempt", "close", "give_back", "give_back"]
            found += ["pay", "hear", "pay", "hear"] if self.model.attempts else []
            found += ["refund"] if self.model.receipts else []
            self.done.append(self.rng.choice(found))
            getattr(self, "do_" + self.done[-1])(self.rng.choice(self.model.cases))

    def check(self, what, wanted):
        if what != wanted:
            raise AssertionError(f"{self.model.cases} after {self.done}: {what!r}, not {wanted!r}")

    def do_join(self, _):
        cases = self.rng.sample(self.model.cases, self.rng.randint(2, len(self.model.cases)))
        self.check("refused" not in self.test.step("join", keys=cases), self.model.join(cases))

    def do_attempt(self, case):
        got = self.test.step("attempt", key=case)
        self.check("refused" not in got, self.model.attempt(case, got.get("out_no")))

    def do_pay(self, _):
        out_no, habit = self.rng.choice(list(self.model.attempts)), self.rng.choice(HABITS)
        self.check(self.test.step("pay", out_no=out_no, habit=habit)["state"], self.model.pay(out_no, habit))

    def do_hear(self, _):
        out_no = self.rng.choice(list(self.model.attempts))
        if self.model.attempts[out_no][1] == "paid":
            raw = self.test.make("notification", {"out_no": out_no})["raw"]
            for _ in range(self.rng.choice([1, 2])):
                self.check(self.test.notify(raw), "success" if self.model.hear(out_no) else "failure")

    def do_close(self, case):
        self.test.step("close", key=case)
        self.model.close(case)

    def do_give_back(self, case):
        self.test.step("give_back", key=case)
        self.model.give_back(case)

    def do_refund(self, _):
        out_no = self.rng.choice(list(self.model.receipts))
        if self.model.receipts[out_no].unapplied:
            key = self.found()[1][out_no]["key"]
            self.test.step("refund", receipt=key, cashier=self.test.cashier)
            self.model.refund(out_no)

    def found(self):
        """The orders and the receipts of all three."""
        orders, receipts = {}, {}
        for case in self.model.cases:
            got = self.test.money(case)
            orders.update({o["key"]: o for o in got["orders"]})
            receipts.update({r["out_no"]: r for r in got["receipts"]})
        return [orders[key] for key in sorted(orders)], receipts

    def compare(self):
        orders, receipts = self.found()
        self.check([(o["cases"], o["state"], set(o.get("left", []))) for o in orders], [tuple(o) for o in self.model.orders])
        self.check({n: (r["fen"], r["applied"], r["refunded"], r["unapplied"]) for n, r in receipts.items()},
                   {n: r.parts() for n, r in self.model.receipts.items()})
        paid = [self.model.of(case) is not None and not self.model.is_open(case) for case in self.model.cases]
        self.check([self.test.make("look", {"key": case})["standing"]["paid"] for case in self.model.cases], paid)


class Joint(Money):
    def test_several_paid_at_once_end_as_the_model_says(self):
        with ThreadPoolExecutor(12) as pool:
            for round in range(max(1, SEQUENCES // TOGETHER // 2)):
                keys = self.copies(3 * TOGETHER)
                all = [Several(type(self), keys[3 * i:3 * i + 3], f"{SEED}/{round}/{i}/joint") for i in range(TOGETHER)]
                list(pool.map(lambda s: s.run(3 * STEPS), all))
                list(pool.map(lambda s: s.compare(), all))


class Sequences(Money):
    def test_every_order_of_events_ends_as_the_model_says(self):
        print(f"seed {SEED}", file=sys.stderr)
        with ThreadPoolExecutor(12) as pool:
            for round in range(SEQUENCES // TOGETHER):
                all = [Sequence(type(self), key, f"{SEED}/{round}/{i}") for i, key in enumerate(self.copies(TOGETHER))]
                list(pool.map(lambda s: s.run(STEPS // 2), all))
                if round % CRASH_EVERY == 1:
                    self.crash_among(pool, all)
                list(pool.map(lambda s: s.run(STEPS - STEPS // 2), all))
                list(pool.map(lambda s: s.compare(), all))

    def crash_among(self, pool, all):
        told = [pool.submit(s.tell_again) for s in all]
        time.sleep(0.05)
        self.crash()
        for one in told:
            one.result()


class Notices(Money):
    def test_a_notice_sent_a_hundred_times_at_once_is_one_receipt(self):
        for _ in range(3 if LONG else 1):
            key, out_no, raw = self.paid()
            with ThreadPoolExecutor(32) as pool:
                said = list(pool.map(lambda _: self.notify(raw), range(100)))
            self.assertEqual(set(said), {"success"})
            got = self.money(key)
            self.assertEqual([(r["out_no"], r["applied"]) for r in got["receipts"]], [(out_no, self.total)])
            self.assertEqual([o["state"] for o in got["orders"]], ["paid"])

    def test_64_notices_at_once_for_one_handler(self):
        """All copies have one handler, who is told of each: no answer may depend on the others (T4: merged, never dropped)."""
        trades = [self.paid(key) for key in self.copies(64)]
        with ThreadPoolExecutor(64) as pool:
            said = list(pool.map(lambda trade: self.notify(trade[2]), trades))
        self.assertEqual(collections.Counter(said), {"success": 64})
        self.assertEqual({o["state"] for key, _, _ in trades for o in self.money(key)["orders"]}, {"paid"})
        told = [m for m in self.make("told", {"keys": [key for key, _, _ in trades]})["told"] if m["id"] == "paid"]
        self.assertEqual(len({m["case"] for m in told}), 64)
        self.assertEqual(len({m["to"] for m in told}), 1)
        sent = {m["sent"] for m in told if m["state"] == "sent"}
        self.assertLessEqual(len(sent), 1, "what leaves within ten minutes leaves together")

    def test_a_notice_survives_the_hall_being_killed(self):
        for _ in range(10 if LONG else 2):
            key, _, raw = self.paid()
            with ThreadPoolExecutor(16) as pool:
                sent = [pool.submit(self.notify, raw) for _ in range(60)]
                self.crash()
                said = [s.result() for s in sent if not s.exception()]
            self.assertLessEqual(set(said), {"success"})
            self.assertEqual(self.notify(raw), "success")
            self.assertEqual([r["applied"] for r in self.money(key)["receipts"]], [self.total])

    def fields(self, out_no, **change):
        trade = {"app": "TRY-APP", "buyer": "138****0000", "currency": "CNY", "fen": str(self.total), "out_no": out_no,
                 "paid_at": "1795500000000", "seller": "TRY-SELLER", "sent_at": str(round(time.time() * 1000)), "status": "TRADE_SUCCESS",
                 "trade_no": "TRY" + out_no}
        trade.update(change)
        return "&".join(f"{k}={v}" for k, v in trade.items())

    def sign(self, body, **more):
        return self.make("sign", {"body": body, **more})["raw"]

    def test_what_is_signed_and_not_for_us_is_not_stored(self):
        key, out_no, raw = self.paid()
        wrong = [{"seller": "OTHER"}, {"app": "OTHER"}, {"currency": "USD"}, {"fen": "0"}, {"fen": "-1"}, {"fen": "1e2"}, {"fen": "١٩٠"},
                 {"fen": f"{self.total}.001"}, {"fen": f" {self.total}"}, {"fen": f"0{self.total}"}, {"fen": "99999999999"},
                 {"trade_no": ""}, {"trade_no": "x" * 65}, {"paid_at": "yesterday"}, {"sent_at": "now"}]
        for change in wrong:
            self.assertEqual(self.notify(self.sign(self.fields(out_no, **change))), "failure", change)
        self.assertEqual(self.money(key)["receipts"], [])
        self.assertEqual(self.notify(self.sign(self.fields(out_no, status="WAIT_BUYER_PAY"))), "success")
        self.assertEqual(self.money(key)["receipts"], [])
        self.assertEqual(self.notify(raw), "success")

    def test_an_old_notice_counts_only_when_the_gateway_says_so(self):
        """T2: older than five minutes, or from the future: what the gateway says now is booked, not what was said then."""
        minute = 60 * 1000
        now = round(time.time() * 1000)
        key = self.copies(1)[0]
        out_no = self.step("attempt", key=key)["out_no"]
        for sent in (now - 6 * minute, now + 6 * minute, 0):
            self.assertEqual(self.notify(self.sign(self.fields(out_no, sent_at=str(sent)))), "failure", "the trade was never paid")
        self.assertEqual(self.money(key)["receipts"], [])
        key, out_no, _ = self.paid()
        old = self.sign(self.fields(out_no, sent_at=str(now - 6 * minute), fen="1", trade_no="OTHER"))
        self.assertEqual(self.notify(old), "success")
        self.assertEqual([(r["trade_no"], r["fen"], r["applied"]) for r in self.money(key)["receipts"]], [("TRY" + out_no, self.total, self.total)])
        self.assertEqual(self.notify(self.sign(self.fields(out_no, sent_at=str(now - 6 * minute), status="WAIT_BUYER_PAY"))), "success")
        key, out_no, raw = self.paid(habit="old")
        self.assertEqual([self.notify(raw), self.notify(raw)], ["success", "success"])
        self.assertEqual([r["applied"] for r in self.money(key)["receipts"]], [self.total])
        key, out_no, _ = self.paid()
        self.assertEqual(self.notify(self.sign(self.fields(out_no, sent_at=str(now - 4 * minute)))), "success")
        self.assertEqual(len([l for l in self.hall.lines if "an old payment notice was asked for" in l and out_no in l]), 0)

    def test_money_that_fits_no_open_order_stands_unapplied(self):
        key, out_no, raw = self.paid(habit="lost")
        _, twice, second = self.paid(key=key)
        self.assertEqual([self.notify(raw), self.notify(second)], ["success", "success"])
        got = {r["out_no"]: (r["applied"], r["unapplied"]) for r in self.money(key)["receipts"]}
        self.assertEqual(got, {out_no: (self.total, 0), twice: (0, self.total)})
        key = self.copies(1)[0]
        out_no = self.step("attempt", key=key)["out_no"]
        for off in (-1, 1):
            self.assertEqual(self.notify(self.sign(self.fields(out_no, fen=str(self.total + off), trade_no=f"OFF{off}{out_no}"))), "success")
        self.assertEqual([o["state"] for o in self.money(key)["orders"]], ["open"])

    def mutants(self, raw, others):
        """One change each, of bytes, of fields, of the signature."""
        rng = random.Random(SEED + len(raw))
        body, sign = raw.rsplit("&sign=", 1)
        parts, data = body.split("&"), raw.encode()
        yield from (raw + "&", raw + " ", raw + "\n", raw + "&sign=" + sign, raw + "&sign_type=MD5", raw + "\0", "", "&", "sign=" + sign, body,
                    body + "&sign=", body + "&Sign=" + sign, "sign_type=RSA&" + raw, "charset=GBK&" + raw, "&" + raw, raw.replace("CNY", "cny"),
                    body + "&fen=1&sign=" + sign, "fen=1&" + raw, raw.replace("=", "%3D", 1), raw.replace("*", "%2A", 1), raw.replace("&", ";", 1))
        yield from ("&".join(rng.sample(parts, len(parts))) + "&sign=" + sign for _ in range(5))
        yield from (body + "&sign=" + other.rsplit("&sign=", 1)[1] for other in others if other != raw)
        yield self.sign(body, purpose="csrf")
        while True:
            at, way = rng.randrange(len(data)), rng.randrange(4)
            if way == 0:
                yield data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1:]
            elif way == 1:
                yield data[:at] + data[at + rng.randint(1, 9):]
            elif way == 2:
                yield data[:at] + bytes(rng.randrange(256) for _ in range(rng.randint(1, 4))) + data[at:]
            else:
                yield data[:at]

    def test_no_changed_notice_changes_anything(self):
        made = [self.paid() for _ in range(20)]
        raws = [raw for _, _, raw in made]
        shuffled = {tuple(sorted(raw.split("&"))): raw for raw in raws}
        wrong = []
        for raw in raws:
            source = self.mutants(raw, raws)
            for _ in range(MUTANTS // len(raws)):
                mutant = next(source)
                wrong += [mutant] if (mutant if isinstance(mutant, bytes) else mutant.encode()) != raw.encode() else []
        self.assertEqual(len(shuffled), len(raws))
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(self.notify, wrong))
        self.assertEqual([w for w, s in zip(wrong, said) if s != "failure"], [])
        for key, _, raw in made:
            got = self.money(key)
            self.assertEqual(([o["state"] for o in got["orders"]], got["receipts"]), (["open"], []))
            self.assertEqual(self.notify(raw), "success")
            self.assertEqual([r["applied"] for r in self.money(key)["receipts"]], [self.total])


if __name__ == "__main__":
    unittest.main()
