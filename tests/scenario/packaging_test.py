#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The units for systemd: as systemd itself reads them, and the signer's command line as it stands there, in folders of a test.
Usage: packaging_test.py CERTHALL CERTHALL-SIGNER"""
import grp
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from hall import ROOT

PROGRAM, SIGNER = (os.path.abspath(sys.argv.pop(1)) for _ in range(2))
UNITS = {"certhall": PROGRAM, "certhall-signer": SIGNER}


def read(name):
    with open(os.path.join(ROOT, "packaging", name + ".service"), encoding="utf-8") as f:
        return f.read().replace("\\\n", " ")


def values(unit, key):
    return re.findall(rf"^{key}=(.*)$", unit, re.M)


class Built(unittest.TestCase):
    def test_who_builds_the_hall_gets_its_signer(self):
        """`certhall up` builds one target: in a fresh clone nothing else is there."""
        folder = os.path.abspath(os.path.join(os.path.dirname(PROGRAM), "../.."))
        told = subprocess.run(["ninja", "-C", folder, "-t", "inputs", os.path.relpath(PROGRAM, folder)], stdout=subprocess.PIPE, text=True, check=True)
        self.assertIn(os.path.relpath(SIGNER, folder), told.stdout.split())


class Units(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="packaging-")
        self.addCleanup(self.folder.cleanup)

    def place(self, *names):
        path = os.path.join(self.folder.name, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd-analyze is not installed")
    def test_systemd_takes_them(self):
        for name, program in UNITS.items():
            path = self.place("units", name + ".service")
            with open(path, "w", encoding="utf-8") as f:
                f.write(read(name).replace("/usr/bin/" + name, program))
        paths = [os.path.join(self.folder.name, "units", name + ".service") for name in UNITS]
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *paths], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, [line for line in done.stderr.splitlines() if "certhall" in line]), (0, []))
        for path, most in zip(paths, ("30", "10")):
            done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--no-pager", "--threshold=" + most, path],
                                  capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 0, done.stdout[-200:])

    def test_both_may_take_rights_from_themselves(self):
        """Both programs load a filter of their own, which systemd's groups of calls leave out."""
        for name in UNITS:
            self.assertIn("seccomp", " ".join(values(read(name), "SystemCallFilter")).split(), name)

    def test_the_hall_has_the_signers_ticket_key_and_its_socket(self):
        hall, signer = read("certhall"), read("certhall-signer")
        key = next(v for v in values(signer, "LoadCredential") if v.startswith("ticket.key:"))
        self.assertIn(key, values(hall, "LoadCredential"))
        self.assertIn("certhall-signer.service", values(hall, "After")[0])
        self.assertIn("--socket=/run/certhall-signer/socket ", values(signer, "ExecStart")[0])
        with open(os.path.join(ROOT, "docs/options.md"), encoding="utf-8") as f:
            self.assertIn("`signer_socket` is `/run/certhall-signer/socket`", f.read())

    def test_the_signer_starts_as_its_unit_says(self):
        credentials = os.path.dirname(self.place("credentials", "x"))
        environment = {**os.environ, "CREDENTIALS_DIRECTORY": credentials, "CERTHALL_SIGNER_URL": "http://ca.example.cn/ca"}
        made = subprocess.run([SIGNER, "init", "--data=" + self.place("var/lib/certhall-signer"), "--ca=" + self.place("etc/certhall-signer/ca"),
                               *(f"--{name}-file={self.place('etc/certhall-signer', file)}"
                                 for name, file in (("seal-key", "seal.key"), ("ticket-key", "ticket.key"), ("passphrase", "passphrase")))],
                              env=environment, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        unit = read("certhall-signer")
        for one in values(unit, "LoadCredential"):
            name, source = one.split(":")
            shutil.copy(self.folder.name + source, os.path.join(credentials, name))
        line = values(unit, "ExecStart")[0].replace("/usr/bin/certhall-signer", SIGNER).replace("%d", credentials)
        line = re.sub(r"=/(etc|var|run)/", rf"={self.folder.name}/\1/", line)
        line = line.replace("-group=certhall", "-group=" + grp.getgrgid(os.getgid()).gr_name).replace("uids=certhall", "uids=" + pwd.getpwuid(os.getuid()).pw_name)
        socket = self.place("run/certhall-signer/socket")
        process = subprocess.Popen([*shlex.split(line), "--user="], env=environment, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 30
        while not os.path.exists(socket) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        there, running = os.path.exists(socket), process.poll() is None
        process.terminate()
        self.assertEqual((there, running), (True, True), process.communicate(timeout=30)[1])
        self.assertEqual(process.returncode, 0)

    def test_a_user_who_is_not_there_is_named(self):
        done = subprocess.run([SIGNER, "serve", "--init", "--user=", "--allow-uids=nobody-of-this-name", "--data=" + self.place("d"), "--ca=" + self.place("c/ca"),
                               "--socket=" + self.place("s"), "--passphrase-file=" + self.place("c/p"), "--seal-key-file=" + self.place("c/s"),
                               "--ticket-key-file=" + self.place("c/t")], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no user nobody-of-this-name", done.stderr)


if __name__ == "__main__":
    unittest.main()
