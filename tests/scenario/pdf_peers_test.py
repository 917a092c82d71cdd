#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S140 to S143: the printed form judged by poppler and zbar: three A4 sheets, fonts embedded, text and QR codes come back.
Usage: … PDF_TOOL"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

TOOL = os.path.abspath(sys.argv.pop(1))
NUMBER = "20261122000141110008"


def run(*words, good=True):
    done = subprocess.run(words, capture_output=True, check=False)
    if good and done.returncode:
        raise AssertionError(f"{words}: {done.returncode} {done.stderr[-500:]}")
    return done


class Form(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()
        self.pdf = os.path.join(self.dir, "form.pdf")

    def tearDown(self):
        shutil.rmtree(self.dir)

    def text(self, *words):
        return run("pdftotext", *words, self.pdf, "-").stdout.decode()

    def pictures(self, dpi):
        run("pdftoppm", "-r", str(dpi), "-gray", "-png", self.pdf, os.path.join(self.dir, "sheet"))
        return [os.path.join(self.dir, f"sheet-{n}.png") for n in (1, 2, 3)]

    def test_three_sheets_of_a4(self):
        run(TOOL, self.pdf, "张三")
        info = run("pdfinfo", self.pdf).stdout.decode()
        self.assertRegex(info, r"Pages: +3\n")
        self.assertRegex(info, r"Page size: +595\.\d+ x 841\.\d+ pts \(A4\)")
        self.assertRegex(info, r"Title: +单位数字证书业务受理表\n")

    def test_fonts_are_embedded(self):
        run(TOOL, self.pdf, "张三")
        rows = run("pdffonts", self.pdf).stdout.decode().strip().split("\n")[2:]
        self.assertTrue(rows)
        for row in rows:
            self.assertRegex(row, r"\+\S+ .* yes yes yes +\d+ +\d+$")
        self.assertLess(os.path.getsize(self.pdf), 300000)

    def test_text_comes_back(self):
        run(TOOL, self.pdf, "张三 O'Brien")
        sheets = self.text().split("\f")
        for n in (1, 2, 3):
            for word in (f"业务受理号：SLCA-{NUMBER}", f"第 {n} 页，共 3 页", "模板 2026-11-22.1", "单位证书受理"):
                self.assertIn(word, sheets[n - 1])
        for word in ("单位数字证书业务受理表", "样例建设集团（湖南）有限公司", "91430000MA4L0000X1", "张三 O'Brien", "¥190.00"):
            self.assertIn(word, sheets[0])
        self.assertIn("单位授权委托书", sheets[2])
        whole = re.sub(r"\s", "", sheets[1])
        self.assertEqual(whole.count("订户应当妥善保管数字证书的私钥及其介质"), 16)
        self.assertEqual(whole.count("订户应当"), 16, "bold text must not be in the file twice")

    def test_rare_characters_come_back_or_are_named(self):
        for name, code in (("𠮷田", "U+20BB7"), ("㛃", "U+36C3"), ("\U0010fffd", "U+10FFFD")):
            done = run(TOOL, self.pdf, name, good=False)
            if done.returncode == 0:
                self.assertIn(name, self.text().split("\f")[0])
            else:
                self.assertRegex(done.stdout.decode(), f"^E_UNSUPPORTED pdf.glyph 字体缺字: .*{re.escape(code)}")
        self.assertNotEqual(done.returncode, 0)

    def test_codes_are_read(self):
        run(TOOL, self.pdf, "张三")
        for path, count in zip(self.pictures(150), (1, 1, 2)):
            read = run("zbarimg", "--raw", "-q", path).stdout.decode().split()
            self.assertEqual(read, [f"https://hall.example/c/{NUMBER}"] * count)

    def test_nothing_leaves_the_margins(self):
        run(TOOL, self.pdf, "张三")
        for path in self.pictures(72):
            with Image.open(path) as picture:
                dark = picture.convert("L").point(lambda v: 255 if v < 160 else 0).getbbox()
                self.assertGreaterEqual(dark[0], 49)  # 18 mm are 51 points
                self.assertGreaterEqual(dark[1], 44)
                self.assertLessEqual(dark[2], 595 - 49)
                self.assertLessEqual(dark[3], 842 - 49)


if __name__ == "__main__":
    unittest.main()
