# SPDX-License-Identifier: Apache-2.0
"""What must hold after every destruction: the journal of acknowledgements against what a second program reads."""
import json
import os
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "..", "peers"))
import store_reader  # noqa: E402

SCHEMA = os.path.join(HERE, "schema.json")
LONG = bool(os.environ.get("CERTHALL_LONG"))
OPENING_BALANCE = 1000
ENV = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:handle_segv=1", UBSAN_OPTIONS="print_stacktrace=1")


class Broken(AssertionError):
    pass


def expect(condition, sentence, *details):
    if not condition:
        raise Broken(sentence % details if details else sentence)


class Journal:
    """Lines of acknowledged transactions, kept outside the store and fsynced before they count."""

    def __init__(self, path):
        self.path = path
        self.file = open(path, "ab")
        self.lines = []

    def add(self, data):
        """Whole lines only: half a line was never said."""
        data = data[:data.rfind(b"\n") + 1]
        if not data:
            return
        self.file.write(data)
        self.file.flush()
        os.fsync(self.file.fileno())
        self.lines.extend(json.loads(line) for line in data.splitlines())

    def of(self, op):
        return [line for line in self.lines if line["op"] == op]

    def failed(self):
        return {line["status"] for line in self.of("failed")}

    def acked(self):
        return sum(line["op"] in ("insert", "move", "order", "own", "delete") for line in self.lines)

    def write_marked(self, path):
        """For `store_tool verify`: rows that may be gone are marked."""
        gone = {line["key"] for line in self.of("will-delete")}
        with open(path, "w") as out:
            for line in self.lines:
                out.write(json.dumps(dict(line, gone=line.get("key") in gone)) + "\n")

    def close(self):
        self.file.close()


def check_rows(store, journal):
    items, orders = store.rows("item"), store.rows("order")
    may_be_gone = {line["key"] for line in journal.of("will-delete")}
    for line in journal.of("insert"):
        if line["key"] in items or line["key"] not in may_be_gone:
            expect(items.get(line["key"]) == line["row"], "acknowledged item %s is lost or altered", line["key"])
    for line in journal.of("delete"):
        expect(line["key"] not in items, "item %s is there after its acknowledged deletion", line["key"])
    numbers = [json.loads(row)["number"] for row in orders.values()]
    expect(len(numbers) == len(set(numbers)), "a number was given twice")
    said = [line["number"] for line in journal.of("order")]
    expect(len(said) == len(set(said)), "a number was acknowledged twice")
    for line in journal.of("order"):
        expect(orders.get(line["key"]) == line["row"], "acknowledged order %s is lost or altered", line["key"])
    return items, orders


def check_own(store, journal):
    last = {}
    for line in journal.of("own"):
        last[line["key"]] = json.loads(line["row"])
    workers = store.rows("worker")
    for key, row in last.items():
        expect(key in workers, "acknowledged row %s is lost", key)
        is_now = json.loads(workers[key])
        expect(is_now["run"] != row["run"] or is_now["serial"] >= row["serial"], "row %s went back", key)


def check_records(store, journal, items, orders):
    records = [(seq, subject, json.loads(text)) for seq, subject, text in store.records("audit")]
    moves, balances, subjects, ids = 0, {}, {}, {}
    for _, subject, record in records:
        ids[record["id"]] = ids.get(record["id"], 0) + 1
        if record["amount"]:
            moves += 1
            for account, by in ((record["from"], -record["amount"]), (record["to"], record["amount"])):
                balances["a%02d" % account] = balances.get("a%02d" % account, OPENING_BALANCE) + by
        else:
            subjects[subject] = subjects.get(subject, 0) + 1
    expect(all(n == 1 for n in ids.values()), "a transaction is recorded twice")
    for line in journal.lines:
        if line["op"] in ("insert", "move", "order", "delete"):
            expect(line["id"] in ids, "the record of acknowledged transaction %s is lost", line["id"])
    stored = {key: json.loads(row)["balance"] for key, row in store.rows("account").items()}
    expect(stored == balances, "balances are not what the records say")
    expect(sum(stored.values()) == OPENING_BALANCE * len(stored), "money came or went")
    expect(store.counter("moves") == moves, "the counter of moves is wrong")
    for key in items:
        expect(subjects.get(key) == 1, "item %s has not exactly one record", key)
    for key in orders:
        expect(subjects.get(key) == 1, "order %s has not exactly one record", key)
    for key, n in subjects.items():
        expect(key in items or key in orders or n == 2, "record of %s without its row", key)


def check_jobs(store, orders):
    args = sorted(json.dumps(job["args"], sort_keys=True) for job in store.jobs())
    expect(args == sorted(json.dumps(json.loads(row), sort_keys=True) for row in orders.values()), "jobs and orders differ")


def check(folder, key_path, journal):
    """All invariants; raises Broken."""
    with open(key_path, "rb") as f:
        key = f.read()
    said = []
    findings = store_reader.check(folder, key, said.append)
    expect(not findings, "the second reader found: %s", "; ".join(said[:5]))
    store = store_reader.Store(folder, key)
    try:
        items, orders = check_rows(store, journal)
        check_own(store, journal)
        check_records(store, journal, items, orders)
        check_jobs(store, orders)
    finally:
        store.close()


def store_check(tool, folder, key_path, timeout=120):
    """The program's own check: (exit status, what it said)."""
    done = subprocess.run([tool, "run", folder, key_path, SCHEMA, "store", "check"], capture_output=True, timeout=timeout,
                          env=ENV)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def expect_check_clean(tool, folder, key_path):
    code, text = store_check(tool, folder, key_path)
    expect(code == 0, "store check: %d: %s", code, text)


class Load:
    """`store_tool load` with its lines going into a journal as they come."""

    def __init__(self, tool, folder, key_path, journal, threads, count, seed, env=None):
        self.journal = journal
        self.opened = threading.Event()
        self.process = subprocess.Popen([tool, "load", folder, key_path, SCHEMA, str(threads), str(count), str(seed)],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=dict(ENV, **(env or {})))
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        rest = b""
        while True:
            data = os.read(self.process.stdout.fileno(), 1 << 16)
            if not data:
                break
            rest += data
            cut = rest.rfind(b"\n") + 1
            if cut:
                self.opened.set()
                self.journal.add(rest[:cut])
                rest = rest[cut:]
        self.opened.set()

    def kill(self):
        self.process.kill()
        self.end()

    def end(self, timeout=120):
        """Exit status and standard error."""
        try:
            said = self.process.stderr.read().decode(errors="replace")
            self.reader.join(timeout)
            return self.process.wait(timeout), said
        finally:
            self.process.stdout.close()
            self.process.stderr.close()
