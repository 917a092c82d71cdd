# SPDX-License-Identifier: Apache-2.0
"""One function for each bench: starts ours and the peer, runs interleaved windows, gives rows of the table."""
import contextlib
import os
import signal
import statistics
import subprocess
import time

from runner import live, peers, seeded
from runner.gate import interleave, summary
from runner.hall import Hall
from runner.process import (LOAD, SERVER, BenchError, fresh_folder, load, memory, pinned, program, run_json, scenario)
from runner.report import figure

STATIC = "/assets/1k.txt"
ROWS = 200_000  # there before the store and plain LMDB are measured
ROW_JSON = 1000
FORM_JSON = 480  # of a row that POST /bench/welcomed writes
PAIRS_LEAST = 3  # fewer are no figure, unless fewer were asked for


class Run:
    """What a run was asked for."""

    def __init__(self, gate, *, pairs=7, seconds=1.5, give_up=240, say=lambda text: None):
        self.gate, self.pairs, self.seconds, self.give_up, self.say = gate, pairs, seconds, give_up, say

    def interleave(self, *windows):
        return interleave(self.gate, windows, self.pairs, seconds=self.give_up, say=self.say)


def middle(windows, key="value"):
    return statistics.median(w[key] for w in windows) if windows else None


def busy_note(pairs):
    """How busy server and load were: a load at its limit hides how fast a server is."""
    parts = []
    for name, windows in (("ours", pairs.a), ("peer", pairs.b)):
        if windows:
            load_part = f", load {middle(windows, 'load_busy'):.0%}" if "load_busy" in windows[0] else ""
            parts.append(f"{name} {middle(windows, 'busy'):.0%} of a core{load_part}")
    ratios = pairs.ratios(lambda w: w["value"] / max(w["busy"], 0.01)) if len(parts) == 2 else []
    if ratios:
        parts.append(f"per server core {statistics.median(ratios):.2f}x")
    return "; ".join(parts)


def compared(target, pairs, note=""):
    notes, ratios = [note, busy_note(pairs)], pairs.ratios()
    if pairs.gave_up:
        ran = pairs.accepted + pairs.refused
        notes.append(f"gave up after {ran} windows, {len(ratios)} pairs: the machine was too busy")
    enough = not pairs.gave_up or len(ratios) >= PAIRS_LEAST
    return figure(target, ours=middle(pairs.a), peer=middle(pairs.b), value=summary(ratios) if enough else None,
                  windows={"accepted": pairs.accepted, "refused": pairs.refused, "waited": pairs.waited},
                  note="; ".join(n for n in notes if n))


def against(run, target, ours, peer, *, scenario_name="get", **options):
    """Two servers, the same load. `ours` and `peer` are (server, url, words for the scenario)."""
    def window(server, url, words):
        return lambda: load(url, scenario_name, seconds=run.seconds, pids=server.pids(), words=words, **options)
    return compared(target, run.interleave(window(*ours), window(*peer)))


def p1(run):
    with Hall() as ours, peers.nginx() as nginx:
        return [against(run, "p1", (ours, ours.url, ["path=/bench/hello"]), (nginx, nginx.url, ["path=/hello"]))]


def p2(run):
    with Hall() as ours, peers.nginx() as nginx, peers.h2o() as h2o:
        mine = (ours, ours.url, [f"path={STATIC}"])
        return [against(run, "p2", mine, (nginx, nginx.url, ["path=/1k.txt"])),
                against(run, "p2-h2o", mine, (h2o, h2o.url, ["path=/1k.txt"]))]


def p3(run):
    with Hall() as ours, peers.nginx() as nginx:
        return [against(run, "p3", (ours, ours.url, [f"path={STATIC}"]), (nginx, nginx.url, ["path=/return"]),
                        depth=16)]


def p4(run):
    rows = []
    for kind in ("lmdb", "sqlite"):
        with Hall() as ours, peers.fastify(kind) as peer:
            rows.append(against(run, "p4-" + kind, (ours, ours.url, ["path=/bench/entry"]), (peer, peer.url, ["csrf=no"]),
                                scenario_name="form"))
    return rows


def form_window(run, ours, last):
    """A window of forms; keeps in `last` what plain LMDB has to write: forms, batch, share of jobs done."""
    def window():
        before = ours.metrics()
        result = load(ours.url, "form", seconds=run.seconds, pids=ours.pids(), words=["path=/bench/welcomed"])
        after = ours.metrics()
        def grew(name):
            return after.get(name, 0) - before.get(name, 0)
        jobs, commits = grew("certhall_jobs_total"), max(grew("certhall_store_commits_total"), 1)
        forms = max(grew("certhall_store_transactions_total") - jobs, 1)
        last.update(count=max(result["answers"], 1), batch=max(round(forms / commits), 1), jobs=min(jobs / forms, 1))
        result.update(batch=last["batch"], jobs=last["jobs"])
        return result
    return window


def p5(run):
    folder, last = fresh_folder("plain-form"), {}
    def plain():
        words = ["--count", str(last["count"]), "--batch", str(last["batch"]), "--jobs", f"{last['jobs']:.3f}"]
        return run_json(
            [program("plain_lmdb"), "--dir", folder, "--profile", "form", "--json", str(FORM_JSON), *words], SERVER)
    with Hall() as ours:
        pairs = run.interleave(form_window(run, ours, last), plain)
    note = ""
    if pairs.a:
        note = f"forms in a commit {middle(pairs.a, 'batch'):.0f}, jobs done for each {middle(pairs.a, 'jobs'):.2f}"
    return [compared("p5", pairs, note)]


def p6(run):
    """The same number of rows on both sides, so that both stay equally large, each side on one core. Two batches of 128
    are in flight: one that is being committed and one that is being made."""
    count = int(15_000 * run.seconds)
    def window(name, *more):
        folder = fresh_folder(name)
        def one():
            return run_json([program(name), "--dir", folder, "--fill", str(ROWS), "--count", str(count),
                             "--warmup", "512", "--json", str(ROW_JSON), *more], SERVER)
        return one
    ours, plain = window("store_bench", "--inflight", "256"), window("plain_lmdb", "--profile", "row", "--batch", "128")
    pairs = run.interleave(ours, plain)
    batch = statistics.median(w["members"] / max(w["commits"], 1) for w in pairs.a) if pairs.a else 0
    return [compared("p6", pairs, f"{ROWS} rows before, {batch:.0f} rows in a commit of ours")]


def p10(run):
    flags = ["--close", "--sources", "200"]
    with Hall() as ours, peers.nginx() as nginx:
        return [against(run, "p10", (ours, ours.tls_url, [f"path={STATIC}"]), (nginx, nginx.tls_url, ["path=/1k.txt"]),
                        flags=flags)]


@contextlib.contextmanager
def held(url, words, users):
    """So many idle connections, each after one answer."""
    argv = [program("certhall-load"), url, scenario("get"), "--idle", "--connections", str(users), "--duration", "600",
            "--timeout", "60", "--quiet"]
    for word in words:
        argv += ["--set", word]
    with subprocess.Popen(pinned(LOAD, argv), stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            if line != f"holding {users} connections, 0 errors\n":
                raise BenchError(f"{users} connections to {url}: {line.strip() or 'none were held'}")
            yield
        finally:
            process.send_signal(signal.SIGTERM)


def idle_memory(run, server, url, words, users=10_000):
    load(url, "get", seconds=1, words=words)  # what grows once has grown
    time.sleep(0.5)
    before = memory(server.pids())
    with held(url, words, users):
        time.sleep(2)
        grown = memory(server.pids()) - before
    run.say(f"{users} connections to {url}: {grown / users / 1024:.2f} KB each")
    return grown / users / 1024


def p12(run):
    rows = []
    for name, start, path in (("", Hall, STATIC), ("-nginx", peers.nginx, "/1k.txt")):
        for kind, url in (("plain", "url"), ("tls", "tls_url")):
            with start() as server:
                kilobytes = idle_memory(run, server, getattr(server, url), [f"path={path}"])
            rows.append(figure(f"p12-{kind}{name}", ours=None if name else kilobytes, peer=kilobytes if name else None,
                               value=summary([kilobytes]), note=""))
    return rows


def p15(run):
    with Hall("--watch") as hall:
        rows = [quantity("p15-edit", run.interleave(live.edits(hall)))]
    with Hall() as hall:
        rows.append(quantity("p15-rules", run.interleave(live.approvals(hall))))
    with Hall() as hall:
        answers, times = live.reloads(run, hall)
    note = f"{len(times)} reloads at {live.RATE} requests/s, {answers} answers, each as it should be; a reload takes " \
           f"{statistics.median(times):.0f} ms then (at most {max(times):.0f})"
    return rows + [figure("p15-failed", ours=0, value=summary([0]), note=note)]


def p16(run):
    with Hall() as ours:
        pids = ours.pids()
        words = ["path=/bench/form"]
        pairs = run.interleave(lambda: load(ours.url, "get", seconds=run.seconds, pids=pids, words=words))
    row = compared("p16", pairs)
    note = row["note"]
    if pairs.a:
        note += f"; {pairs.a[0]['bytes_in'] / pairs.a[0]['answers']:.0f} bytes a page"
    enough = not pairs.gave_up or len(pairs.a) >= PAIRS_LEAST
    values = summary([w["value"] for w in pairs.a]) if enough else None
    return [figure("p16", ours=middle(pairs.a), value=values, windows=row["windows"], note=note)]


def p9(run):
    """The hall has both cores, and the load little to do."""
    folder = seeded.store(seeded.SMALL)
    request = seeded.ocsp_request(folder)
    with Hall(folder=folder) as ours:
        for pid in ours.pids():
            os.sched_setaffinity(pid, range(os.cpu_count()))
        pairs = run.interleave(seeded.quantile(run, ours, request), seeded.quantile(run, ours))
    note = ", ".join(f"{middle(pairs.a, name):.0f} {name}" for name in ("logins", "ocsp", "reloads")) if pairs.a else ""
    return [compared("p9", pairs, f"beside it in a window: {note}")]


def quantity(target, pairs, note=""):
    enough = len(pairs.a) >= PAIRS_LEAST
    windows = {"accepted": pairs.accepted, "refused": pairs.refused, "waited": pairs.waited}
    return figure(target, ours=middle(pairs.a), value=summary([w["value"] for w in pairs.a]) if enough else None, windows=windows,
                  note=note)


def p13(run):
    return [quantity("p13-empty", run.interleave(seeded.starts(run, 0))),
            quantity("p13-full", run.interleave(seeded.starts(run, seeded.FULL)), f"{seeded.FULL} cases")]


def p14(run):
    with Hall(folder=seeded.store(seeded.FULL)) as full, Hall(folder=seeded.store(seeded.SMALL)) as small:
        pairs = run.interleave(seeded.lists(run, full), seeded.lists(run, small))
    return [compared("p14", pairs, f"{seeded.FULL} cases against {seeded.SMALL}")]


BENCHES = {"p1": p1, "p2": p2, "p3": p3, "p4": p4, "p5": p5, "p6": p6, "p9": p9, "p10": p10, "p12": p12, "p13": p13, "p14": p14, "p15": p15, "p16": p16}
