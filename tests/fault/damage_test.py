#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Two readers, one verdict: the program's own check and the second reader name the same damages.

    damage_test.py STORE_TOOL PLAIN_STORE_TOOL

The second one is the same without sanitizers, for what is done a thousand times.
"""
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile

import lmdb

import inv


def last(txn, db):
    cursor = txn.cursor(db=db)
    inv.expect(cursor.last(), "nothing to damage")
    return bytes(cursor.key()), bytes(cursor.value())


def flip_value(at):
    def harm(txn, db):
        key, value = last(txn, db)
        value = bytearray(value)
        value[at] ^= 1
        txn.put(key, bytes(value), db=db)
    return harm


def remove(txn, db):
    txn.delete(last(txn, db)[0], db=db)


def remove_first(txn, db):
    cursor = txn.cursor(db=db)
    cursor.first()
    cursor.delete()


def cut_value(txn, db):
    key, value = last(txn, db)
    txn.put(key, value[:-1], db=db)


def stray(txn, db):
    key, value = last(txn, db)
    txn.put(key[:-1] + bytes([key[-1] ^ 1]), value, db=db)


def swap(txn, db):
    cursor = txn.cursor(db=db)
    cursor.last()
    a, x = bytes(cursor.key()), bytes(cursor.value())
    cursor.prev()
    b, y = bytes(cursor.key()), bytes(cursor.value())
    txn.put(a, y, db=db)
    txn.put(b, x, db=db)


def put(key, value):
    def harm(txn, db):
        txn.put(key, value, db=db)
    return harm


HARMS = [
    ("rows.item", flip_value(-1)), ("rows.item", flip_value(0)), ("rows.item", flip_value(9)), ("rows.item", flip_value(20)),
    ("rows.item", remove), ("rows.item", cut_value), ("rows.item", swap), ("rows.item", put(b"short", bytes(60))),
    ("rows.account", flip_value(-3)), ("rows.order", remove),
    ("index.item.state", remove), ("index.item.state", stray), ("index.item.state", put(b"\x99", b"")),
    ("index.item.phone", remove), ("index.item.phone", stray), ("index.item.ident", stray), ("index.item.tags", remove_first),
    ("index.item.names", remove), ("index.item.names", remove_first), ("index.item.names", put(bytes(8), struct.pack(">Q", 3))),
    ("index.item.files", remove), ("index.item.files", stray), ("index.order.number", remove),
    ("index.item.state", lambda txn, db: txn.put(last(txn, db)[0], b"x", db=db)),
    ("counters", flip_value(-1)), ("counters", remove_first), ("counters", put(b"nobody\0", bytes(8))),
    ("counters", put(b"item_by_state\0\x05", struct.pack(">q", 1))), ("counters", cut_value),
    ("log.audit", flip_value(0)), ("log.audit", flip_value(9)), ("log.audit", flip_value(41)), ("log.audit", flip_value(-1)),
    ("log.audit", remove), ("log.audit", remove_first), ("log.audit", swap), ("log.audit", cut_value), ("log.audit", stray),
    ("subject.audit", remove), ("subject.audit", stray), ("head.audit", flip_value(0)), ("head.audit", flip_value(10)),
    ("head.audit", flip_value(-1)), ("head.audit", cut_value), ("sequences", put(b"number", struct.pack(">q", 0))),
    ("sequences", put(b"number", b"x")), ("outbox", flip_value(-1)), ("outbox", stray), ("outbox", put(b"x", bytes(60))),
    ("meta", put(b"commit", struct.pack(">Q", 3))), ("meta", put(b"epoch", struct.pack(">I", 0))),
    ("meta", put(b"head public", bytes(32))),
]


def harm_store(folder, database, harm):
    env = lmdb.open(os.path.join(folder, "rows"), max_dbs=64, map_size=1 << 26, lock=False)
    with env.begin(write=True) as txn:
        harm(txn, env.open_db(database.encode(), txn, create=False))
    env.close()


def flip_blob(folder):
    blobs = os.path.join(folder, "blobs")
    for sub in sorted(os.listdir(blobs)):
        for name in sorted(os.listdir(os.path.join(blobs, sub))):
            path = os.path.join(blobs, sub, name)
            with open(path, "r+b") as f:
                f.seek(-1, os.SEEK_END)
                byte = f.read(1)[0]
                f.seek(-1, os.SEEK_END)
                f.write(bytes([byte ^ 1]))
            return path
    raise inv.Broken("there is no blob")


def remove_blob(folder):
    os.unlink(flip_blob(folder))


def places(lines):
    """What stands before the sentence of each finding."""
    return sorted(line.rsplit(": ", 1)[0] for line in lines if line)


def compare(tool, folder, key_path, what):
    with open(key_path, "rb") as f:
        key = f.read()
    theirs = []
    try:
        inv.store_reader.check(folder, key, theirs.append)
    except inv.store_reader.Unreadable as e:
        theirs = ["unreadable: %s" % e]
    code, text = inv.store_check(tool, folder, key_path)
    ours = [line for line in text.splitlines() if ": " in line and not line.endswith((" findings", "no findings"))]
    inv.expect(theirs, "%s: the second reader finds nothing, store check says %s", what, text)
    inv.expect(code != 0, "%s: store check finds nothing, the second reader says %s", what, theirs)
    if code == 1 and not theirs[0].startswith("unreadable"):
        inv.expect(places(ours) == places(theirs), "%s: ours %s\ntheirs %s", what, ours, theirs)
    return len(ours)


def audit(tool, folder, key_path):
    done = subprocess.run([tool, "run", folder, key_path, inv.SCHEMA, "audit", "verify"], capture_output=True, timeout=60,
                          env=inv.ENV)
    return done.returncode, done.stdout.decode()


class Altered:
    """One entry of a log, altered for a moment."""

    def __init__(self, folder, database):
        self.env = lmdb.open(os.path.join(folder, "rows"), max_dbs=64, map_size=1 << 26, lock=False)
        self.db = self.env.open_db(database.encode(), create=False)
        with self.env.begin() as txn:
            self.entries = [(bytes(k), bytes(v)) for k, v in txn.cursor(db=self.db)]

    def put(self, key, value):
        with self.env.begin(write=True) as txn:
            if value is None:
                txn.delete(key, db=self.db)
            else:
                txn.put(key, value, db=self.db)


def every_byte(tool, folder, key_path, database, index):
    """Each byte of one record or head: the verifier, without any key, names the entry."""
    altered = Altered(folder, database)
    key, value = altered.entries[index]
    name = ".audit %d:" % int.from_bytes(key, "big")
    for at in range(len(value)):
        altered.put(key, value[:at] + bytes([value[at] ^ 1 << at % 8]) + value[at + 1:])
        code, said = audit(tool, folder, key_path)
        # A header's hash is claimed by the record behind it and by a head.
        behind = "log.audit %d:" % (int.from_bytes(key, "big") + 1)
        inv.expect(code == 1 and (name in said or behind in said), "byte %d of %s: %d: %s", at, name, code, said)
    altered.put(key, value)
    altered.env.close()
    return len(value)


def every_record(tool, folder, key_path):
    """Each record taken out, and one put in that was never written."""
    altered = Altered(folder, "log.audit")
    for key, value in altered.entries:
        altered.put(key, None)
        code, said = audit(tool, folder, key_path)
        n = int.from_bytes(key, "big")
        inv.expect(code == 1 and (".audit %d:" % n) in said, "record %d is gone: %d: %s", n, code, said)
        altered.put(key, value)
    key, value = altered.entries[-1]
    altered.put(struct.pack(">Q", len(altered.entries) + 1), value)
    code, said = audit(tool, folder, key_path)
    inv.expect(code == 1 and "log.audit %d:" % (len(altered.entries) + 1) in said, "one too many: %s", said)
    altered.put(struct.pack(">Q", len(altered.entries) + 1), None)
    altered.env.close()
    return len(altered.entries)


def main():
    tool, plain = sys.argv[1:3]
    base = tempfile.mkdtemp(prefix="certhall-damage-")
    folder, key_path, copy = (os.path.join(base, n) for n in ("data", "seal.key", "copy"))
    with open(key_path, "wb") as f:
        f.write(os.urandom(32))
    journal = inv.Journal(os.path.join(base, "journal"))
    inv.Load(tool, folder, key_path, journal, 2, 60, random.randrange(1 << 30)).end()
    inv.check(folder, key_path, journal)
    inv.expect_check_clean(tool, folder, key_path)
    findings = 0
    for i, (database, harm) in enumerate(HARMS):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        harm_store(copy, database, harm)
        findings += compare(tool, copy, key_path, "damage %d in %s" % (i, database))
    for harm in (flip_blob, remove_blob):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        harm(copy)
        findings += compare(tool, copy, key_path, "a blob")
    code, said = audit(plain, folder, key_path)
    inv.expect(code == 0, "audit verify: %s", said)
    altered = [every_byte(plain, folder, key_path, database, -1) for database in ("log.audit", "head.audit")]
    altered.append(every_byte(plain, folder, key_path, "log.audit", 5))
    print("%d bytes of the log altered, %d records taken out" % (sum(altered), every_record(plain, folder, key_path)))
    print("%d damages, %d findings of both" % (len(HARMS) + 2, findings))
    journal.close()
    shutil.rmtree(base)


if __name__ == "__main__":
    main()
