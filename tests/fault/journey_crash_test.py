#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 of hall and signer at random moments while applicants are on their way: what was acknowledged is there, the
invariants of money and trust hold, and everybody arrives.

    journey_crash_test.py CERTHALL

12 kills, or 300 with CERTHALL_LONG.
"""
import http.client
import json
import os
import random
import signal
import socket
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [os.path.join(HERE, "..", "scenario"), HERE]
import hall_inv  # noqa: E402
import inv  # noqa: E402
from journey import Applicant, Refused, Staff, staffed_hall  # noqa: E402

KILLS = 300 if inv.LONG else 12
KILLS_OF_ONE_STORE = 12
WALKERS = 6
LOAD_SECONDS = (0.2, 4)
ARRIVE_SECONDS = 120
LOST = (OSError, http.client.HTTPException, EOFError)


class Journal:
    """Acknowledged changes, fsynced before they count."""

    def __init__(self, path):
        self.file, self.lines, self.lock = open(path, "a", encoding="utf-8"), [], threading.Lock()

    def add(self, method, path, sent, answer):
        line = {"method": method, "path": path, "sent": sent, "status": answer.status, "got": answer.value}
        with self.lock:
            self.file.write(json.dumps(line, ensure_ascii=False) + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())
            self.lines.append(line)

    def close(self):
        self.file.close()


class Anew(Exception):
    """A code for a number is sent once a minute: who lost it while registering is somebody else from now on."""


class Walker(threading.Thread):
    """An applicant who, whatever happens, looks where the case stands and takes the next step."""

    def __init__(self, ground, seed):
        super().__init__(daemon=True)
        self.ground, self.seed = ground, seed
        self.number, self.arrived, self.wrong = 0, 0, []
        self.a = None

    def run(self):
        while not self.ground.over:
            self.number += 1
            seed = f"{self.seed} {self.number}"
            chance = random.Random(seed)
            self.a = Applicant(self.ground.url, seed, kind=chance.choice(("unit_issue", "personal_issue")),
                               medium=chance.choice(("soft", "soft", "soft", "ukey")), told=self.ground.journal.add)
            self.staff = self.ground.staff.again()
            try:
                self.walk()
                self.arrived += 1
            except Anew:
                pass
            except Exception as e:  # pylint: disable=broad-except
                self.wrong.append(f"{self.a.case and self.a.case['state']}: {e!r}")
                return
            finally:
                self.a.close()
                self.staff.close()

    def walk(self):
        end = time.monotonic() + ARRIVE_SECONDS
        while True:
            try:
                if self.step():
                    return
            except LOST:
                self.a.close()
                self.staff.close()
                time.sleep(0.05)
                if not self.a.token:
                    raise Anew from None
            except Refused as e:
                self.forgive(e)
            if time.monotonic() > end:
                raise AssertionError("does not arrive")

    def forgive(self, refused):
        """Busy, too early, or done already by a request whose answer was lost: the next look tells. Nothing else is right."""
        if refused.status not in (409, 412, 429, 503) and not self.was_lost(refused):
            raise refused
        time.sleep(0.1)

    def was_lost(self, refused):
        """A code that was used up, an account that is there: the first answer did not arrive."""
        lost = {"spent", "taken", "proof"}
        return refused.status == 422 and any(code in lost for _, code in refused.codes)

    def step(self):
        """One step from where the case stands; True at the end."""
        a = self.a
        if not a.token:
            a.register()
        elif not a.key:
            found = a.get("/api/v1/cases")["items"]
            if found:
                a.key = found[0]["key"]
            else:
                a.begin()
        else:
            return self.steps[a.state()](self)
        return False

    def review(self):
        seen = self.staff.look(self.a.key)
        if not seen["claim"]:
            self.staff.act("reviewer", self.a.key, "claim")
        self.staff.act("reviewer", self.a.key, "approve", {"seen": seen["seen"]})

    def draft(self):
        self.a.fill()
        self.a.submit()

    def end(self):
        return True

    def active(self):
        if self.a.medium == "ukey":
            return True  # the parcel is another journey
        self.a.download()
        return False

    steps = {"draft": draft, "submitted": lambda self: self.a.deliver() and False, "materials": lambda self: self.a.upload_all() and False,
             "identity": lambda self: self.a.identify() and False, "payment": lambda self: self.pay(), "review": lambda self: self.review(),
             "paper": lambda self: self.staff.book_paper(self.a.key) and False, "active": active, "done": end}

    def pay(self):
        self.a.order()
        self.a.post("/api/v1/try/trades/" + self.a.attempt(), {"habit": random.choice(("fine", "twice"))})
        self.a.wait_state(lambda s: s != "payment", 30)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Ground:
    """One hall that is killed again and again under the same load."""

    def __init__(self, program, seed):
        self.hall = staffed_hall(program, http=f"127.0.0.1:{free_port()}")
        self.hall.start()
        self.url = self.hall.urls["http"]
        self.staff = Staff(self.url)
        self.journal = Journal(os.path.join(self.hall.folder, "journal"))
        self.over, self.opened = False, []
        self.walkers = [Walker(self, f"{seed} {n}") for n in range(WALKERS)]

    def signer(self):
        pids = [line["pid"] for line in self.hall.parsed() if line.get("msg") == "signing"]
        return pids[-1] if pids else None

    def kill_hall(self):
        signer = self.signer()
        self.hall.process.kill()
        self.hall.stop()
        wait_gone(signer)
        hall_inv.check(self.hall.data, self.hall.key, list(self.journal.lines))
        hall_inv.check_signer(self.hall.data + "-signer", os.path.join(os.path.dirname(self.hall.key), "signer", "seal.key"),
                              self.hall.data, self.hall.key)
        began = time.monotonic()
        self.hall.start()
        self.opened.append(time.monotonic() - began)

    def kill_signer(self):
        """The hall makes another one."""
        pid = self.signer()
        if pid and is_signer(pid):
            os.kill(pid, signal.SIGKILL)

    def run(self, kills, chance):
        for walker in self.walkers:
            walker.start()
        for n in range(kills):
            time.sleep(chance.uniform(*LOAD_SECONDS))
            if n % 3 == 2:
                self.kill_signer()
            else:
                self.kill_hall()
            self.check_walkers()
        self.over = True
        for walker in self.walkers:
            walker.join(ARRIVE_SECONDS)
        self.check_walkers()
        self.end()

    def check_walkers(self):
        for walker in self.walkers:
            inv.expect(not walker.wrong, "%s", walker.wrong)
            inv.expect(walker.is_alive() or self.over, "a walker stopped")

    def end(self):
        inv.expect(not any(w.is_alive() for w in self.walkers), "somebody did not arrive")
        self.staff.close()
        inv.expect(self.hall.stop() == 0, "the hall did not end well")
        self.found = hall_inv.check(self.hall.data, self.hall.key, self.journal.lines)
        self.found["arrived"] = sum(w.arrived for w in self.walkers)
        self.journal.close()
        self.hall.close()


def is_signer(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return b"certhall-signer" in f.read()
    except OSError:
        return False


def wait_gone(pid, seconds=20):
    """The signer ends when its hall has gone."""
    end = time.monotonic() + seconds
    while pid and is_signer(pid):
        inv.expect(time.monotonic() < end, "the signer outlives a killed hall")
        time.sleep(0.05)


def main():
    seed = int(os.environ.get("CERTHALL_SEED", time.time()))
    kills = int(os.environ.get("CERTHALL_KILLS", KILLS))
    print("seed", seed, flush=True)
    chance, total, opened = random.Random(seed), {}, []
    for first in range(0, kills, KILLS_OF_ONE_STORE):
        ground = Ground(os.path.abspath(sys.argv[1]), f"{seed} {first}")
        try:
            ground.run(min(KILLS_OF_ONE_STORE, kills - first), chance)
        except BaseException:
            print("the store is kept in", ground.hall.folder, flush=True)
            ground.hall.process.kill()
            raise
        opened += ground.opened
        for name, n in ground.found.items():
            total[name] = total.get(name, 0) + n
        print(f"{first + KILLS_OF_ONE_STORE} kills, {total}", flush=True)
    opened.sort()
    print(f"open after a kill: median {opened[len(opened) // 2]:.2f} s, slowest {opened[-1]:.2f} s")
    inv.expect(total["certificates"] > kills // 4, "too few journeys to prove anything")


if __name__ == "__main__":
    main()
