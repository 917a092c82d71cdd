#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The gate of the benches: which windows count, in which order, and when it gives up. Usage: gate_test.py CALIBRATE"""
import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
PROGRAM = sys.argv.pop(1)
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
from runner import report  # noqa: E402
from runner.benches import compared  # noqa: E402
from runner.gate import Calibrator, Gate, interleave, summary  # noqa: E402
from runner.targets import BY_ID, TARGETS  # noqa: E402


class Machine:
    """A clock that only sleeps move, loops whose speed a list tells, windows that are counted."""

    def __init__(self, speeds):
        self.speeds, self.now, self.ran = list(speeds), 0.0, []
        self.gate = Gate(self.measure, 0.1)
        self.gate.normal = [100.0, 200.0]

    def measure(self, loops=3):
        speed = self.speeds.pop(0) if self.speeds else 1.0
        return [[100 * speed] + [100.0] * (loops - 1), [200.0] * loops]

    def window(self, name, value):
        def run():
            self.ran.append(name)
            self.now += 1
            return {"value": value, "number": len(self.ran)}
        return run

    def sleep(self, seconds):
        self.now += seconds

    def interleave(self, want, **more):
        return interleave(self.gate, [self.window("a", 30), self.window("b", 20)], want, clock=lambda: self.now,
                          sleep=self.sleep, **more)


class GateTest(unittest.TestCase):
    def test_normal_is_what_a_tenth_of_the_loops_reached(self):
        times = [100] * 2 + [103] * 10 + [400] * 30
        Gate.learn(gate := Gate(lambda loops: [[times.pop(0)]], 0.1), rounds=42)
        self.assertEqual(gate.normal, [103])

    def test_a_busy_start_does_not_pass_for_normal(self):
        with tempfile.TemporaryDirectory() as folder:
            memory = os.path.join(folder, "normal.json")
            quiet, busy = Gate(lambda loops: [[100.0], [50.0]], 0.1), Gate(lambda loops: [[180.0], [50.0]], 0.1)
            self.assertFalse(quiet.learn(rounds=3, memory=memory))
            self.assertTrue(busy.learn(rounds=3, memory=memory))
            self.assertEqual(busy.normal, [100.0, 50.0])
            self.assertFalse(busy.is_normal())
            with open(memory, "w", encoding="ascii") as f:
                f.write("[1]")
            self.assertFalse(busy.learn(rounds=3, memory=memory))
            self.assertEqual(busy.normal, [180.0, 50.0])

    def test_one_slow_loop_on_one_core_is_not_normal(self):
        for slow, answer in ((1.0, True), (1.09, True), (1.11, False), (3.0, False)):
            self.assertEqual(Machine([slow]).gate.is_normal(), answer)

    def test_quiet_windows_alternate_and_share_calibrations(self):
        m = Machine([])
        pairs = m.interleave(3)
        self.assertEqual("".join(m.ran), "ababab")
        self.assertEqual((pairs.accepted, pairs.refused, pairs.waited, pairs.gave_up), (6, 0, 0, False))
        self.assertEqual(pairs.ratios(), [1.5, 1.5, 1.5])

    def test_a_window_before_a_slow_calibration_is_run_again(self):
        # calm before a, calm after a (= before b), slow after b, calm before b again …
        m = Machine([1, 1, 2, 1, 1])
        pairs = m.interleave(1)
        self.assertEqual("".join(m.ran), "abb")
        self.assertEqual((pairs.accepted, pairs.refused, pairs.waited), (2, 1, 0))
        self.assertEqual([w["number"] for w in pairs.b], [3])

    def test_nothing_runs_while_the_machine_is_slow(self):
        m = Machine([2, 2, 2])
        pairs = m.interleave(1)
        self.assertEqual((m.ran, pairs.waited, pairs.refused), (["a", "b"], 3, 0))

    def test_it_gives_up_and_keeps_what_was_accepted(self):
        m = Machine([1, 1, 1] + [2, 1] * 100)
        pairs = m.interleave(5, limit=10)
        self.assertTrue(pairs.gave_up)
        self.assertEqual((len(pairs.a), len(pairs.b), len(m.ran)), (1, 1, 10))
        m = Machine([2] * 10000)
        pairs = m.interleave(5, seconds=60)
        self.assertTrue(pairs.gave_up)
        self.assertLess(pairs.waited, 130)
        self.assertEqual(pairs.ratios(), [])

    def test_the_gate_never_sees_a_result(self):
        m = Machine([])
        values = iter([1, 1000, 0.001, 7])
        pairs = interleave(m.gate, [lambda: {"value": next(values)}, lambda: {"value": next(values)}], 2)
        self.assertEqual((pairs.refused, len(pairs.ratios())), (0, 2))

    def test_windows_accepted_while_normal_was_thought_too_slow_do_not_count(self):
        m = Machine([1, 1])  # a was accepted; then both cores show twice the speed
        measure = m.gate.measure
        m.gate.measure = lambda loops: ([[50.0] * 3, [100.0] * 3] if len(m.ran) >= 2 else measure(loops))
        pairs = m.interleave(2)
        self.assertEqual(m.gate.normal, [50.0, 100.0])
        self.assertEqual(("".join(m.ran), pairs.refused, m.gate.revised), ("ababab", 2, 1))
        self.assertEqual([w["number"] for w in pairs.a], [3, 5])

    def test_few_pairs_of_a_busy_machine_are_no_figure(self):
        pairs = Machine([1, 1, 1] + [2, 1] * 100).interleave(5, limit=10)
        for window in pairs.a + pairs.b:
            window["busy"] = 1
        self.assertEqual(compared("p1", pairs)["verdict"], "no figure")
        self.assertIn("gave up", compared("p1", pairs)["note"])
        quiet = Machine([]).interleave(1)
        for window in quiet.a + quiet.b:
            window["busy"] = 1
        self.assertEqual(compared("p1", quiet)["verdict"], "bar reached")

    def test_one_side_alone_can_be_measured(self):
        m = Machine([])
        pairs = interleave(m.gate, [m.window("a", 5)], 3)
        self.assertEqual((m.ran, len(pairs.a), pairs.b), (["a"] * 3, 3, []))

    def test_the_program_that_calibrates(self):
        core = sorted(os.sched_getaffinity(0))[0]
        calibrator = Calibrator(PROGRAM, [core, core])
        times = calibrator.measure(2)
        calibrator.close()
        self.assertEqual([len(t) for t in times], [2, 2])
        self.assertTrue(all(t > 100_000 for t in sum(times, [])), times)


class ReportTest(unittest.TestCase):
    def test_verdicts(self):
        p1, p12 = BY_ID["p1"], BY_ID["p12-tls"]
        self.assertEqual([p1.verdict(v) for v in (1.29, 1.3, 1.7, None)],
                         ["MISSED", "bar reached", "aim reached", "no figure"])
        self.assertEqual([p12.verdict(v) for v in (25.1, 25, 12)], ["MISSED", "bar reached", "aim reached"])
        self.assertEqual(BY_ID["p12-tls-nginx"].verdict(3), "for information")

    def test_table_names_figure_bar_aim_and_windows(self):
        row = report.figure("p1", ours=91234.5, peer=61000, value=summary([1.4, 1.5, 1.7]),
                            windows={"accepted": 14, "refused": 2, "waited": 0}, note="a note")
        text = report.table([row, report.figure("p6", note="not built")])
        for part in ("91,234", "61,000", "1.50x (1.40-1.70)", "1.30x", "14/2", "bar reached", "p1: a note", "no figure"):
            self.assertIn(part, text)

    def test_targets_are_consistent(self):
        self.assertEqual(len(BY_ID), len(TARGETS))
        for t in TARGETS:
            self.assertEqual(t.bar is None, t.aim is None, t.id)
            if t.bar is not None:
                self.assertTrue(t.aim < t.bar or t.aim == t.bar == 0 if t.less else t.aim > t.bar, t.id)


if __name__ == "__main__":
    unittest.main(verbosity=2)
