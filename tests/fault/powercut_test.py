#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Power cuts, simulated: all calls of a loaded store are recorded, then replayed up to a random moment. What was synced is
there, of the rest any part; directory entries are lost from the end unless their directory was synced.

    powercut_test.py STORE_TOOL PRELOAD
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

import inv

HEAD = struct.Struct("<cBHIQ")
SECTOR = 512
IN_FLIGHT = 3  # calls after the moment that may have begun


class Call:
    def __init__(self, op, synced, path, data, offset):
        self.op, self.synced, self.path, self.data, self.offset = op, synced, path, data, offset


def read_record(path):
    with open(path, "rb") as f:
        raw = f.read()
    calls, at = [], 0
    while at + HEAD.size <= len(raw):
        op, synced, path_n, data_n, offset = HEAD.unpack_from(raw, at)
        at += HEAD.size
        name = raw[at:at + path_n].decode()
        calls.append(Call(op.decode(), synced, name, raw[at + path_n:at + path_n + data_n], offset))
        at += path_n + data_n
    return calls


class Inode:
    def __init__(self):
        self.changes = []  # (number of the call, call)
        self.synced = -1   # changes up to this call are on disk

    def content(self, moment, chance):
        out = bytearray()
        for number, call in self.changes:
            whole = number <= self.synced or (call.synced and number < moment)
            if call.op == "T":
                if whole or chance.random() < 0.5:
                    del out[call.offset:]
                    out.extend(bytes(call.offset - len(out)))
                continue
            fate = 1.0 if whole else chance.choice((0.0, 0.5, 1.0))
            for start in range(0, len(call.data), SECTOR):
                if fate == 1.0 or (fate and chance.random() < fate):
                    piece = call.data[start:start + SECTOR]
                    at = call.offset + start
                    out.extend(bytes(max(0, at - len(out))))
                    out[at:at + len(piece)] = piece
        return out


class Disk:
    """Names and contents after the calls before `moment`."""

    def __init__(self, calls, moment, root, chance):
        self.root, self.chance, self.moment = root, chance, moment
        self.names = {}      # path -> Inode, as the running program sees it
        self.entries = []    # changes of names: (number, what to do)
        self.entries_synced = -1
        self.begun = {}
        for number, call in enumerate(calls[:moment]):
            self.apply(number, call)
        for number, call in enumerate(calls[moment:moment + IN_FLIGHT], moment):
            if call.op == "E":
                break  # what follows a sync has not begun before it ended
            if call.op == "W" and call.path in self.names:
                self.names[call.path].changes.append((number, call))
        self.survive()

    def apply(self, number, call):
        if call.op in "WT":
            self.names.setdefault(call.path, Inode()).changes.append((number, call))
        elif call.op == "C":
            self.names[call.path] = Inode()
            self.entries.append((number, ("link", call.path, self.names[call.path])))
        elif call.op == "D":
            self.entries.append((number, ("dir", call.path, None)))
        elif call.op == "R":
            to = call.data.decode()
            self.names[to] = self.names.pop(call.path)
            self.entries.append((number, ("rename", call.path, to)))
        elif call.op == "U":
            self.names.pop(call.path, None)
            self.entries.append((number, ("unlink", call.path, None)))
        elif call.op == "B":
            self.begun[call.path] = number
        elif call.op == "E":
            self.sync(call.path, self.begun.get(call.path, -1))

    def sync(self, path, before):
        if path in self.names:
            self.names[path].synced = max(self.names[path].synced, before)
        for number, (_, name, other) in self.entries:
            target = other if isinstance(other, str) else name
            if number < before and os.path.dirname(target) == path:
                self.entries_synced = max(self.entries_synced, number)

    def survive(self):
        kept = [e for e in self.entries if e[0] <= self.entries_synced]
        rest = self.entries[len(kept):]
        kept += rest[:self.chance.randint(0, len(rest))]
        self.files, self.folders = {}, {self.root}
        for _, (what, name, other) in kept:
            if what == "link":
                self.files[name] = other
            elif what == "dir":
                self.folders.add(name)
            elif what == "rename" and name in self.files:
                self.files[other] = self.files.pop(name)
            elif what == "unlink":
                self.files.pop(name, None)

    def write_to(self, folder):
        for name in sorted(self.folders):
            os.makedirs(folder + name[len(self.root):], exist_ok=True)
        for name, inode in self.files.items():
            if os.path.basename(name) in ("lock", "lock.mdb"):
                continue
            if not os.path.isdir(os.path.dirname(folder + name[len(self.root):])):
                continue  # what leads to it did not survive
            with open(folder + name[len(self.root):], "wb") as f:
                f.write(inode.content(self.moment, self.chance))


def journal_before(calls, moment, path):
    journal = inv.Journal(path)
    journal.add(b"".join(call.data for call in calls[:moment] if call.op == "A"))
    return journal


def cut(tool, calls, moment, root, base, key, chance):
    folder, path = os.path.join(base, "cut"), os.path.join(base, "cut.journal")
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(path):
        os.unlink(path)
    Disk(calls, moment, root, chance).write_to(folder)
    journal = journal_before(calls, moment, path)
    acked = journal.acked()
    code, said = inv.Load(tool, folder, key, journal, 1, 3, chance.randrange(1, 1 << 30)).end()
    inv.expect(code == 0, "does not open again: %s", said)
    inv.expect(journal.acked() == acked + 3, "does not serve again: %s", said)
    inv.check(folder, key, journal)
    inv.expect_check_clean(tool, folder, key)
    journal.close()
    return acked


def main():
    tool, preload = sys.argv[1:3]
    seed = int(os.environ.get("CERTHALL_SEED", time.time()))
    print("seed", seed, flush=True)
    chance = random.Random(seed)
    base = tempfile.mkdtemp(prefix="certhall-powercut-")
    root, key, record = (os.path.join(base, n) for n in ("data", "seal.key", "record"))
    with open(key, "wb") as f:
        f.write(os.urandom(32))
    env = dict(inv.ENV, LD_PRELOAD=preload, FAULT_UNDER=root, FAULT_RECORD=record)
    subprocess.run([tool, "load", root, key, inv.SCHEMA, "3", "60", str(seed % 1000000 + 1)], env=env, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    calls = read_record(record)
    inv.expect(sum(call.op == "A" for call in calls) > 150, "too little was recorded: is the library loaded?")
    moments = 1000 if inv.LONG else 60
    most = 0
    for i in range(moments):
        # Creation is short and has its own dangers: a third of the cuts fall into it.
        moment = chance.randrange(len(calls) + 1 if i % 3 else min(len(calls), 60))
        try:
            most = max(most, cut(tool, calls, moment, root, base, key, chance))
        except Exception as e:
            raise inv.Broken("cut %d at call %d of %d: %s (%s)" % (i, moment, len(calls), e, base)) from e
    print("%d cuts in %d calls, up to %d transactions acknowledged before" % (moments, len(calls), most))
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
