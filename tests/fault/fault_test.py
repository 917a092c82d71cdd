#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that fails, fills up, cuts off or turns bits: nothing acknowledged is lost, nothing half is seen, the store says what
happened and opens again.

    fault_test.py STORE_TOOL PRELOAD walk|disk-full|map-full|restore|flips|truncated
"""
import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

import inv

SAID = {"E_IO", "E_NO_SPACE", "E_READ_ONLY", "E_MAP_FULL"}


class Place:
    """A directory with a key, a store's place and a journal."""

    def __init__(self):
        self.base = tempfile.mkdtemp(prefix="certhall-fault-")
        self.folder = os.path.join(self.base, "data")
        self.key = os.path.join(self.base, "seal.key")
        with open(self.key, "wb") as f:
            f.write(os.urandom(32))
        self.journal = inv.Journal(os.path.join(self.base, "journal"))

    def path(self, name):
        return os.path.join(self.base, name)

    def load(self, tool, threads, count, env=None):
        """(exit status, standard error)"""
        load = inv.Load(tool, self.folder, self.key, self.journal, threads, count, random.randrange(1, 1 << 31), env)
        return load.end()

    def run(self, tool, *words):
        done = subprocess.run([tool, "run", self.folder, self.key, inv.SCHEMA, *words], capture_output=True, timeout=120,
                              env=inv.ENV)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def expect_whole(self, tool):
        inv.check(self.folder, self.key, self.journal)
        inv.expect_check_clean(tool, self.folder, self.key)

    def remove(self):
        self.journal.close()
        shutil.rmtree(self.base)


# The k-th call fails

def fails_at(tool, preload, k, number, forever):
    """Whether the k-th call was reached."""
    place = Place()
    hit = place.path("hit")
    env = {"LD_PRELOAD": preload, "FAULT_UNDER": place.folder, "FAULT_AT": str(k), "FAULT_ERRNO": str(number),
           "FAULT_FOREVER": "1" if forever else "0", "FAULT_HIT": hit}
    code, said = place.load(tool, 2, 14, env)
    reached = os.path.exists(hit)
    what = "call %d fails with %s%s" % (k, errno.errorcode[number], " for good" if forever else "")
    try:
        inv.expect(code in (0, 2), "%s: ended with %d: %s", what, code, said)
        inv.expect(reached or (code == 0 and not place.journal.failed()), "%s: failed without a reason: %s", what, said)
        inv.expect(code == 0 or said.startswith("E_"), "%s: no sentence: %s", what, said)
        inv.expect(place.journal.failed() <= SAID, "%s: said %s", what, place.journal.failed())
        again, said = place.load(tool, 1, 4)
        inv.expect(again == 0 and said, "%s: does not open again: %s", what, said)
        inv.expect(place.journal.acked() >= 4, "%s: does not serve again: %s", what, said)
        place.expect_whole(tool)
    except Exception as e:
        raise inv.Broken("%s: %s (%s)" % (what, e, place.base)) from e
    place.remove()
    return reached


def walk(tool, preload):
    modes = [(errno.EIO, False), (errno.ENOSPC, True), (errno.EIO, True), (errno.ENOSPC, False)]
    k, runs, reached = 1, 0, True
    while reached:
        chosen = modes if inv.LONG else [modes[runs % len(modes)]]
        reached = False
        for number, forever in chosen:
            reached = fails_at(tool, preload, k, number, forever) or reached
            runs += 1
        k += 1 if inv.LONG or k < 60 else 7
    print("%d runs, the last call is about the %dth" % (runs, k))
    inv.expect(k > 100, "too few calls were reached: is the library loaded?")


# Full

def disk_full(tool, _preload):
    place = Place()
    small = place.path("small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", small], capture_output=True).returncode:
        print("SKIPPED: mounting a small file system needs root")
        return place.remove()
    try:
        place.folder = os.path.join(small, "data")
        code, said = place.load(tool, 4, 4000)
        inv.expect(code == 0, "ended with %d: %s", code, said)
        inv.expect("E_NO_SPACE" in place.journal.failed(), "never full: %s", place.journal.failed())
        inv.expect(place.journal.failed() <= SAID, "said %s", place.journal.failed())
        place.expect_whole(tool)
        subprocess.run(["mount", "-o", "remount,size=64m", small], check=True)
        before = place.journal.acked()
        code, said = place.load(tool, 2, 50)
        inv.expect(code == 0 and place.journal.acked() == before + 100, "does not serve with room again: %s", said)
        place.expect_whole(tool)
    finally:
        subprocess.run(["umount", "-l", small], check=True)
    place.remove()


def map_full(tool, _preload):
    for limit in (2 << 20, 8 << 20):
        place = Place()
        env = {"STORE_MAP": str(1 << 20), "STORE_LIMIT": str(limit)}
        code, said = place.load(tool, 4, 20000, env)
        inv.expect(code == 0, "ended with %d: %s", code, said)
        inv.expect(place.journal.failed() == {"E_MAP_FULL"}, "said %s", place.journal.failed())
        place.expect_whole(tool)
        before = place.journal.acked()
        code, said = place.load(tool, 2, 100, {"STORE_MAP": str(1 << 20), "STORE_LIMIT": str(1 << 30)})
        inv.expect(code == 0 and place.journal.acked() == before + 200, "a larger limit does not help: %s", said)
        place.expect_whole(tool)
        print("limit %d MiB: full after %d transactions" % (limit >> 20, before))
        place.remove()


# Back from a backup

def nonces(folder, key):
    with open(key, "rb") as f:
        store = inv.store_reader.Store(folder, f.read())
    out = {}
    for name in store.names:
        if name.startswith("rows.") or name.startswith("outbox"):
            out.update((value[8:20], value[20:]) for _, value in store.items(name))
    store.close()
    return out


def restore(tool, _preload):
    place = Place()
    place.load(tool, 8, 60)
    code, said = place.run(tool, "backup", place.path("backup"))
    inv.expect(code == 0, "backup: %s", said)
    kept = list(place.journal.lines)
    place.load(tool, 8, 60)
    place.load(tool, 2, 20)
    lost = place.folder
    place.journal.lines = kept
    place.folder = place.path("restored")
    code, said = place.run(tool, "restore", place.path("backup"))
    inv.expect(code == 0, "restore: %s", said)
    place.expect_whole(tool)
    code, said = place.load(tool, 8, 125)
    inv.expect(code == 0 and not place.journal.failed(), "1,000 transactions on the restored store: %s", said)
    place.expect_whole(tool)
    before, now = nonces(lost, place.key), nonces(place.folder, place.key)
    twice = [n for n in now if n in before and now[n] != before[n]]
    inv.expect(not twice, "%d nonces sealed two values", len(twice))
    print(said.strip())
    place.remove()


# Bits that turn

def verify(tool, folder, key, journal):
    done = subprocess.run([tool, "verify", folder, key, journal], capture_output=True, timeout=60, env=inv.ENV)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def flip(tool, place, marked, at, bit, counts):
    copy = place.path("copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(place.folder, copy)
    with open(os.path.join(copy, "rows", "data.mdb"), "r+b") as f:
        f.seek(at)
        byte = f.read(1)[0]
        f.seek(at)
        f.write(bytes([byte ^ 1 << bit]))
    code, said = verify(tool, copy, place.key, marked)
    inv.expect("is another one" not in said, "byte %d: a value came out altered: %s", at, said)
    if code == 0:
        counts["nothing lost"] += 1
    elif code < 0:
        counts["crashed"] += 1
    elif code == 2:
        inv.expect(said.startswith("E_"), "byte %d: refused without a sentence: %s", at, said)
        counts["refused"] += 1
    else:
        checked, found = inv.store_check(tool, copy, place.key)
        inv.expect(checked != 0, "byte %d: rows are lost and the check finds nothing: %s", at, said)
        counts["lost and named"] += 1


def flips(tool, _preload):
    place = Place()
    place.load(tool, 4, 150)
    marked = place.path("marked")
    place.journal.write_marked(marked)
    size = os.path.getsize(os.path.join(place.folder, "rows", "data.mdb"))
    counts = {"nothing lost": 0, "refused": 0, "lost and named": 0, "crashed": 0}
    for _ in range(1000 if inv.LONG else 150):
        flip(tool, place, marked, random.randrange(size), random.randrange(8), counts)
    print("flips in %d bytes: %s" % (size, json.dumps(counts)))
    place.remove()


def truncated(tool, _preload):
    place = Place()
    place.load(tool, 4, 50)
    data = os.path.join(place.folder, "rows", "data.mdb")
    size = os.path.getsize(data)
    for part in (0.9, 0.5, 0.1, 0.01, 0):
        os.truncate(data, int(size * part))
        code, said = place.load(tool, 1, 1)
        inv.expect(code == 2 and "E_" in said, "a file cut to %d bytes of %d: %d %s", int(size * part), size, code, said)
        inv.expect(os.path.getsize(data) == int(size * part), "a refused file was written to")
    place.remove()


def main():
    tool, preload, part = sys.argv[1:4]
    seed = int(os.environ.get("CERTHALL_SEED", time.time()))
    print("seed", seed, flush=True)
    random.seed(seed)
    {"walk": walk, "disk-full": disk_full, "map-full": map_full, "restore": restore, "flips": flips,
     "truncated": truncated}[part](tool, preload)


if __name__ == "__main__":
    main()
