# SPDX-License-Identifier: Apache-2.0
"""The built server from outside: starting, asking, reading its log, ending. Used by the *_test.py beside it."""
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS = 60


class Hall:
    """One server on ports of its own, with data, key and configuration below one temporary folder."""

    def __init__(self, program, folder=None, scripts=None, environment=None, before=(), **options):
        self.program = program
        self.own = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="hall-")
        self.data, self.key = os.path.join(self.folder, "certhall/data"), os.path.join(self.folder, "etc/seal.key")
        self.options = {"http": "127.0.0.1:0", "https": "off", "admin": "127.0.0.1:0", "log_form": "json",
                        "data": self.data, "seal_key_file": self.key, **options}
        if scripts:
            self.options["scripts"] = scripts
        self.environment = self.make_environment(environment)
        self.before = list(before)
        self.lines, self.process, self.reader, self.urls = [], None, None, {}
        self.news = threading.Condition()

    def make_environment(self, more):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("CERTHALL_", "XDG_"))}
        env.update(HOME=self.folder, ASAN_OPTIONS="quarantine_size_mb=16:" + env.get("ASAN_OPTIONS", ""))
        env.update(more or {})
        return env

    def words(self):
        flags = ["--" + name.replace("_", "-") for name, value in self.options.items() if value is True]
        values = [f"--{name.replace('_', '-')}={value}" for name, value in self.options.items() if value is not True]
        return flags + values

    def command(self, *words, **more):
        """Runs `certhall WORDS…` to its end."""
        return subprocess.run([*self.before, self.program, *words], env=self.environment, cwd=self.folder, timeout=120,
                              capture_output=True, text=True, check=False, **more)

    def start(self):
        self.lines, self.urls = [], {}
        self.process = subprocess.Popen([*self.before, self.program, "serve", *self.words()], env=self.environment,
                                        cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self.read_log, args=(self.process.stderr,), daemon=True)
        self.reader.start()
        self.wait_line(lambda l: l.get("msg") == "ready", START_SECONDS)
        for line in self.parsed():
            if line.get("msg") == "start" and line.get("step") in ("http", "https", "admin"):
                self.urls[line["step"]] = line["detail"]
        return self

    def read_log(self, stream):
        for raw in stream:
            with self.news:
                self.lines.append(raw.decode("utf-8", "surrogateescape").rstrip("\n"))
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def parsed(self, since=0):
        """The log lines from number `since` on."""
        with self.news:
            lines = self.lines[since:]
        found = []
        for line in lines:
            try:
                found.append(json.loads(line))
            except ValueError:
                pass
        return found

    def wait_line(self, wanted, seconds=20, since=0):
        """The first log line that `wanted` takes, from number `since` on."""
        end = time.monotonic() + seconds
        while True:
            seen = len(self.lines)
            for line in self.parsed(since):
                if wanted(line):
                    return line
            since = seen
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("no such line in the log:\n" + "\n".join(self.lines[-40:]))
            with self.news:
                self.news.wait(0.2)

    def connection(self, entrance="http", timeout=30):
        host, port = re.match(r"https?://(.+):(\d+)$", self.urls[entrance]).groups()
        return http.client.HTTPConnection(host, int(port), timeout=timeout)

    def ask(self, method, path, body=None, headers=None, entrance="http", timeout=30):
        """(status, headers, body) of one request on a connection of its own."""
        c = self.connection(entrance, timeout)
        try:
            c.request(method, path, body, headers or {})
            r = c.getresponse()
            return r.status, r.headers, r.read()
        finally:
            c.close()

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def ask_json(self, method, path, value=None, **more):
        body = None if value is None else json.dumps(value)
        headers = {"Content-Type": "application/json"} if body else {}
        status, _, answer = self.ask(method, path, body, headers, **more)
        return status, json.loads(answer) if answer else None

    def metric(self, name):
        """The value of a sample such as 'certhall_lua_reloads_total{result="ok"}'."""
        text = self.get("/metrics", entrance="admin")[2].decode()
        for line in text.split("\n"):
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no metric {name}")

    def memory(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def tell(self, signum):
        self.process.send_signal(signum)

    def reload(self, seconds=30):
        """SIGHUP, and what came of it: the log line."""
        since = len(self.lines)
        self.tell(signal.SIGHUP)
        return self.wait_line(lambda l: l.get("what") == "scripts" and l["msg"].startswith("reload"), seconds, since)

    def stop(self, seconds=60):
        """Ends it; the exit status."""
        if self.process and self.process.poll() is None:
            self.tell(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        if self.process:
            self.reader.join()
            self.process.stderr.close()
        return self.process.returncode if self.process else None

    def close(self):
        try:
            status = self.stop()
            assert status in (None, 0), f"the server ended with {status}:\n" + "\n".join(self.lines[-60:])
        finally:
            if self.own:
                shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()


def copy_scripts(folder, extra=None, counters=()):
    """A copy of scripts/ that a test may change; `extra` are files of its own, the first of which main.lua uses; `counters`
    are added to the schema."""
    to = os.path.join(folder, "scripts")
    shutil.copytree(os.path.join(ROOT, "scripts"), to)
    for name, text in (extra or {}).items():
        write(os.path.join(to, name + ".lua"), text)
    if extra:
        with open(os.path.join(to, "main.lua"), "a", encoding="utf-8") as f:
            f.write(f'use "{next(iter(extra))}"\n')
    if counters:
        add_counters(os.path.join(to, "schema.lua"), counters)
    return to


def add_counters(path, names):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    head = "\n    counters = {"
    assert text.count(head) == 1, "schema.lua has not one list of counters"
    write(path, text.replace(head, head + "".join(f' "{name}",' for name in names)))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
