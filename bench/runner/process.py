# SPDX-License-Identifier: Apache-2.0
"""Starting, watching and stopping programs on one core."""
import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, "build", "release")
WORK = os.path.join(ROOT, "build", "bench")


class BenchError(Exception):
    """Something that a person should read as one sentence."""


def cores():
    """The core of servers and the core of the load."""
    available = sorted(os.sched_getaffinity(0))
    if len(available) < 2:
        raise BenchError("two cores are needed: one for the server, one for the load")
    return available[0], available[1]


SERVER, LOAD = 0, 1


def pinned(role, argv):
    return ["taskset", "-c", str(cores()[role]), *argv]


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def children(pid):
    """The process and all below it."""
    found = [pid]
    with contextlib.suppress(OSError):
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
            for child in f.read().split():
                found += children(int(child))
    return found


def memory(pids):
    """Resident bytes that no file backs."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as f:
            total += sum(int(line.split()[1]) * 1024 for line in f if line.startswith("RssAnon:"))
    return total


class Server:
    """A program that listens. Runs on the servers' core; its output goes to a file."""

    def __init__(self, name, argv, port, *, cwd=None, env=None, patience=20):
        self.name, self.port, self.url = name, port, f"http://127.0.0.1:{port}"
        self.log_path = os.path.join(WORK, name + ".log")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(pinned(SERVER, argv), cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=subprocess.STDOUT)
        self.wait(patience)

    def wait(self, patience):
        until = time.monotonic() + patience
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise BenchError(f"{self.name} ended at once: {self.last_words()}")
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            time.sleep(0.05)
        self.stop()
        raise BenchError(f"{self.name} does not listen: {self.last_words()}")

    def last_words(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return " / ".join(f.read().strip().split("\n")[-3:])

    def pids(self):
        return children(self.process.pid)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def run_json(argv, role):
    """One run of store_bench or plain_lmdb: its JSON, with `value` = rows or forms a second."""
    done = subprocess.run(pinned(role, argv), capture_output=True, text=True, timeout=600, check=False)
    if done.returncode:
        raise BenchError(f"{os.path.basename(argv[0])}: {done.stderr.strip()}")
    answer = json.loads(done.stdout)
    answer["value"] = answer["per_second"]
    answer["busy"] = answer["cpu_seconds"] / answer["seconds"]
    return answer


def program(name):
    path = os.path.join(BUILD, "bench", name)
    if not os.path.exists(path):
        raise BenchError(f"{name} is not built: run ./certhall bench")
    return path


def scenario(name):
    return os.path.join(ROOT, "bench", "scenarios", name + ".lua")


def load(url, name, *, seconds, pids=(), words=(), users=64, depth=1, warmup=0.2, flags=()):
    """One run of certhall-load: its JSON, with `value` = right answers a second. Errors end the bench."""
    with tempfile.NamedTemporaryFile(suffix=".json") as result:
        argv = [program("certhall-load"), url, scenario(name), "--connections", str(users), "--depth", str(depth),
                "--duration", str(seconds), "--warmup", str(warmup), "--quiet", "--json", result.name, *flags]
        for pid in pids:
            argv += ["--pid", str(pid)]
        for word in words:
            argv += ["--set", word]
        done = subprocess.run(pinned(LOAD, argv), capture_output=True, text=True, timeout=seconds + 120, check=False)
        if done.returncode:
            raise BenchError(done.stderr.strip())
        answer = json.load(result)
    if any(answer["errors"].values()):
        raise BenchError(f"{url} with {name}: {answer['first_error']} ({answer['errors']})")
    answer["value"] = answer["per_second"]
    answer["busy"] = answer["server_cpu_seconds"] / answer["seconds"]
    answer["load_busy"] = answer["own_cpu_seconds"] / answer["seconds"]
    return answer


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def fresh_folder(*names):
    path = os.path.join(WORK, *names)
    subprocess.run(["rm", "-rf", path], check=True)
    os.makedirs(path, mode=0o700)
    return path
