# SPDX-License-Identifier: Apache-2.0
"""Our server, as a release runs: limits, logging and metrics on; only connections of one address are not limited."""
import dataclasses
import os
import pwd
import re
import shutil
import signal

from runner import peers
from runner.process import BUILD, ROOT, WORK, BenchError, Server, fetch, free_port, fresh_folder

LINE = re.compile(r"^(\w+)(?:\{([^}]*)\})? (\S+)$", re.M)


SCHEMA = (
    ("tables = {", """
        form_entry = {
            key = "time",
            indexes = {
                { name = "phone", kind = "blind", fields = { "phone" } },
                { name = "kind", kind = "plain", fields = { "kind" } },
            },
            counters = { { name = "form_by_kind", by = { "kind" } } },
        },"""),
    ("\n    counters = {", ' "form_welcomes", '),
    ("sequences = {", ' { name = "form_number", first = 1 },'),
    ("jobs = {", ' "form.welcome",'),
)


def add_to_schema(path):
    """What the durable form of bench/hall needs, in a copy of schema.lua."""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    for head, more in SCHEMA:
        if text.count(head) != 1:
            raise BenchError(f"schema.lua has not one {head.strip()!r}")
        text = text.replace(head, head + more)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def scripts():
    """A copy of scripts/ with bench/hall on top."""
    folder = fresh_folder("hall-scripts")
    shutil.copytree(os.path.join(ROOT, "scripts"), folder, dirs_exist_ok=True)
    shutil.copytree(os.path.join(ROOT, "bench", "hall"), folder, dirs_exist_ok=True)
    add_to_schema(os.path.join(folder, "schema.lua"))
    with open(os.path.join(folder, "main.lua"), "a", encoding="utf-8") as f:
        f.write('use "bench/main"\n')
    return folder


def www():
    folder = fresh_folder("hall-www")
    for name, text in (("app.css", "body { }\n"), ("1k.txt", peers.ONE_KB)):
        with open(os.path.join(folder, name), "w", encoding="ascii") as f:
            f.write(text)
    return folder


@dataclasses.dataclass
class Words:
    """How a hall is started, and where it will be."""

    argv: list
    port: int
    tls_port: int
    admin: int


def program_path():
    path = os.path.join(BUILD, "core", "app", "certhall")
    if not os.path.exists(path):
        raise BenchError("the server is not built: run ./certhall bench")
    return path


def words(folder, *options):
    chain, key = peers.certificate()
    w = Words([], free_port(), free_port(), free_port())
    w.argv = [
        program_path(), "serve", "--mode", "try", "--user", pwd.getpwuid(os.getuid()).pw_name, "--data",
        os.path.join(folder, "data"), "--seal-key-file", os.path.join(folder, "seal.key"), "--scripts", scripts(),
        "--www", www(), "--http", f"127.0.0.1:{w.port}", "--https", f"127.0.0.1:{w.tls_port}",
        "--admin", f"127.0.0.1:{w.admin}", "--certificate-file", chain, "--certificate-key-file", key,
        "--max-connections", "40000", "--max-connections-per-address", "40000", "--log-form", "json", *options]
    return w


class Hall(Server):
    """`folder`: where data and keys stand already; without it a fresh one."""

    def __init__(self, *options, folder=None):
        os.makedirs(WORK, exist_ok=True)
        w = words(folder or fresh_folder("hall"), *options)
        super().__init__("certhall", w.argv, w.port)
        self.admin, self.tls_url = w.admin, f"https://127.0.0.1:{w.tls_port}"

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def metrics(self):
        """Sums by family name, all labels together."""
        sums = {}
        for name, _, value in LINE.findall(fetch(f"http://127.0.0.1:{self.admin}/metrics")):
            sums[name] = sums.get(name, 0) + float(value)
        return sums
