#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the store is measured against writes the entries it says, in commits of the size it says.
Usage: plain_lmdb_test.py PLAIN_LMDB"""
import json
import subprocess
import sys
import tempfile
import unittest

import lmdb

PROGRAM = sys.argv.pop(1)


class PlainLmdb(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_plain(self, *words):
        done = subprocess.run([PROGRAM, "--dir", self.folder.name, *words], capture_output=True, text=True, timeout=60,
                              check=True)
        return json.loads(done.stdout)

    def read(self):
        env = lmdb.open(self.folder.name, max_dbs=32, readonly=True, lock=False)
        with env.begin() as txn:
            found = {}
            for name in [bytes(key).decode() for key, _ in txn.cursor()]:
                found[name] = list(txn.cursor(env.open_db(name.encode(), txn, create=False)))
        env.close()
        return found

    def test_a_row_is_five_entries(self):
        r = self.run_plain("--profile", "row", "--count", "300", "--batch", "128", "--json", "1000")
        self.assertEqual((r["members"], r["commits"], r["rows"]), (300, 3, 300))
        entries = self.read()
        self.assertEqual({k: len(v) for k, v in entries.items()},
                         {"rows": 300, "index.blind": 300, "counters": 2, "log": 300, "subject": 300, "meta": 1})
        for key, value in entries["rows"]:
            self.assertEqual((len(key), len(value)), (16, 8 + 12 + 16 + 1000))
        self.assertEqual({key[16:] for key, _ in entries["index.blind"]}, {key for key, _ in entries["rows"]})
        self.assertEqual([int.from_bytes(value, "big") for _, value in entries["counters"]], [150, 150])
        self.assertEqual([int.from_bytes(key, "big") for key, _ in entries["log"]], list(range(300)))
        self.assertTrue(all(len(key) == 35 and not value for key, value in entries["subject"]))

    def test_a_form_ends_the_share_of_jobs_asked_for(self):
        self.run_plain("--profile", "form", "--count", "1000", "--batch", "10", "--jobs", "0.5")
        entries = self.read()
        self.assertEqual(len(entries["rows"]), 1000)
        self.assertEqual(len(entries["index.plain"]), 1000)
        self.assertAlmostEqual(len(entries["outbox"]), 500, delta=20)
        welcomes = [int.from_bytes(v, "big") for k, v in entries["counters"] if k.startswith(b"form_welcomes")]
        self.assertEqual(welcomes, [500])

    def test_rows_of_an_earlier_run_stay_and_are_filled_up(self):
        self.run_plain("--count", "100", "--batch", "7")
        r = self.run_plain("--count", "50", "--fill", "400", "--warmup", "10")
        self.assertEqual((r["rows"], len(self.read()["rows"])), (460, 460))

    def test_mistakes_are_refused(self):
        for words in (["--no-such", "1"], ["--batch", "0"], ["--count", "x"], ["--profile", "none"]):
            done = subprocess.run([PROGRAM, "--dir", self.folder.name, *words], capture_output=True, check=False)
            self.assertEqual(done.returncode, 2, words)


if __name__ == "__main__":
    unittest.main(verbosity=2)
