#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""certhall bundle: business rules as a directory that can live in git: log, export, diff, import. Usage: bundle_command_test.py CERTHALL"""
import filecmp
import os
import re
import shutil
import socket
import subprocess
import sys
import unittest

from hall import ROOT, Hall, write
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
BUSINESS = os.path.join(ROOT, "scripts/business")


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def replace(path, old, new):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    assert old in text, path
    write(path, text.replace(old, new))


class Bundle(unittest.TestCase):
    # The shipped rules are live until the last test.

    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM, mode="try", scripts=os.path.join(ROOT, "scripts"), admin=f"127.0.0.1:{free_port()}").start()
        with open(os.path.join(os.path.dirname(cls.hall.data), "try-accounts.txt"), encoding="utf-8") as f:
            cls.passwords = dict(line.split() for line in f)

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def setUp(self):
        self.dir = os.path.join(self.hall.folder, self.id().rsplit(".", 1)[1])

    def bundle(self, *words, fails=False):
        done = self.hall.command("bundle", *words, *self.hall.words())
        self.assertEqual(done.returncode != 0, fails, done.stdout + done.stderr)
        return done.stderr if fails else done.stdout

    def git(self, *words):
        return subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], cwd=self.dir, capture_output=True,
                              text=True, check=True, timeout=60).stdout

    def same_as(self, other):
        c = filecmp.dircmp(self.dir, other, ignore=[".git"])
        todo, names = [c], []
        while todo:
            c = todo.pop()
            names += c.left_only + c.right_only + c.diff_files
            todo += c.subdirs.values()
        return names

    def live(self):
        return self.bundle("export", self.dir + "-live").strip()

    def test_round_trip(self):
        """What is exported is the same byte for byte, lives in git, and imported again is no change."""
        hash = self.bundle("export", self.dir).strip()
        self.assertRegex(hash, "^[0-9a-f]{64}$")
        self.assertEqual(self.same_as(BUSINESS), [])
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "rules")
        write(os.path.join(self.dir, "lib/left_over.lua"), "return {}\n")
        self.bundle("export", hash[:12], self.dir)
        self.assertEqual(self.git("status", "--porcelain"), "")
        self.assertRegex(self.bundle("import", self.dir, "--author", "admin1", "--reason", "再次导入"), "^no change: ")
        self.assertEqual(self.bundle("diff", "live", self.dir), "")

    def test_z_import_is_approved_by_another(self):
        before = self.live()
        self.bundle("export", "live", self.dir)
        replace(os.path.join(self.dir, "prices.lua"), "quote_days = 30", "quote_days = 27")
        shown = self.bundle("diff", "live", self.dir)
        self.assertRegex(shown, r"(?s)^--- a/prices.lua\n\+\+\+ b/prices.lua\n@@ -\d+,\d+ \+\d+,\d+ @@\n.*-\s+quote_days = 30,.*\n\+\s+quote_days = 27,")
        whole = os.path.join(self.hall.folder, "patched")
        shutil.copytree(BUSINESS, whole)
        subprocess.run(["patch", "-p1", "-s"], cwd=whole, input=shown, text=True, check=True, timeout=60)
        self.assertEqual(self.same_as(whole), [], "patch(1) makes the one out of the other")

        said = self.bundle("import", self.dir, "--author", "admin1", "--reason", "报价有效期二十七天")
        path = re.search("(/staff/rules/publications/[0-9a-z]+)", said)[1]
        self.assertEqual(self.live(), before, "live by itself")
        self.assertRegex(self.bundle("log").split("\n")[0], "管理员甲  -  proposed  报价有效期二十七天$")
        author, other = (Visitor(self.hall).login(n, self.passwords[n]) for n in ("admin1", "admin2"))
        self.assertEqual(author.get(path).post(path, {"act": "approve"}).status, 403)
        self.assertIn("已经生效", other.get(path).post(path, {"act": "approve"}).text())
        now = self.live()
        self.assertNotEqual(now, before)
        line = self.bundle("log").split("\n")[0]
        self.assertRegex(line, f"{now[:12]}  管理员甲  管理员乙  live  报价有效期二十七天$")
        self.assertIn("来源 导入", author.get("/staff/rules/bundles/" + now).text())
        self.assertIn("quote_days = 30", self.bundle("diff", now[:12], before[:12]))
        self.assertRegex(self.bundle("log").rstrip().split("\n")[-1], f"{before[:12]}  -  -  shipped  随程序发布$")

    def test_what_is_refused(self):
        self.bundle("export", "live", self.dir)
        for words, said in (
                (("import", self.dir), "--author"),
                (("import", self.dir, "--author", "reviewer1", "--reason", "x"), "reviewer1 is no administrator"),
                (("import", self.dir, "--author", "nobody", "--reason", "x"), "nobody is no administrator"),
                (("import", os.path.join(ROOT, "docs"), "--author", "admin1", "--reason", "x"), "holds no business rules"),
                (("export", "123456789abc", self.dir), "there is no bundle 123456789abc"),
                (("export", "xyz", self.dir), "at least 6 digits"),
                (("diff", "live"), "export [HASH|live] DIR"),
                (("praise",), "the acts are"),
        ):
            with self.subTest(words):
                self.assertIn(said, self.bundle(*words, fails=True))
        replace(os.path.join(self.dir, "prices.lua"), "quote_days = 30", "quote_days = ")
        self.assertRegex(self.bundle("import", self.dir, "--author", "admin1", "--reason", "x", fails=True), r"nothing was proposed:\nprices.lua:\d+: error: ")
        with open(os.path.join(self.dir, "site.lua"), "wb") as f:
            f.write("return { name = \"中国\" }".encode("gbk"))
        self.assertIn("site.lua is not UTF-8", self.bundle("import", self.dir, "--author", "admin1", "--reason", "x", fails=True))
        self.assertNotIn("  x\n", self.bundle("log"))

    def test_a_foreign_folder(self):
        write(os.path.join(self.dir, "letter.txt"), "mine\n")
        self.assertIn("--force", self.bundle("export", self.dir, fails=True))
        self.assertEqual(os.listdir(self.dir), ["letter.txt"])
        self.bundle("export", self.dir, "--force")
        self.assertEqual(self.same_as(BUSINESS), ["letter.txt"])

    def test_only_who_may_read_the_data(self):
        """Whoever reaches the listener but not the data directory gets nothing."""
        status, _, body = self.hall.ask("POST", "/bundle", '{"act":"log"}', {"X-Certhall-Key": "x" * 22}, entrance="admin")
        self.assertEqual((status, b"shipped" in body), (403, False))
        mode = os.stat(os.path.join(self.hall.data, "admin.key")).st_mode
        self.assertEqual(mode & 0o777, 0o600)
        elsewhere = subprocess.run([PROGRAM, "bundle", "log", "--data", self.hall.folder + "/none", f"--admin={self.hall.options['admin']}",
                                    f"--seal-key-file={self.hall.key}"], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(elsewhere.returncode, 1)
        self.assertIn("no hall runs on the data directory", elsewhere.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
