#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 while business rules are published, brought back or proposed: read by a second program afterwards, either the old or
the new rules are live, whole; what was acknowledged is there; and the hall opens again and serves the same.

    publish_crash_test.py CERTHALL

20 kills, or 100 with CERTHALL_LONG.
"""
import hashlib
import html
import http.client
import json
import os
import random
import re
import struct
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "scenario"), os.path.join(HERE, "..", "peers"), HERE]
import inv  # noqa: E402
import store_reader  # noqa: E402
from journey import STAFF_PASSWORD, staffed_hall  # noqa: E402
from visitor import Visitor  # noqa: E402

KILLS = 100 if inv.LONG else 20
REPLAY_SECONDS = 30
PUBLICATIONS = "/staff/rules/publications/"
LOST = (OSError, http.client.HTTPException, AssertionError)
TABLES = ("setting", "bundle", "source", "publication")


class Rules:
    """What a store that nobody serves says about rules."""

    def __init__(self, hall):
        with open(hall.key, "rb") as f:
            key = f.read()
        said = []
        inv.expect(not store_reader.check(hall.data, key, said.append), "%s", said)
        store = store_reader.Store(hall.data, key)
        try:
            for name in TABLES:
                setattr(self, name, {k: json.loads(text) for k, text in store.rows(name).items()})
            self.audit = [json.loads(text) for _, _, text in store.records("audit")]
        finally:
            store.close()
        self.live = self.setting["live"]["hash"]

    def check(self):
        for key in self.bundle:
            inv.expect(self.hash(key) == key, "the rules %s are not whole", key)
        live = [p for p in self.publication.values() if p["state"] == "live"]
        inv.expect(len(live) <= 1, "%s publications are live", len(live))
        inv.expect(all(p["bundle"] == self.live for p in live), "other rules are live than the publication says")
        inv.expect(live or all("live_at" not in p for p in self.publication.values()), "no publication is live any more")
        inv.expect(all(p["bundle"] in self.bundle for p in self.publication.values()), "a publication without its rules")
        for event, count in (("rules.live", lambda p: "live_at" in p and not p.get("rolled_back")), ("rules.proposed", lambda p: not p.get("rolled_back")),
                             ("rules.rolled_back", lambda p: p.get("rolled_back"))):
            told = sum(a.get("event") == event for a in self.audit)
            inv.expect(told == sum(bool(count(p)) for p in self.publication.values()), "the audit log tells %s %s times", event, told)

    def files(self, key):
        out = {}
        for name, digest in self.bundle[key]["files"].items():
            inv.expect(digest in self.source, "the rules %s lack %s", key, name)
            out[name] = self.source[digest]["text"].encode()
            inv.expect(hashlib.sha256(out[name]).hexdigest() == digest, "%s of the rules %s is another text", name, key)
        return out

    def hash(self, key):
        parts = []
        for name, body in sorted(self.files(key).items()):
            for one in (name.encode(), body):
                parts.append(struct.pack("<Q", len(one)) + one)
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def marks(self):
        """What the live rules say in two files of theirs."""
        files = self.files(self.live)
        return mark_of(files["site.lua"].decode(), r'hotline = \{ "([^"]+)"'), mark_of(files["kinds.lua"].decode(), r'label = "([^"]+)"')

    def proposed(self):
        return [k for k, p in sorted(self.publication.items()) if p["state"] == "proposed"]


def mark_of(text, pattern):
    return re.search(pattern, text)[1]


class Ground:
    """One hall that is killed again and again while two administrators publish."""

    def __init__(self, program, chance):
        self.hall, self.chance = staffed_hall(program).start(), chance
        self.first, self.second = (Visitor(self.hall).login(n, STAFF_PASSWORD) for n in ("admin1", "admin2"))
        self.number, self.draft = 0, None
        self.count = {"old": 0, "new": 0, "acknowledged": 0}
        self.delay = {}  # where the kill comes: nearer to the moment of the commit with each
        self.look()
        self.shipped = self.rules.live

    def look(self):
        """Ends what runs, looks, and opens again."""
        self.hall.process.kill()
        self.hall.stop()
        self.rules = Rules(self.hall)
        self.rules.check()
        self.hall.start()
        self.check_served()

    def check_served(self):
        hotline, label = self.rules.marks()
        inv.expect(hotline in Visitor(self.hall).get("/").text(), "the live words are not shown: %s", hotline)
        kinds = json.loads(self.hall.get("/api/v1/kinds")[2])
        inv.expect(label in [k["label"] for k in kinds], "the live rules do not decide: %s", label)

    def edit(self, name, pattern, to):
        self.first.get(f"{self.draft}/file?name={name}")
        text = html.unescape(re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", self.first.page, re.S)[1])
        self.first.post(f"{self.draft}/file?name={name}", {"rev": self.first.hidden("rev"), "act": "save", "body": re.sub(pattern, to, text, count=1)})
        inv.expect(self.first.status == 200, "not saved: %s", self.first.text()[:500])

    def prepare(self):
        """A draft that says something new in two files."""
        if not self.draft:
            self.first.get("/staff/rules").post("/staff/rules/drafts", {"title": "发布"})
            self.draft = self.first.path
        self.number += 1
        self.edit("site.lua", r'hotline = \{ "[^"]+"', 'hotline = { "400-000-%04d"' % self.number)
        self.edit("kinds.lua", r'label = "[^"]+"', f'label = "单位证书{self.number}"')
        self.first.get(self.draft + "/propose")

    def propose(self):
        self.first.post(self.draft + "/propose", {"reason": f"第 {self.number} 次", "due": "", "open": "stay"}, follow=False)
        return self.first.status == 303

    def approve(self):
        self.second.post(self.path, {"act": "approve"}, follow=False)
        return self.second.status == 303

    def back(self):
        self.first.post("/staff/rules/back", {"reason": "恢复"}, follow=False)
        return self.first.status == 303

    def next_act(self):
        """What there is to do, on the page that asks for it."""
        if self.rules.live != self.shipped:
            self.first.get("/staff/rules/back")
            return self.back
        proposed = self.rules.proposed()
        if not proposed:
            self.prepare()
            return self.propose
        self.path = PUBLICATIONS + proposed[0]
        self.wait_replayed()
        return self.approve

    def wait_replayed(self):
        """A replay that was cut off goes on after the start."""
        end = time.monotonic() + REPLAY_SECONDS
        while "重演进行中" in self.second.get(self.path).text():
            inv.expect(time.monotonic() < end, "a replay that was cut off does not go on")
            time.sleep(0.02)

    def state(self):
        return self.rules.live, len(self.rules.publication), len(self.rules.proposed())

    def round(self, is_killed):
        """One act, after which the hall is killed, or in the middle of it."""
        act, before = self.next_act(), self.state()
        answered = []
        thread = threading.Thread(target=self.run, args=(act, answered), daemon=True)
        thread.start()
        if is_killed:
            time.sleep(self.chance.uniform(0.5, 1.5) * self.delay[act.__name__])
        else:
            thread.join(60)
        self.hall.process.kill()
        thread.join(60)
        self.look()
        is_new = self.state() != before
        inv.expect(all(answered), "%s was refused", act.__name__)
        inv.expect(is_new or not answered, "%s was acknowledged and is lost", act.__name__)
        if is_killed:
            self.count["acknowledged" if answered else "new" if is_new else "old"] += 1
            self.delay[act.__name__] *= 0.8 if answered or is_new else 1.3

    def run(self, act, answered):
        began = time.monotonic()
        try:
            answered.append(act())
        except LOST:
            return
        self.delay.setdefault(act.__name__, time.monotonic() - began)


def main():
    seed = int(os.environ.get("CERTHALL_SEED", time.time()))
    print("seed", seed, flush=True)
    ground = Ground(os.path.abspath(sys.argv[1]), random.Random(seed))
    try:
        for _ in range(3):
            ground.round(is_killed=False)
        inv.expect(set(ground.delay) == {"propose", "approve", "back"}, "not everything was done: %s", ground.delay)
        for _ in range(KILLS):
            ground.round(is_killed=True)
        ground.hall.close()
    except BaseException:
        print("the store is kept in", ground.hall.folder, flush=True)
        ground.hall.process.kill()
        raise
    print(f"{KILLS} kills, {ground.count}")
    inv.expect(KILLS // 10 <= ground.count["old"] <= KILLS - KILLS // 10, "the kills came too early or too late: %s", ground.count)


if __name__ == "__main__":
    main()
