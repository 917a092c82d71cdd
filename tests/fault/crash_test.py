#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments under load: every acknowledged transaction is there, nothing is half, numbers never come twice.

    crash_test.py STORE_TOOL
"""
import os
import random
import shutil
import sys
import tempfile
import time

import inv

ROUNDS = 200 if inv.LONG else 20
ROUNDS_OF_ONE_STORE = 5
THREADS = 8
REOPEN_SECONDS = 1.0  # half of all; all within five times that, for machines that do other things, too


def one_round(tool, folder, key, journal, seed, chance):
    began = time.monotonic()
    load = inv.Load(tool, folder, key, journal, THREADS, -1, seed)
    load.opened.wait(60)
    took = time.monotonic() - began
    time.sleep(chance.uniform(0, 0.25))
    load.kill()
    inv.check(folder, key, journal)
    inv.expect_check_clean(tool, folder, key)
    return took


def one_store(tool, base, rounds, chance):
    folder, key = os.path.join(base, "data"), os.path.join(base, "seal.key")
    with open(key, "wb") as f:
        f.write(os.urandom(32))
    journal = inv.Journal(os.path.join(base, "journal"))
    took = [one_round(tool, folder, key, journal, chance.randrange(1, 1 << 31), chance) for _ in range(rounds)]
    marked = os.path.join(base, "marked")
    journal.write_marked(marked)
    inv.expect(os.spawnl(os.P_WAIT, tool, tool, "verify", folder, key, marked) == 0, "store_tool verify found differences")
    journal.close()
    return took, journal.acked()


def main():
    seed = int(os.environ.get("CERTHALL_SEED", time.time()))
    print("seed", seed, flush=True)
    chance = random.Random(seed)
    took, acked = [], 0
    for first in range(0, ROUNDS, ROUNDS_OF_ONE_STORE):
        base = tempfile.mkdtemp(prefix="certhall-crash-")
        times, n = one_store(sys.argv[1], base, min(ROUNDS_OF_ONE_STORE, ROUNDS - first), chance)
        took, acked = took + times, acked + n
        shutil.rmtree(base)
    took.sort()
    print("%d kills, %d acknowledged transactions, open: median %.3f s, slowest %.3f s" %
          (ROUNDS, acked, took[len(took) // 2], took[-1]))
    inv.expect(acked > 20 * ROUNDS, "too few transactions to prove anything")
    inv.expect(took[len(took) // 2] < REOPEN_SECONDS and took[-1] < 5 * REOPEN_SECONDS, "opening takes too long")


if __name__ == "__main__":
    main()
