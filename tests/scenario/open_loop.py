# SPDX-License-Identifier: Apache-2.0
"""Asking at a fixed rate, whatever the answers do: a time counts from when it should have been asked. Used by *_test.py beside it."""
import collections
import threading
import time


def p99(times):
    """In milliseconds."""
    return sorted(times)[int(len(times) * 0.99)] * 1000 if times else 0


class OpenLoop:
    """`asks`: list of (method, path, body, read) that are asked in turn; read(status, body) gives what is counted in `answers`.
    For `seconds`, or until stop()."""

    def __init__(self, hall, rate, asks, seconds=10**6, workers=8):
        self.hall, self.rate, self.asks, self.total, self.workers = hall, rate, asks, int(rate * seconds), workers
        self.times, self.answers, self.failures, self.done = [], collections.Counter(), [], threading.Event()

    def ask(self, c, i, due):
        method, path, body, read = self.asks[i % len(self.asks)]
        c.request(method, path, body)
        r = c.getresponse()
        said = read(r.status, r.read())
        self.times.append(time.monotonic() - due)
        self.answers[said] += 1

    def run_on(self, number):
        c = self.hall.connection()
        for i in range(number, self.total, self.workers):
            due = self.begun + i / self.rate
            if self.done.wait(max(0, due - time.monotonic())):
                break
            try:
                self.ask(c, i, due)
            except Exception as e:  # a cut connection is a failed request
                self.failures.append(repr(e))
                c.close()
        c.close()

    def start(self):
        self.begun = time.monotonic() + 0.05
        self.threads = [threading.Thread(target=self.run_on, args=(i,)) for i in range(self.workers)]
        for t in self.threads:
            t.start()
        return self

    def wait(self):
        for t in self.threads:
            t.join()
        self.took = time.monotonic() - self.begun
        return self

    def stop(self):
        self.done.set()
        return self.wait()
