# SPDX-License-Identifier: Apache-2.0
"""What must hold of a hall whatever happened to it, read by a second program from a store that nobody serves: the invariants
of money and trust, and every change that was acknowledged. A journal line is { path, method, sent, status, got }."""
import copy
import hashlib
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "peers"))
import store_reader  # noqa: E402

ISSUED = ("settled", "revoked")
PAID_ON = ("active", "done")


class Broken(AssertionError):
    """Each argument is one thing that does not hold."""


class Hall:
    """The rows of a store, by table and key."""

    def __init__(self, folder, key_path):
        with open(key_path, "rb") as f:
            key = f.read()
        said = []
        if store_reader.check(folder, key, said.append):
            raise Broken(*said[:20])
        store = store_reader.Store(folder, key)
        try:
            self.tables = {name: {k: json.loads(text) for k, text in store.rows(name).items()}
                           for name in ("case", "fact", "order", "attempt", "receipt", "refund", "ticket", "certificate",
                                        "user_name", "grant", "account", "staff", "event", "material")}
            self.audit = [(seq, subject, json.loads(text)) for seq, subject, text in store.records("audit")]
        finally:
            store.close()
        self.found = []

    def copy(self):
        """For a test of the invariants: may be broken."""
        other = Hall.__new__(Hall)
        other.tables, other.audit, other.found = copy.deepcopy(self.tables), list(self.audit), []
        return other

    def __getattr__(self, name):
        return self.tables[name]

    def expect(self, holds, sentence, *details):
        if not holds:
            self.found.append(sentence % details)

    def live(self, case, kind):
        return [f for f in self.fact.values() if f["case"] == case and f["kind"] == kind and not f.get("ended")]

    def facts_by_case(self):
        by = {}
        for fact in self.fact.values():
            if not fact.get("ended"):
                by.setdefault(fact["case"], {}).setdefault(fact["kind"], []).append(fact)
        return by


def is_paid(hall, ticket):
    order = hall.order.get(ticket["order"])
    if not order or order["state"] != "paid" or not 0 <= ticket["line"] < len(order["lines"]):
        return False
    applied = sum(r["applied"] for r in hall.receipt.values() if r["order"] == ticket["order"])
    return order["lines"][ticket["line"]]["case"] == ticket["case"] and applied == order["total"]


def reviewers_are_apart(hall, ticket, reviews):
    """Nobody judged a case that is theirs, and two stages are two people."""
    people = [r["person"] for r in reviews]
    holders = {g["account"] for g in hall.grant.values() if g["object"] == ticket["case"]}
    held_by = {hall.staff[a]["person"] for a in holders if a in hall.staff}
    return len(set(people)) == len(people) and not held_by & set(people)


def check_certificates(hall, facts):
    """issued => paid, reviewed, agreed, identified, materials there; one live certificate for a paid line."""
    lines, serials = {}, {}
    for key, ticket in hall.ticket.items():
        if ticket["state"] not in ISSUED:
            continue
        serials.setdefault(ticket["serial"], []).append(key)
        if ticket["state"] != "settled":
            continue
        lines.setdefault((ticket["order"], ticket["line"], ticket["case"]), set()).add(ticket["serial"])
        own = facts.get(ticket["case"], {})
        reviews, have = own.get("review", []), {m["type"] for m in own.get("material", [])}
        waived = len({w["person"] for w in own.get("waiver", [])}) >= 2
        hall.expect(is_paid(hall, ticket) or waived, "ticket %s: a certificate that nobody paid", key)
        hall.expect(reviews and len(reviews) >= reviews[0]["stages"], "ticket %s: a certificate that nobody reviewed", key)
        hall.expect(reviewers_are_apart(hall, ticket, reviews), "ticket %s: judged by whom it concerns, or twice by one", key)
        hall.expect(own.get("agreement"), "ticket %s: the agreement was not accepted", key)
        hall.expect(own.get("identity"), "ticket %s: nobody was identified", key)
        for review in reviews:
            hall.expect(set(review["required"]) <= have, "ticket %s: materials are missing", key)
    for line, of in lines.items():
        hall.expect(len(of) == 1, "line %s has %s certificates", line, len(of))
    for serial, keys in serials.items():
        hall.expect(len(keys) == 1, "serial %s was given %s times", serial, len(keys))
    settled = {t["serial"] for t in hall.ticket.values() if t["state"] in ISSUED}
    for key, row in hall.certificate.items():
        hall.expect(row["serial"] in settled, "certificate %s was never issued by a ticket", key)


def check_money(hall):
    trades = {}
    for key, receipt in hall.receipt.items():
        parts = receipt["applied"] + receipt["refunded"] + receipt["unapplied"]
        hall.expect(parts == receipt["fen"], "receipt %s: %s fen of %s", key, parts, receipt["fen"])
        trades.setdefault((receipt["channel"], receipt["trade_no"]), []).append(key)
    for trade, keys in trades.items():
        hall.expect(len(keys) == 1, "trade %s was booked %s times", trade, len(keys))
    open_of = {}
    for key, order in hall.order.items():
        hall.expect(order["total"] == sum(line["fen"] for line in order["lines"]), "order %s: lines and total differ", key)
        applied = sum(r["applied"] for r in hall.receipt.values() if r["order"] == key)
        hall.expect(order["state"] != "paid" or applied == order["total"], "order %s is paid with %s fen", key, applied)
        for case in order["cases"] if order["state"] in ("open", "paid") else ():
            open_of.setdefault(case, []).append(key)
    for case, keys in open_of.items():
        hall.expect(len(keys) == 1, "case %s has %s live orders", case, len(keys))


def check_cases(hall, facts):
    numbers, events, names = {}, {}, {}
    for event in hall.event.values():
        events.setdefault(event["case"], []).append(event)
    for key, case in hall.case.items():
        numbers.setdefault(case["number"], []).append(key)
        own = sorted(events.get(key, []), key=lambda e: e["number"])
        hall.expect([e["number"] for e in own] == list(range(1, case["events"] + 1)), "case %s: events are missing", key)
        hall.expect(own and own[-1]["to"] == case["state"], "case %s: state and last event differ", key)
        if case["state"] in PAID_ON:
            fact = facts.get(key, {})
            paid = case["order"] in hall.order and hall.order[case["order"]]["state"] == "paid"
            waived = len(fact.get("waiver", [])) >= 2
            hall.expect((paid or waived) and fact.get("review") and fact.get("agreement"), "case %s is %s without its facts", key,
                        case["state"])
        hall.expect(any(g["object"] == key and g["role"] == "owner" for g in hall.grant.values()), "case %s belongs to nobody", key)
    for number, keys in numbers.items():
        hall.expect(len(keys) == 1, "number %s was given %s times", number, len(keys))
    for row in hall.user_name.values():
        names.setdefault(row["name"], []).append(row["case"])
        hall.expect(row["case"] in hall.case, "user name %s is held by nobody", row["name"])
    for name, cases in names.items():
        hall.expect(len(cases) == 1, "user name %s is held by %s cases", name, len(cases))


def check_audit(hall):
    """What happened is recorded: an event of a case with it, a ticket's certificate too."""
    recorded = {}
    for _, subject, record in hall.audit:
        if str(record.get("event", "")).startswith("case."):
            recorded.setdefault(subject, []).append(record["event"][5:])
    for key in recorded:
        hall.expect(key in hall.case, "the audit log knows case %s, the store does not", key)


CASE = re.compile(r"/api/v1/cases/([0-9a-z]{26})")


def check_journal(hall, journal):
    """Every acknowledged change is there."""
    phones = {a.get("phone") for a in hall.account.values()}
    written = {}
    for line in journal:
        path, sent, got = line["path"], line["sent"] or {}, line["got"] or {}
        if path == "/api/v1/accounts":
            hall.expect(sent["phone"] in phones, "the account of %s is lost", sent["phone"])
        elif path == "/api/v1/cases":
            hall.expect(hall.case.get(got["key"], {}).get("number") == got["number"], "case %s is lost", got["key"])
        elif line["method"] == "PATCH" and CASE.match(path):
            written.setdefault(CASE.match(path)[1], {}).update(sent["values"])
        elif CASE.match(path):
            check_event(hall, CASE.match(path)[1], path, got)
    for key, values in written.items():
        kept = hall.case[key]["values"]
        for name, value in values.items():
            secret = name == "answer"
            hall.expect(secret or kept.get(name) == value, "case %s: the answer %s is lost", key, name)


def check_event(hall, key, path, got):
    wanted = {"submit": "submit", "delivery": "printed", "cancel": "cancel"}.get(path.rsplit("/", 1)[1])
    if wanted:
        hall.expect(any(e["case"] == key and e["event"] == wanted for e in hall.event.values()), "%s of case %s is lost", wanted, key)
    serial = got.get("serial") if isinstance(got, dict) else None
    if serial:
        hall.expect(any(t["serial"] == serial for t in hall.ticket.values() if t["state"] in ISSUED), "certificate %s is lost", serial)


def check(folder, key_path, journal=()):
    """Raises Broken with what does not hold; the numbers of what was looked at."""
    hall = Hall(folder, key_path)
    facts = hall.facts_by_case()
    check_certificates(hall, facts)
    check_money(hall)
    check_cases(hall, facts)
    check_audit(hall)
    check_journal(hall, journal)
    if hall.found:
        raise Broken(*hall.found[:20])
    return {"cases": len(hall.case), "certificates": sum(t["state"] == "settled" for t in hall.ticket.values()),
            "receipts": len(hall.receipt), "audit": len(hall.audit), "acknowledged": len(journal)}


def read_table(folder, key_path, table):
    with open(key_path, "rb") as f:
        store = store_reader.Store(folder, f.read())
    try:
        return {k: json.loads(text) for k, text in store.rows(table).items()}
    finally:
        store.close()


def check_signer(folder, key_path, hall_folder, hall_key):
    """The signer made what the hall records, and for a line of a case nothing twice."""
    found, lines = [], {}
    with open(key_path, "rb") as f:
        if store_reader.check(folder, f.read(), found.append):
            raise Broken(*found[:20])
    made = read_table(folder, key_path, "certificate")
    for serial, row in made.items():
        if row["state"] in ("good", "hold") and row["ticket"]:
            lines.setdefault(row["line"], []).append(serial)
    found += [f"the signer made {len(of)} certificates for {line}" for line, of in lines.items() if len(of) > 1]
    for key, ticket in read_table(hall_folder, hall_key, "ticket").items():
        if ticket["state"] in ISSUED and ticket["serial"] not in made and not is_seeded(ticket):
            found.append(f"ticket {key}: the signer knows nothing of its certificate")
    if found:
        raise Broken(*found[:20])


def is_seeded(ticket):
    """Seeded certificates were never made by a signer."""
    return ticket["der_sha256"] in SEEDED


SEEDED = {hashlib.sha256(f"seed der {n}".encode()).hexdigest() for n in range(1, 10001)}


if __name__ == "__main__":
    print(check(*sys.argv[1:3]))
