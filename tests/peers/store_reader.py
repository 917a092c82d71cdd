#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A second reader of the store, written from store/README.md alone.

    store_reader.py DIR SEAL_KEY_FILE

Unseals every value of a store that nobody writes, recomputes what follows from it (index entries, counters, counts of word
pairs, chains, heads, blobs), prints one finding a line as `where: what` and ends with 0 (none), 1 (some) or 2 (it cannot
be read at all). Shares no code with the program.
"""
import hashlib
import hmac
import json
import os
import struct
import sys
import time

import lmdb
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
CHUNK = 65536
BLOB_HEAD = b"certhall blob 1\n"
ORPHAN_SECONDS = 48 * 3600
FIXED = ("meta", "counters", "sequences", "outbox", "outbox.dead")


class Unreadable(Exception):
    """The store as a whole cannot be read: the sentence says why."""


class Damaged(Exception):
    """One value is not what it should be."""


def hkdf(secret, info, salt=b""):
    return HKDF(hashes.SHA256(), 32, salt, info).derive(secret)


def u64(n):
    return struct.pack(">Q", n)


def show_time_key(raw):
    number = int.from_bytes(raw, "big")
    return "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def path(row, dotted):
    for name in dotted.split("."):
        if not isinstance(row, dict):
            return None
        row = row.get(name)
    return row


def tuple_bytes(values):
    out = b""
    for v in values:
        if v is None:
            out += b"\x05"
        elif v is True or v is False:
            out += b"\x11" if v else b"\x10"
        elif isinstance(v, int) and -2**63 <= v < 2**63:
            out += b"\x20" + struct.pack(">Q", (v + 2**63) & (2**64 - 1))
        elif isinstance(v, str):
            out += b"\x30" + v.encode().replace(b"\0", b"\0\xff") + b"\0\x01"
        else:
            raise Damaged("holds a value that no index can hold")
    return out


def tuple_end(data, at, count):
    """Where `count` values that start at `at` end."""
    for _ in range(count):
        kind = data[at:at + 1]
        if kind in (b"\x05", b"\x10", b"\x11"):
            at += 1
        elif kind == b"\x20":
            at += 9
        elif kind == b"\x30":
            at += 1
            while data[at:at + 2] != b"\0\x01":
                if at >= len(data):
                    raise Damaged("is not a tuple")
                at += 2 if data[at:at + 2] == b"\0\xff" else 1
            at += 2
        else:
            raise Damaged("is not a tuple")
    return at


def normalised(text):
    out = []
    for c in text:
        if "\uff10" <= c <= "\uff19" or "\uff21" <= c <= "\uff3a" or "\uff41" <= c <= "\uff5a":
            c = chr(ord(c) - 0xfee0)
        if c.isascii():
            out.append(c.lower() if c.isalnum() else "")
        elif c != "\u3000":
            out.append(c)
    return "".join(out)


class Store:
    def __init__(self, folder, seal_key):
        self.folder = folder
        self.seal_key = seal_key
        self.epochs = {}
        try:
            self.env = lmdb.open(os.path.join(folder, "rows"), readonly=True, lock=False, max_dbs=4096, create=False)
            self.txn = self.env.begin()
            self.names = [bytes(k).decode() for k, _ in self.txn.cursor()]
            self.databases = {n: self.env.open_db(n.encode(), self.txn, create=False) for n in self.names}
        except (lmdb.Error, UnicodeDecodeError) as e:
            raise Unreadable("rows/data.mdb: %s" % e) from e
        self.wrap_key = AESGCM(hkdf(seal_key, b"certhall wrap"))
        self.index_key = hkdf(seal_key, b"certhall index")
        self.read_meta()

    def close(self):
        self.txn.abort()
        self.env.close()

    # Bytes

    def get(self, database, key):
        if database not in self.databases:
            return None
        return self.txn.get(key, db=self.databases[database])

    def items(self, database):
        if database not in self.databases:
            return
        for key, value in self.txn.cursor(db=self.databases[database]):
            yield bytes(key), bytes(value)

    def count(self, database):
        return self.txn.stat(self.databases[database])["entries"] if database in self.databases else 0

    # Seals

    def unsealed(self, key, aad, sealed):
        if len(sealed) < 28:
            raise Damaged("is shorter than a seal")
        try:
            return key.decrypt(sealed[:12], sealed[12:], aad)
        except InvalidTag:
            raise Damaged("does not unseal") from None

    def epoch_key(self, epoch):
        if epoch not in self.epochs:
            self.epochs[epoch] = AESGCM(hkdf(self.seal_key, b"certhall epoch" + struct.pack(">I", epoch)))
        return self.epochs[epoch]

    def read_meta(self):
        meta = {k: bytes(v) for k, v in self.items("meta")}
        if meta.get(b"format") != b"1":
            raise Unreadable("meta format: is not 1")
        for name, size in ((b"commit", 8), (b"epoch", 4), (b"head public", 32), (b"store", 16)):
            if len(meta.get(name, b"")) != size:
                raise Unreadable("meta %s: has a wrong length" % name.decode())
        self.commit = struct.unpack(">Q", meta[b"commit"])[0]
        self.epoch = struct.unpack(">I", meta[b"epoch"])[0]
        self.head_public = meta[b"head public"]
        try:
            check = self.unwrapped(meta, b"check")
        except Damaged:
            raise Unreadable("meta check: wrong seal key, or damaged") from None
        if check != b"certhall":
            raise Unreadable("meta check: says something else")
        try:
            self.log_key, self.blob_key, self.head_seed = (
                self.unwrapped(meta, n) for n in (b"log key", b"blob key", b"head seed"))
            self.schema_text = meta[b"schema"].decode()
            self.schema = json.loads(self.schema_text)
        except (Damaged, KeyError, ValueError) as e:
            raise Unreadable("meta: %s" % e) from e

    def unwrapped(self, meta, name):
        return self.unsealed(self.wrap_key, b"meta\0" + name, meta.get(name, b""))

    # Schema

    def tables(self):
        return self.schema.get("tables") or {}

    def logs(self):
        return self.schema.get("logs") or []

    def expected_databases(self):
        names = set(FIXED)
        for name, table in self.tables().items():
            names.add("rows." + name)
            names.update("index.%s.%s" % (name, i["name"]) for i in table.get("indexes") or [])
        for log in self.logs():
            names.update((kind + log) for kind in ("log.", "subject.", "head."))
        return names

    # Values

    def show_key(self, table, raw):
        time_key = self.tables()[table]["key"] == "time"
        return show_time_key(raw) if time_key and len(raw) == 16 else raw.decode(errors="backslashreplace")

    def value(self, database, key, value):
        """(commit, nonce, JSON text) of a value sealed with an epoch key."""
        if len(value) < 8 + 28:
            raise Damaged("is shorter than a sealed value")
        commit = struct.unpack(">Q", value[:8])[0]
        sealed = value[8:]
        epoch = struct.unpack(">I", sealed[:4])[0]
        plain = self.unsealed(self.epoch_key(epoch), database.encode() + b"\0" + key, sealed)
        if commit > self.commit:
            raise Damaged("was written by a commit that has not been")
        if epoch > self.epoch:
            raise Damaged("was sealed in an epoch that has not been")
        return commit, sealed[:12], plain

    def rows(self, table):
        """key text -> JSON text, for tests; damage raises."""
        out = {}
        for key, value in self.items("rows." + table):
            out[self.show_key(table, key)] = self.value("rows." + table, key, value)[2].decode()
        return out

    def record(self, log, key, value):
        """(seq, time, prev, payload hash, subject, payload, hash)"""
        if len(key) != 8 or len(value) < 73:
            raise Damaged("is not a record")
        subject_end = 73 + value[72]
        if value[72] > 64 or len(value) < subject_end:
            raise Damaged("is not a record")
        seq, when = struct.unpack(">Q", key)[0], struct.unpack(">Q", value[:8])[0]
        header = b"certhall log\0" + log.encode() + b"\0" + key + value[:subject_end]
        return seq, when, value[8:40], value[40:72], value[73:subject_end], value[subject_end:], hashlib.sha256(header).digest()

    def payload(self, log, subject, payload):
        return self.unsealed(AESGCM(self.log_key), b"log." + log.encode() + b"\0" + subject, payload)

    def records(self, log):
        """[(seq, subject, JSON text)], for tests; damage raises."""
        out = []
        for key, value in self.items("log." + log):
            seq, _, _, _, subject, payload, _ = self.record(log, key, value)
            out.append((seq, subject.decode(), self.payload(log, subject, payload).decode()))
        return out

    def counter(self, name, values=()):
        raw = self.get("counters", name.encode() + b"\0" + tuple_bytes(values))
        return struct.unpack(">q", raw)[0] if raw else 0

    def jobs(self, database="outbox"):
        return [json.loads(self.value(database, k, v)[2]) for k, v in self.items(database)]

    # What follows from a row

    def blind(self, database, data):
        return hmac.new(self.index_key, database.encode() + b"\0" + data, hashlib.sha256).digest()

    def tuples(self, index, row):
        """The tuples (lists of values) a row has in an index."""
        if not index.get("multi"):
            return [[path(row, f) for f in index["fields"]]]
        value = path(row, index["fields"][0])
        values = value if isinstance(value, list) else [value]
        return [[v] for v in values]

    def entries(self, table, index, key, row):
        database = "index.%s.%s" % (table, index["name"])
        out = set()
        if index["kind"] == "words":
            text = "".join(normalised(path(row, f) or "") for f in index["fields"])
            return {self.blind(database, (a + b).encode())[:8] + key for a, b in zip(text, text[1:])}
        for values in self.tuples(index, row):
            if index["kind"] == "blob":
                if values[0] is not None:
                    out.add(bytes.fromhex(values[0]) + key)
                continue
            if all(v is None for v in values) and index.get("unique"):
                continue
            data = tuple_bytes(values)
            out.add((data if index["kind"] == "plain" else self.blind(database, data)[:16]) + key)
        return out


class Check:
    def __init__(self, store, say):
        self.store = store
        self.say = say
        self.findings = 0
        self.counters = {}
        self.nonces = {}
        self.blobs = {}
        self.data_keys = {}

    def found(self, where, what):
        self.findings += 1
        self.say("%s: %s" % (where, what))

    def run(self):
        s = self.store
        self.databases()
        for database in sorted(s.expected_databases()):
            for key, value in s.items(database):
                if s.get(database, key) != value:
                    self.found("database %s %s" % (database, key.hex()), "is not found by its key")
        for name, table in sorted(s.tables().items()):
            self.table(name, table)
        self.all_counters()
        for log in s.logs():
            self.log(log)
        self.sequences()
        for database in ("outbox", "outbox.dead"):
            self.outbox(database)
        self.all_blobs()
        return self.findings

    def databases(self):
        s = self.store
        for name in sorted(s.expected_databases() - set(s.names)):
            self.found("database " + name, "is missing")
        for name in sorted(set(s.names) - s.expected_databases()):
            self.found("database " + name, "is not in the schema")
        if json.dumps(s.schema, sort_keys=True, separators=(",", ":"), ensure_ascii=False) != s.schema_text:
            self.found("meta schema", "is not canonical")
        public = Ed25519PrivateKey.from_private_bytes(s.head_seed).public_key()
        if public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw) != s.head_public:
            self.found("meta head public", "does not belong to the seed")

    def nonce(self, where, nonce):
        if nonce in self.nonces:
            self.found(where, "has the nonce of " + self.nonces[nonce])
        self.nonces[nonce] = where

    # Rows and indexes

    def table(self, name, table):
        s = self.store
        indexes = table.get("indexes") or []
        expected = {i["name"]: set() for i in indexes}
        for key, value in s.items("rows." + name):
            where = "rows.%s %s" % (name, s.show_key(name, key))
            try:
                row = self.row(name, key, value, where)
                for index in indexes:
                    expected[index["name"]] |= s.entries(name, index, key, row)
                for counter in table.get("counters") or []:
                    data = counter["name"].encode() + b"\0" + tuple_bytes(path(row, f) for f in counter["by"])
                    self.counters[data] = self.counters.get(data, 0) + 1
            except (Damaged, ValueError, TypeError) as e:
                self.found(where, str(e))
        for index in indexes:
            self.index(name, table, index, expected[index["name"]])

    def row(self, name, key, value, where):
        if self.store.tables()[name]["key"] == "time" and len(key) != 16:
            raise Damaged("has a key of a wrong length")
        _, nonce, text = self.store.value("rows." + name, key, value)
        self.nonce(where, nonce)
        row = json.loads(text)
        if not isinstance(row, dict):
            raise Damaged("is no object")
        self.names_in(name, key, row)
        return row

    def index(self, table, spec, index, expected):
        database = "index.%s.%s" % (table, index["name"])
        actual = {}
        for key, value in self.store.items(database):
            actual[key] = value
        counts = {}
        if index["kind"] == "words":
            counts = {k: v for k, v in actual.items() if len(k) == 8}
        entries = {k for k in actual if k not in counts}
        for entry in sorted(expected - entries):
            self.found("%s %s" % (database, entry.hex()), "is missing")
        for entry in sorted(entries - expected):
            self.found("%s %s" % (database, entry.hex()), "belongs to no row")
        for entry in sorted(e for e in entries if actual[e]):
            self.found("%s %s" % (database, entry.hex()), "has a value")
        if index["kind"] == "words":
            self.word_counts(database, entries, counts)
        if index.get("unique"):
            self.unique(database, spec, index, entries)

    def word_counts(self, database, entries, counts):
        real = {}
        for entry in entries:
            real[entry[:8]] = real.get(entry[:8], 0) + 1
        for pair in sorted(set(real) | set(counts)):
            stored = counts.get(pair, u64(0))
            if len(stored) != 8 or struct.unpack(">Q", stored)[0] != real.get(pair, 0):
                self.found("%s %s" % (database, pair.hex()), "counts wrongly")

    def unique(self, database, spec, index, entries):
        before = None
        for entry in sorted(entries):
            try:
                part = entry[:16] if index["kind"] == "blind" else entry[:tuple_end(entry, 0, len(index["fields"]))]
            except Damaged:
                continue
            if part == before:
                self.found("%s %s" % (database, entry.hex()), "is there twice")
            before = part

    # Counters, sequences, outbox

    def all_counters(self):
        s = self.store
        derived = {c["name"] for t in s.tables().values() for c in t.get("counters") or []}
        free = set(s.schema.get("counters") or [])
        stored = dict(s.items("counters"))
        for key in sorted(set(stored) | set(self.counters)):
            name, _, rest = key.partition(b"\0")
            name = name.decode(errors="backslashreplace")
            where = "counters %s %s" % (name, rest.hex())
            value = stored.get(key, bytes(8))
            if len(value) != 8:
                self.found(where, "has a wrong length")
            elif name not in derived and name not in free:
                self.found(where, "is not in the schema")
            elif name in derived and struct.unpack(">q", value)[0] != self.counters.get(key, 0):
                self.found(where, "is %d, the rows say %d" % (struct.unpack(">q", value)[0], self.counters.get(key, 0)))

    def sequences(self):
        first = {q["name"]: q["first"] for q in self.store.schema.get("sequences") or []}
        for key, value in self.store.items("sequences"):
            name = key.decode(errors="backslashreplace")
            if len(value) != 8:
                self.found("sequences " + name, "has a wrong length")
            elif name in first and struct.unpack(">q", value)[0] < first[name]:
                self.found("sequences " + name, "is behind its first number")

    def outbox(self, database):
        known = set(self.store.schema.get("jobs") or [])
        for key, value in self.store.items(database):
            where = "%s %s" % (database, show_time_key(key) if len(key) == 16 else key.hex())
            try:
                if len(key) != 16:
                    raise Damaged("has a key of a wrong length")
                _, nonce, text = self.store.value(database, key, value)
                self.nonce(where, nonce)
                if json.loads(text).get("job") not in known:
                    raise Damaged("is a job that the schema does not know")
            except (Damaged, ValueError, AttributeError) as e:
                self.found(where, str(e))

    # Logs

    def log(self, log):
        s = self.store
        hashes_of, subjects, prev, last = {}, set(), bytes(32), 0
        for key, value in s.items("log." + log):
            where = "log.%s %d" % (log, int.from_bytes(key, "big"))
            try:
                seq, _, claimed, payload_hash, subject, payload, own = s.record(log, key, value)
                if seq != last + 1:
                    self.found("log.%s %d" % (log, last + 1), "is missing")
                elif claimed != prev:
                    self.found(where, "does not follow the record before it")
                prev, last, hashes_of[seq] = own, seq, own
                if subject:
                    subjects.add(subject + b"\0" + key)
                if hashlib.sha256(payload).digest() != payload_hash:
                    raise Damaged("has another payload than its header says")
                json.loads(s.payload(log, subject, payload))
            except (Damaged, ValueError) as e:
                last = int.from_bytes(key, "big")
                self.found(where, str(e))
        self.subjects(log, subjects)
        self.heads(log, hashes_of)

    def subjects(self, log, expected):
        actual = {k for k, _ in self.store.items("subject." + log)}
        for key in sorted(expected - actual):
            self.found("subject.%s %d" % (log, int.from_bytes(key[-8:], "big")), "is missing")
        for key in sorted(actual - expected):
            self.found("subject.%s %d" % (log, int.from_bytes(key[-8:], "big")), "belongs to no record")

    def heads(self, log, hashes_of):
        public = Ed25519PublicKey.from_public_bytes(self.store.head_public)
        for key, value in self.store.items("head." + log):
            seq = int.from_bytes(key, "big")
            where = "head.%s %d" % (log, seq)
            if len(key) != 8 or len(value) != 104:
                self.found(where, "is not a head")
                continue
            try:
                public.verify(value[40:], b"certhall head\0" + log.encode() + b"\0" + key + value[:40])
            except InvalidSignature:
                self.found(where, "is not signed by the store's key")
                continue
            if hashes_of.get(seq) != value[8:40]:
                self.found(where, "is signed over another record")

    # Blobs

    def names_in(self, table, key, row):
        """Remembers which blobs a row names, what it says of them, and which keys it or the rows it names hold."""
        names = set()
        for index in self.store.tables()[table].get("indexes") or []:
            if index["kind"] == "blob":
                names.update(v[0] for v in self.store.tuples(index, row) if isinstance(v[0], str))
        keys, hashes_of, refs = set(), {}, set()
        self.walk(row, keys, hashes_of, refs)
        self.data_keys.setdefault(self.store.show_key(table, key), set()).update(keys)
        for name in names:
            self.blobs.setdefault(name, []).append((keys, refs, hashes_of.get(name)))

    def walk(self, value, keys, hashes_of, refs):
        if isinstance(value, dict):
            if isinstance(value.get("sha256"), str):
                hashes_of.update((v, value["sha256"]) for v in value.values() if isinstance(v, str))
            for v in value.values():
                self.walk(v, keys, hashes_of, refs)
        elif isinstance(value, list):
            for v in value:
                self.walk(v, keys, hashes_of, refs)
        elif isinstance(value, str):
            if len(value) == 64:
                try:
                    keys.add(bytes.fromhex(value))
                except ValueError:
                    pass
            refs.add(value)

    def all_blobs(self):
        folder = os.path.join(self.store.folder, "blobs")
        for name in sorted(self.blobs):
            where = "blobs/%s/%s" % (name[:2], name)
            try:
                self.blob(os.path.join(folder, name[:2], name), name, self.blobs[name])
            except (Damaged, OSError) as e:
                self.found(where, "is missing" if isinstance(e, FileNotFoundError) else str(e))
        self.orphans(folder)

    def blob(self, file, name, namers):
        with open(file, "rb") as f:
            data = f.read()
        if data[:len(BLOB_HEAD)] != BLOB_HEAD or len(data) < len(BLOB_HEAD) + 16:
            raise Damaged("is not a blob")
        body = data[len(BLOB_HEAD):]
        secrets = {self.store.blob_key}
        for keys, refs, _ in namers:
            secrets |= keys
            for ref in refs:
                secrets |= self.data_keys.get(ref, set())
        for secret in secrets:
            plain = self.opened(body, AESGCM(hkdf(secret, b"certhall blob", bytes.fromhex(name))))
            if plain is not None:
                break
        else:
            raise Damaged("does not unseal")
        for _, _, sha256 in namers:
            if sha256 and hashlib.sha256(plain).hexdigest() != sha256:
                raise Damaged("has another SHA-256 than its row says")

    @staticmethod
    def opened(body, key):
        out, at, i = b"", 0, 0
        try:
            while True:
                piece = body[at:at + CHUNK + 16]
                at += len(piece)
                last = at >= len(body)
                out += key.decrypt(u64(i) + bytes(4), piece, u64(i) + (b"\1" if last else b"\0"))
                i += 1
                if last:
                    return out
        except (InvalidTag, ValueError):
            return None

    def orphans(self, folder):
        for sub in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if len(sub) != 2 or not os.path.isdir(os.path.join(folder, sub)):
                continue
            for name in sorted(os.listdir(os.path.join(folder, sub))):
                age = time.time() - os.stat(os.path.join(folder, sub, name)).st_mtime
                if name not in self.blobs and age > ORPHAN_SECONDS:
                    self.found("blobs/%s/%s" % (sub, name), "is named by no row")


def check(folder, seal_key, say=print):
    """The number of findings."""
    store = Store(folder, seal_key)
    try:
        return Check(store, say).run()
    finally:
        store.close()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        with open(sys.argv[2], "rb") as f:
            findings = check(sys.argv[1], f.read())
    except (Unreadable, OSError, lmdb.Error) as e:
        print(e)
        return 2
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
