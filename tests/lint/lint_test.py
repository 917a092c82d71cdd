#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Lint itself must go red: each rule is broken once in a small tree."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lint  # noqa: E402

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
FILL = "int f(void)\n{\n" + "    f();\n" * 90 + "}\n"


class LintGoesRed(unittest.TestCase):
    def findings(self, files, only, objects=None):
        with tempfile.TemporaryDirectory() as root:
            for name, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "w", encoding="utf-8") as f:
                    f.write(text)
            if objects:
                built = os.path.join(root, "build", "certhall_x.dir")
                os.makedirs(built)
                subprocess.run(["gcc", "-c", os.path.join(root, objects), "-o", os.path.join(built, "x.c.o")], check=True)
            return lint.run(root, os.path.join(root, "build") if objects else None, [only])

    def red(self, only, files, objects=None):
        self.assertTrue(self.findings(files, only, objects), f"{only} found nothing in {files.keys()}")

    def green(self, only, files, objects=None):
        self.assertEqual(self.findings(files, only, objects), [])

    def test_levels(self):
        self.red("levels", {"core/base/a.c": SPDX + '#include "core/loop/loop.h"\n'})
        self.red("levels", {"core/loop/a.c": SPDX + '#include "core/crypto/hash.h"\n'})
        self.red("levels", {"store/a.c": SPDX + '#include "core/loop/loop.h"\n'})
        self.green("levels", {"core/http/a.c": SPDX + '#include "core/net/stream.h"\n'})

    def test_third_party(self):
        self.red("third_party", {"core/http/a.c": SPDX + "#include <uv.h>\n"})
        self.red("third_party", {"core/net/stream.c": SPDX + "#include <openssl/ssl.h>\n"})
        self.green("third_party", {"core/net/tls.c": SPDX + "#include <openssl/ssl.h>\n"})

    def test_cycles(self):
        self.red("cycles", {"core/base/a.h": '#include "core/base/b.h"\n', "core/base/b.h": '#include "core/base/a.h"\n'})
        self.green("cycles", {"core/base/a.h": '#include "core/base/b.h"\n', "core/base/b.h": "\n"})

    def test_sizes(self):
        self.red("sizes", {"core/base/a.c": SPDX + FILL})
        self.red("sizes", {"core/base/a.c": SPDX + "\n" * 600})
        self.red("sizes", {"core/base/a.h": SPDX + "\n" * 201})
        self.red("sizes", {"scripts/a.lua": "\n" * 301})
        self.red("sizes", {"core/base/a.c": SPDX + "int f(void)\n{\n" + "    f();\n" * 30 + "}\n"})
        self.green("sizes", {"core/base/a.c": SPDX + "int f(void)\n{\n    return 1;\n}\n"})

    def test_headers(self):
        self.red("headers", {"core/base/a.h": SPDX + "size_t f(void);\n"})
        self.green("headers", {"core/base/a.h": SPDX + "#include <stddef.h>\nsize_t f(void);\n"})

    def test_widest(self):
        files = {f"core/base/f{i}.c": SPDX + '#include "core/base/god.h"\n' for i in range(20)}
        self.red("widest", files)

    def test_globals(self):
        self.red("globals", {"core/base/a.c": "int counter = 3;\n"}, "core/base/a.c")
        self.red("globals", {"core/base/a.c": "static int n; int f(void) { return n++; }\n"}, "core/base/a.c")
        self.green("globals", {"core/base/a.c": "static const int n = 3; int f(void) { return n; }\n"}, "core/base/a.c")

    def test_words_and_spdx(self):
        self.red("words", {"core/base/a.c": SPDX + "// TO" + "DO later\n"})
        self.red("words", {"docs/a.md": "see /ro" + "ot/x\n"})
        self.green("words", {"docs/a.md": "see /etc/certhall\n"})
        self.red("spdx", {"core/base/a.c": "int a;\n"})


if __name__ == "__main__":
    unittest.main()
