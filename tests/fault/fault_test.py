#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A disk that fails, fills up, cuts off or turns bits: nothing acknowledged is lost, nothing half is seen, the store says what
happened and opens again.

    fault_test.py STORE_TOOL PRELOAD walk|disk-full|map-full|restore|backup|live|flips|truncated
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
        k += 1 if inv.LONG or k < 60 else 3
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
    for limit in (1 << 20, 16 << 20 if inv.LONG else 2 << 20):
        place = Place()
        env = {"STORE_MAP": str(1 << 20), "STORE_LIMIT": str(limit)}
        code, said = place.load(tool, 4, 50000, env)
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


def expect_sealed(folder):
    """Nothing of what rows say stands in any file; what plain indexes hold may."""
    secret = ["1390000", "张三丰", "李四光", "欧阳", "O'Neil", "balance"]
    wanted = [text.encode(code) for text in secret for code in ("utf-8", "gbk")]
    for base, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(base, name), "rb") as f:
                data = f.read()
            for text in wanted:
                inv.expect(text not in data, "%s holds %r in clear", name, text)


def restore(tool, _preload):
    place = Place()
    place.load(tool, 8, 60)
    code, said = place.run(tool, "backup", place.path("backup"))
    inv.expect(code == 0, "backup: %s", said)
    expect_sealed(place.base + "/backup")
    expect_sealed(place.folder)
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


def run_failing(place, tool, preload, under, k, *words):
    """(reached, exit status, what was said) of a command whose k-th call below `under` fails."""
    hit = place.path("hit")
    if os.path.exists(hit):
        os.unlink(hit)
    env = dict(inv.ENV, LD_PRELOAD=preload, FAULT_UNDER=under, FAULT_AT=str(k), FAULT_HIT=hit,
               FAULT_ERRNO=str(errno.ENOSPC if k % 2 else errno.EIO))
    done = subprocess.run([tool, "run", place.folder, place.key, inv.SCHEMA, *words], capture_output=True, timeout=60, env=env)
    said = (done.stdout + done.stderr).decode(errors="replace")
    inv.expect(done.returncode in (0, 2), "%s, call %d fails: %d: %s", words[0], k, done.returncode, said)
    inv.expect(done.returncode == 0 or said.startswith("E_"), "%s, call %d fails: no sentence: %s", words[0], k, said)
    return os.path.exists(hit), done.returncode, said


def backup_cut(place, tool, preload, k):
    backup, back = place.path("backup"), place.path("back")
    reached, code, said = run_failing(place, tool, preload, backup, k, "backup", backup)
    live, place.folder = place.folder, back
    restored, why = place.run(tool, "restore", backup)
    if restored == 0:
        place.expect_whole(tool)
    inv.expect(restored == 0 or code == 2, "a backup that was said to be good does not come back: %s", why)
    inv.expect(code == 0 or restored != 0 or os.path.exists(os.path.join(backup, "complete")), "half a backup: %s", said)
    place.folder = live
    shutil.rmtree(backup, ignore_errors=True)
    shutil.rmtree(back, ignore_errors=True)
    return reached


def restore_cut(place, tool, preload, k, good):
    live, place.folder = place.folder, place.path("back")
    reached, code, said = run_failing(place, tool, preload, place.folder, k, "restore", good)
    if code == 0 or inv.store_check(tool, place.folder, place.key)[0] == 0:
        place.expect_whole(tool)
    elif os.path.isdir(os.path.join(place.folder, "blobs")):
        inv.expect(place.load(tool, 1, 1)[0] == 2, "call %d: half a restore is taken for an empty store: %s", k, said)
    shutil.rmtree(place.folder, ignore_errors=True)
    place.folder = live
    return reached


def backup(tool, preload):
    """A backup or its way back that fails at any call is refused or whole."""
    place = Place()
    place.load(tool, 2, 25)
    good = place.path("good")
    inv.expect(place.run(tool, "backup", good)[0] == 0, "no backup")
    step = 1 if inv.LONG else 3
    k = 1
    while backup_cut(place, tool, preload, k):
        k += step
    n = 1
    while restore_cut(place, tool, preload, n, good):
        n += step
    print("%d calls of a backup, %d of a restore" % (k, n))
    inv.expect(k > 30 and n > 30, "too few calls: is the library loaded?")
    place.remove()


def live(tool, _preload):
    """Everything that reads works beside a process that writes."""
    place = Place()
    load = inv.Load(tool, place.folder, place.key, place.journal, 4, -1, random.randrange(1, 1 << 31),
                    {"STORE_MAP": str(1 << 20)})
    load.opened.wait(60)
    for _ in range(3):
        time.sleep(0.3)
        for words in (["store", "check"], ["store", "stat"], ["audit", "verify"]):
            code, said = place.run(tool, *words)
            inv.expect(code == 0, "%s beside a writer: %d: %s", " ".join(words), code, said)
    said_before = len(place.journal.lines)
    code, said = place.run(tool, "backup", place.path("backup"))
    inv.expect(code == 0, "backup beside a writer: %s", said)
    load.kill()
    code, said = place.run(tool, "store", "rekey")
    inv.expect(code == 2 and "CERTHALL_NEW_SEAL_KEY_FILE" in said, "rekey without a key: %s", said)
    place.expect_whole(tool)
    lines = place.journal.lines
    place.journal.lines = lines[:said_before] + [line for line in lines[said_before:] if line["op"] == "will-delete"]
    place.folder = place.path("restored")
    code, said = place.run(tool, "restore", place.path("backup"))
    inv.expect(code == 0, "restore: %s", said)
    place.expect_whole(tool)
    place.remove()


# Bits that turn

def verify(tool, folder, key, journal):
    done = subprocess.run([tool, "verify", folder, key, journal], capture_output=True, timeout=60, env=inv.ENV)
    return done.returncode, (done.stdout + done.stderr).decode(errors="replace")


def flip(tool, place, whole, marked, at, bit, counts):
    copy = place.path("copy")
    with open(os.path.join(copy, "rows", "data.mdb"), "wb") as f:
        f.write(whole[:at] + bytes([whole[at] ^ 1 << bit]) + whole[at + 1:])
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
        inv.expect(checked != 0, "byte %d (%s): rows are lost and the check finds nothing: %s", at, place.base, said)
        counts["lost and named"] += 1


def flips(tool, _preload):
    place = Place()
    place.load(tool, 4, 150)
    marked = place.path("marked")
    place.journal.write_marked(marked)
    with open(os.path.join(place.folder, "rows", "data.mdb"), "rb") as f:
        whole = f.read()
    os.makedirs(place.path("copy/rows"))
    os.symlink(os.path.join(place.folder, "blobs"), place.path("copy/blobs"))
    used = [i for i, byte in enumerate(whole) if byte]
    counts = {"nothing lost": 0, "refused": 0, "lost and named": 0, "crashed": 0}
    for _ in range(1000 if inv.LONG else 150):
        flip(tool, place, whole, marked, random.choice(used), random.randrange(8), counts)
    print("flips in %d bytes: %s" % (len(used), json.dumps(counts)))
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
    {"walk": walk, "disk-full": disk_full, "map-full": map_full, "restore": restore, "backup": backup, "live": live, "flips": flips,
     "truncated": truncated}[part](tool, preload)


if __name__ == "__main__":
    main()
