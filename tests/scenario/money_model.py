# SPDX-License-Identifier: Apache-2.0
"""What should become of the money of one application, and of a few that may be paid at once: models to hold the hall against. Used
by money_test.py."""

OFF = {"less": -1, "more": 1}


class Receipt:
    def __init__(self, order, fen, applied):
        self.order, self.fen = order, fen
        self.applied, self.refunded, self.unapplied = (fen, 0, 0) if applied else (0, 0, fen)

    def parts(self):
        return self.fen, self.applied, self.refunded, self.unapplied


class Model:
    """Orders are numbered as they are opened; an attempt is known by the gateway's number of it."""

    def __init__(self, total):
        self.total = total
        self.orders, self.current = [], None  # states; the number of the case's order
        self.attempts = {}                    # out_no -> [order, state of the trade, habit]
        self.receipts = {}                    # out_no -> Receipt

    def state(self):
        return None if self.current is None else self.orders[self.current]

    def open(self):
        if self.state() not in ("open", "paid"):
            self.orders.append("open")
            self.current = len(self.orders) - 1

    def attempt(self, out_no):
        """Whether the hall lets one begin; out_no: what it was called."""
        self.open()
        if self.state() == "open":
            self.attempts[out_no] = [self.current, "waiting", "fine"]
            return True
        return False

    def pay(self, out_no, habit):
        one = self.attempts[out_no]
        if one[1] == "waiting" and habit != "fail":
            one[1:] = ["paid", habit]
        return one[1]

    def hear(self, out_no):
        """A genuine notice, or an answer to a query; whether it is taken."""
        order, trade, habit = self.attempts[out_no]
        if trade != "paid" or habit == "seller":
            return False
        if out_no not in self.receipts:
            fen = self.total + OFF.get(habit, 0)
            fits = self.orders[order] == "open" and fen == self.total
            self.receipts[out_no] = Receipt(order, fen, fits)
            self.orders[order] = "paid" if fits else self.orders[order]
        return True

    def query(self):
        for out_no in self.of_current():
            self.hear(out_no)

    def of_current(self):
        """The attempts on the order in force, as the hall asks about them: newest first."""
        mine = [n for n, one in self.attempts.items() if one[0] == self.current and self.current is not None]
        return sorted(mine, reverse=True)

    def close(self):
        if self.state() != "open":
            return
        mine = self.of_current()
        self.orders[self.current], self.current = "closed", None
        for out_no in mine:
            one = self.attempts[out_no]
            one[1] = "closed" if one[1] == "waiting" else one[1]
            self.hear(out_no)

    def give_back(self):
        for receipt in self.receipts.values():
            if receipt.applied and receipt.order == self.current:
                self.orders[self.current] = "refunded"
                receipt.refunded, receipt.applied = receipt.refunded + receipt.applied, 0

    def refund(self, out_no):
        receipt = self.receipts[out_no]
        receipt.refunded, receipt.unapplied = receipt.refunded + receipt.unapplied, 0

    def apply(self, out_no):
        """Whether the receipt fits the open order."""
        receipt = self.receipts[out_no]
        if self.state() != "open" or receipt.applied or receipt.unapplied != self.total:
            return False
        receipt.applied, receipt.unapplied, receipt.order = self.total, 0, self.current
        self.orders[self.current] = "paid"
        return True


class Group:
    """A few applications of one handler. Orders are [cases, state, cases that left]; the rest is as in Model."""

    def __init__(self, cases, part):
        self.cases, self.part = cases, part
        self.orders, self.current = [], {case: None for case in cases}
        self.attempts, self.receipts = {}, {}

    def of(self, case):
        """The number of its order in force, or None."""
        at = self.current[case]
        if at is None or self.orders[at][1] not in ("open", "paid") or case in self.orders[at][2]:
            return None
        return at

    def is_open(self, case):
        return self.of(case) is not None and self.orders[self.of(case)][1] == "open"

    def total(self, at):
        return self.part * len(self.orders[at][0])

    def begin(self, cases):
        self.orders.append([cases, "open", set()])
        for case in cases:
            self.current[case] = len(self.orders) - 1

    def join(self, cases):
        """Whether the hall joins them."""
        held = {self.of(case) for case in cases}
        if len(held) == 1 and None not in held and set(self.orders[min(held)][0]) == set(cases) and self.is_open(cases[0]):
            return True
        if any(at is not None and (self.orders[at][1] == "paid" or len(self.orders[at][0]) > 1) for at in held):
            return False
        for case in cases:
            self.close(case)
        self.begin(cases)
        return True

    def attempt(self, case, out_no):
        if self.of(case) is None:
            self.begin([case])
        if self.is_open(case):
            self.attempts[out_no] = [self.of(case), "waiting", "fine"]
            return True
        return False

    pay = Model.pay

    def hear(self, out_no):
        at, trade, habit = self.attempts[out_no]
        if trade != "paid" or habit == "seller":
            return False
        if out_no not in self.receipts:
            fen = self.total(at) + OFF.get(habit, 0)
            fits = self.orders[at][1] == "open" and fen == self.total(at)
            self.receipts[out_no] = Receipt(at, fen, fits)
            self.orders[at][1] = "paid" if fits else self.orders[at][1]
        return True

    def close(self, case):
        """The order of the case ends for all its cases; what was paid at the gateway before is heard of."""
        if not self.is_open(case):
            return
        at = self.of(case)
        self.orders[at][1] = "closed"
        for out_no, one in self.attempts.items():
            if one[0] == at:
                one[1] = "closed" if one[1] == "waiting" else one[1]
                self.hear(out_no)

    def give_back(self, case):
        at = self.of(case)
        if at is None or self.orders[at][1] != "paid":
            return
        receipt = next(r for r in self.receipts.values() if r.order == at and r.applied)
        receipt.applied, receipt.refunded = receipt.applied - self.part, receipt.refunded + self.part
        self.orders[at][2].add(case)
        if len(self.orders[at][2]) == len(self.orders[at][0]):
            self.orders[at][1] = "refunded"

    def refund(self, out_no):
        receipt = self.receipts[out_no]
        receipt.refunded, receipt.unapplied = receipt.refunded + receipt.unapplied, 0
