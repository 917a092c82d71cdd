# SPDX-License-Identifier: Apache-2.0
"""Windows that count only if the machine ran at its normal speed around them.

A machine shared with others can take three times as long for the same loop, for seconds. So every figure is a ratio of
neighbouring short windows, A B A B …, and a window counts only if a calibration loop before and after it ran at its
normal speed on each core. The gate sees the calibration only, never a result.
"""
import contextlib
import json
import statistics
import subprocess
import time


class Calibrator:
    """One calibrate process on each core; they run at the same time, as server and load do."""

    def __init__(self, program, cores):
        self.processes = [subprocess.Popen(["taskset", "-c", str(core), program], stdin=subprocess.PIPE,
                                           stdout=subprocess.PIPE) for core in cores]

    def measure(self, loops=3):
        """Wall nanoseconds of each loop, a list for each core."""
        for process in self.processes:
            process.stdin.write(b"." * loops)
            process.stdin.flush()
        return [[int(process.stdout.readline().split()[0]) for _ in range(loops)] for process in self.processes]

    def close(self):
        for process in self.processes:
            process.stdin.close()
            process.wait(10)
            process.stdout.close()


def recall(path, cores):
    """What learn() kept; None if there is nothing that fits."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        with open(path, encoding="ascii") as f:
            times = json.load(f)
        if len(times) == cores and all(t > 0 for t in times):
            return times
    return None


class Gate:
    def __init__(self, measure, tolerance=0.10):
        """`measure(loops)` gives a list of times for each core."""
        self.measure, self.tolerance, self.normal = measure, tolerance, None
        self.revised = 0  # how often normal turned out to be faster than thought
        self.memory = None

    def learn(self, rounds=40, memory=None):
        """Normal is the time that a tenth of the loops reached: noise only ever adds time. `memory` is a file that keeps
        it, so that a machine which is busy at the start is not taken for a slow one. True if it is slower than it was."""
        cores = [sorted(sum(times, [])) for times in zip(*(self.measure(3) for _ in range(rounds)))]
        learnt = [times[len(times) // 10] for times in cores]
        before = recall(memory, len(learnt))
        self.normal, self.memory = [min(pair) for pair in zip(learnt, before or learnt)], memory
        self.remember()
        return any(now > normal * (1 + self.tolerance) for now, normal in zip(learnt, self.normal))

    def remember(self):
        if self.memory:
            with open(self.memory, "w", encoding="ascii") as f:
                json.dump(self.normal, f)

    def revise(self, cores):
        """A machine that was busy while it was learnt shows its speed later: what was accepted before does not count."""
        faster = [min(statistics.median(times), normal) for times, normal in zip(cores, self.normal)]
        if any(new < old * (1 - self.tolerance) for new, old in zip(faster, self.normal)):
            self.normal, self.revised = faster, self.revised + 1
            self.remember()

    def is_normal(self):
        """True if each loop on each core took its normal time."""
        cores = self.measure(3)
        self.revise(cores)
        return all(max(times) <= normal * (1 + self.tolerance) for times, normal in zip(cores, self.normal))


class Pairs:
    """What interleaved windows gave."""

    def __init__(self):
        self.a, self.b, self.refused, self.waited, self.gave_up = [], [], 0, 0, False

    @property
    def accepted(self):
        return len(self.a) + len(self.b)

    def discard(self):
        self.refused += self.accepted
        self.a.clear()
        self.b.clear()

    def ratios(self, value=lambda window: window["value"]):
        return [value(a) / value(b) for a, b in zip(self.a, self.b) if value(b)]


def interleave(gate, windows, want, *, limit=None, seconds=300, pause=0.5, clock=time.monotonic, sleep=time.sleep,
               say=lambda text: None):
    """Runs the one or two functions of `windows` in turn until each was accepted `want` times.

    A refused window is run again, so that accepted windows alternate. Gives up after `limit` windows run or `seconds`
    passed, and keeps what was accepted until then.
    """
    result, turn, calm = Pairs(), 0, False
    lists = [result.a, result.b][:len(windows)]
    limit, until = limit or 5 * want * len(windows), clock() + seconds
    revised = gate.revised
    while len(lists[-1]) < want:
        if result.accepted + result.refused >= limit or clock() >= until:
            result.gave_up = True
            return result
        if not calm and not gate.is_normal():
            result.waited += 1
            sleep(pause)
            continue
        if gate.revised != revised:
            revised, turn = gate.revised, 0
            result.discard()
        window = windows[turn]()
        calm = gate.is_normal()
        if gate.revised != revised:
            revised, turn = gate.revised, 0
            result.discard()
            result.refused += 1
        elif calm:
            lists[turn].append(window)
            turn = (turn + 1) % len(windows)
        else:
            result.refused += 1
        say(f"window {result.accepted} accepted, {result.refused} refused")
    return result


def summary(values):
    """Median, least, most; None without values."""
    return {"median": statistics.median(values), "min": min(values), "max": max(values)} if values else None
