# SPDX-License-Identifier: Apache-2.0
"""How long a change takes until it is answered with: a script that is edited, rules that are approved; and what reloads cost others."""
import http.client
import os
import threading
import time

from runner.process import WORK, BenchError, load

RELOADS = int(os.environ.get("BENCH_RELOADS", "1000"))
RATE, PATIENCE = 500, 30
VERSION = os.path.join(WORK, "hall-scripts", "bench", "version.lua")


class Asker:
    """One connection that is kept."""

    def __init__(self, hall):
        self.connection = http.client.HTTPConnection("127.0.0.1", hall.port, timeout=PATIENCE)

    def ask(self, path, method="GET"):
        self.connection.request(method, path)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise BenchError(f"{method} {path} is answered with {answer.status}")
        return text

    def wait(self, path, wanted):
        until = time.monotonic() + PATIENCE
        while self.ask(path) != wanted:
            if time.monotonic() > until:
                raise BenchError(f"{path} did not become {wanted}")
            time.sleep(0.001)


def edit(n):
    """Writes version n as an editor does: aside, then renamed."""
    with open(VERSION + ".new", "w", encoding="ascii") as f:
        f.write(f"return {n}\n")
    os.rename(VERSION + ".new", VERSION)


def numbers():
    n = 0
    while True:
        n += 1
        yield n


def edits(hall):
    """A window: from the end of writing a file, which the hall watches, to the first answer with it."""
    asker, count = Asker(hall), numbers()
    asker.wait("/bench/version", "0")  # from now on it watches

    def window():
        n = next(count)
        edit(n)
        began = time.monotonic()
        asker.wait("/bench/version", str(n))
        return {"value": (time.monotonic() - began) * 1000, "busy": 0}
    return window


def approvals(hall):
    """A window: from the second administrator's approval to the first answer by the new rules."""
    asker, count = Asker(hall), numbers()
    asker.wait("/bench/administrators", "made")

    def window():
        n = next(count)
        key = asker.ask(f"/bench/propose/{n}", "POST")
        began = time.monotonic()
        asker.ask(f"/bench/approve/{key}", "POST")
        asker.wait("/bench/rules", str(n))
        return {"value": (time.monotonic() - began) * 1000, "busy": 0}
    return window


class Reloads:
    """Edits a script and has it loaded, again and again, until told to end."""

    def __init__(self, hall):
        self.hall, self.times, self.over, self.error = hall, [], threading.Event(), None
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        try:
            asker = Asker(self.hall)
            asker.wait("/bench/version", "0")  # from now on it knows the signal
            while not self.over.is_set() and len(self.times) < RELOADS:
                began = time.monotonic()
                edit(len(self.times) + 1)
                self.hall.reload()
                asker.wait("/bench/version", str(len(self.times) + 1))
                self.times.append((time.monotonic() - began) * 1000)
        except (BenchError, OSError) as e:
            self.error = e

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def reloads(run, hall):
    """Answers given and milliseconds of each reload; a request that fails ends the bench."""
    answers = 0
    with Reloads(hall) as busy:
        while busy.thread.is_alive():
            answers += load(hall.url, "get", seconds=5, pids=hall.pids(), users=16, words=["path=/bench/hello"],
                            flags=["--rate", str(RATE)])["answers"]
            run.say(f"{len(busy.times)} of {RELOADS} reloads")
    if busy.error:
        raise BenchError(str(busy.error))
    return answers, busy.times
