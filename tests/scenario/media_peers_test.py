#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pictures judged by programs we did not write: zbarimg, tesseract, exiftool, Pillow. Usage: … MEDIA_TOOL"""
import io
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

TOOL = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))


def tool(*words, binary=False):
    return subprocess.run([TOOL, *words], capture_output=True, text=not binary, check=False)


class Peers(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp()

    def tearDown(self):
        shutil.rmtree(self.dir)

    def path(self, name):
        return os.path.join(self.dir, name)

    def test_qr_is_read_by_zbar(self):
        for text in ("https://127.0.0.1:8443/h/AbC-_09", "2026 1123 0000 0000 0009", "x" * 600):
            with open(self.path("qr.pgm"), "wb") as f:
                f.write(tool("qr", text, binary=True).stdout)
            read = subprocess.run(["zbarimg", "--raw", "-q", self.path("qr.pgm")], capture_output=True, text=True, check=False)
            self.assertEqual(read.stdout.strip("\n"), text)

    def test_captcha_is_not_read_by_tesseract(self):
        count = 1000 if LONG else 60
        self.assertEqual(tool("captcha", str(count), self.dir).returncode, 0)
        hits, names = 0, os.listdir(self.dir)
        for name in names:
            read = subprocess.run(["tesseract", self.path(name), "-", "--psm", "7"], capture_output=True, text=True, check=False)
            hits += "".join(read.stdout.split()).lower() == name[:5]
        self.assertLess(hits, max(2, len(names) * 0.01))

    def picture(self):
        image = Image.new("RGB", (64, 48))
        image.putdata([(x * 4 % 256, y * 5 % 256, x * y % 256) for y in range(48) for x in range(64)])
        return image

    def check_kept(self, data, pixels):
        with open(self.path("in"), "wb") as f:
            f.write(data)
        done = tool("walk", self.path("in"), self.path("out"))
        self.assertEqual(done.stdout.split()[0], "fine", done.stdout)
        with Image.open(self.path("out")) as kept:
            self.assertEqual(list(kept.convert("RGB").getdata()), pixels)
        return done.stdout.split()

    def test_pixels_stay_and_metadata_goes(self):
        image = self.picture()
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010f] = "SecretMaker"
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (30.0, 20.0, 10.0)
        for form, options in (("JPEG", {"exif": exif.tobytes(), "comment": b"secret", "dpi": (300, 300)}),
                              ("JPEG", {"progressive": True, "exif": exif.tobytes()}), ("PNG", {"exif": exif.tobytes(), "dpi": (300, 300)}),
                              ("PNG", {"interlace": 1}), ("BMP", {"dpi": (300, 300)})):
            out = io.BytesIO()
            image.save(out, form, **options)
            with Image.open(io.BytesIO(out.getvalue())) as decoded:
                pixels = list(decoded.convert("RGB").getdata())
            words = self.check_kept(out.getvalue(), pixels)
            self.assertEqual(words[1:3], ["64", "48"])
            if "dpi" in options:
                self.assertEqual(words[3], "300")
            tags = subprocess.run(["exiftool", "-G", self.path("out")], capture_output=True, text=True, check=False).stdout
            self.assertNotIn("GPS", tags)
            self.assertNotIn("SecretMaker", tags)
            self.assertNotIn("secret", tags)

    def test_polyglots_are_refused(self):
        for form in ("JPEG", "PNG", "BMP"):
            out = io.BytesIO()
            self.picture().save(out, form)
            for tail in (b"PK\3\4" + b"\0" * 30, b"<?php system('id');", b"<script>alert(1)</script>", b"\0"):
                with open(self.path("in"), "wb") as f:
                    f.write(out.getvalue() + tail)
                self.assertEqual(tool("walk", self.path("in"), self.path("out")).stdout, "trailing\n")


if __name__ == "__main__":
    unittest.main()
