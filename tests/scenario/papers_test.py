# SPDX-License-Identifier: Apache-2.0
"""Materials from outside: what is asked for, hostile files, files that are nobody's business, staff who have the case."""
import io
import os
import random
import struct
import sys
import threading
import time
import unittest
import zipfile
import zlib

from PIL import Image

import papers
from journey import Applicant
from papers import applicant, client, hall, put, put_all, scan, state_of, stored_files
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))


def setUpModule():
    papers.start(PROGRAM)


def tearDownModule():
    papers.end()


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width, height, extra=b"", data=b""):
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + extra
            + chunk(b"IDAT", data or zlib.compress(b"\0" * 64)) + chunk(b"IEND", b""))


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("word/document.xml", "<x/>")
    return out.getvalue()


def hostile():
    """name -> (bytes, the codes that may be answered)"""
    jpeg, png = scan(), scan("PNG")
    segment = b"\xff\xfe\x00\x04ab"
    return {
        "nothing": (b"", {"empty"}),
        "JPEG with markup behind": (jpeg + b"<html><script>alert(1)</script>", {"trailing"}),
        "JPEG with an archive behind": (jpeg + archive(), {"trailing"}),
        "PNG with a program behind": (png + b"<?php system($_GET[0]); ?>", {"trailing"}),
        "archive": (archive(), {"office"}),
        "Word of 1997": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {"office"}),
        "PDF": (b"%PDF-1.7\n" + b"x" * 600, {"pdf"}),
        "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 600, {"heic"}),
        "TIFF": (b"II*\0\x08\0\0\0" + b"\0" * 600, {"tiff"}),
        "TIFF of the other order": (b"MM\0*\0\0\0\x08" + b"\0" * 600, {"tiff"}),
        "GIF with a script": (b"GIF89a/*" + b"\0" * 100 + b"*/=1;alert(1)", {"gif"}),
        "WebP": (b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 100, {"webp"}),
        "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', {"unknown"}),
        "markup": (b"<!doctype html><script>alert(1)</script>" * 20, {"unknown"}),
        "test virus": (rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", {"unknown"}),
        "pixel flood": (png_of(65500, 65500), {"too_many_pixels"}),
        "BMP of too many pixels": (b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54 + 64, 0, 0, 54, 40, 30000, 30000, 1, 24, 0, 0, 0, 0, 0, 0)
                                   + b"\0" * 64, {"too_many_pixels", "truncated", "broken", "unsupported"}),
        "JPEG of 50,000 segments": (jpeg[:2] + segment * 50000 + jpeg[2:], {"broken", "unsupported", "fine"}),
        "noise": (random.Random(1).randbytes(4096), {"unknown"}),
        "JPEG cut in the head": (jpeg[:20], {"truncated", "broken"}),
        "JPEG cut in the middle": (jpeg[:len(jpeg) // 2], {"truncated", "broken"}),
        "JPEG without its last byte": (jpeg[:-1], {"truncated", "broken"}),
        "PNG cut": (png[:-5], {"truncated", "broken"}),
        "PNG with a wrong sum": (png[:40] + bytes([png[40] ^ 1]) + png[41:], {"broken"}),
        "over the limit": (scan("BMP"), {"too_large"}),
    }


class Asked(unittest.TestCase):
    def ids(self, a):
        found = a.get(a.path("materials"))
        return {m["id"] for m in found if m["required"]}, {m["id"] for m in found if not m["required"]}

    def test_what_is_asked_for_follows_the_answers(self):
        unit = {"form", "unit_document", "authorization", "handler_document"}
        self.assertEqual(self.ids(applicant()), (unit, {"spare_1"}))
        self.assertEqual(self.ids(applicant(seal="yes")), (unit | {"seal_imprint"}, {"spare_1"}))
        old = {"unit_document_type": "orgcode", "unit_document_no": "123456788", "licence_no": "430100000012345",
               "tax_no": "430100123456788"}
        self.assertEqual(self.ids(applicant(**old)), (unit | {"orgcode_document", "tax_document"}, {"spare_1"}))
        person = unit | {"applicant_document"}
        self.assertEqual(self.ids(applicant("personal_issue")), (person, {"spare_1"}))
        self.assertEqual(self.ids(applicant("personal_issue", seal="yes", signature="yes")),
                         (person | {"seal_imprint", "signature_imprint"}, {"spare_1"}))

    def test_each_material_names_its_own_limit_and_formats(self):
        a = applicant(seal="yes")
        found = {m["id"]: m for m in a.get(a.path("materials"))}
        self.assertEqual((found["form"]["limit"], found["form"]["formats"], found["form"]["dpi"]), (2 << 20, ["jpeg", "png", "bmp"], None))
        imprint = found["seal_imprint"]
        self.assertEqual((imprint["limit"], imprint["formats"], imprint["dpi"]), (8 << 20, ["jpeg"], 300))


class Files(unittest.TestCase):
    def test_hostile_files_are_refused_each_with_its_word_and_leave_nothing(self):
        a = applicant()
        before = stored_files()
        for name, (content, codes) in hostile().items():
            with self.subTest(name):
                answer = put(a, "form", content)
                if answer.status == 200 and "fine" in codes:
                    a.want("DELETE", a.path("materials", "form"), X_Requested_With="program")
                    continue
                self.assertEqual(answer.status, 422, answer.body[:300])
                error = answer.value["errors"][0]
                self.assertEqual(error["field"], "file")
                self.assertIn(error["code"], codes)
                self.assertGreater(len(error["message"]), 8)
                self.assertEqual(state_of(a, "form")["state"], "missing")
        self.assertEqual(stored_files(), before)

    def test_a_picture_cut_anywhere_is_refused(self):
        a = applicant()
        small = scan(width=60, height=60)
        whole = small[:2] + small[20:]
        rng = random.Random(3)
        for cut in [rng.randrange(1, len(whole)) for _ in range(25)]:
            answer = put(a, "form", whole[:cut])
            self.assertIn(answer.status, (422, 503), (cut, answer.body[:200]))
            if answer.status == 503:
                break
        self.assertEqual(state_of(a, "form")["state"], "missing")

    def test_metadata_is_left_out_and_the_file_is_served_as_a_picture_only(self):
        a = applicant()
        image, out = Image.new("RGB", (1300, 1300), "white"), io.BytesIO()
        exif = Image.Exif()
        exif[0x010E], exif[0x8825] = "canary-description", {1: "N", 2: (28.0, 12.0, 0.0)}
        image.save(out, "JPEG", exif=exif, comment=b"canary-comment <script>")
        self.assertIn(b"canary", out.getvalue())
        self.assertEqual(put(a, "form", out.getvalue()).status, 200)
        answer = a.ask("GET", a.path("materials", "form", "file"))
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/jpeg"))
        self.assertNotIn(b"canary", answer.body)
        self.assertNotIn(b"Exif", answer.body)
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("sandbox", answer.headers["Content-Security-Policy"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertTrue(answer.headers["Content-Disposition"].startswith("inline"))
        Image.open(io.BytesIO(answer.body)).verify()

    def test_names_are_no_paths(self):
        a = applicant()
        line, content = b"----b", scan()
        for name, shown in ((rb"C:\fakepath\..\scan.jpg", "scan.jpg"), (b"../../etc/passwd", "passwd"),
                            ("受理表<b>.jpg".encode(), "受理表<b>.jpg"), (b"x" * 200 + b".jpg", "x" * 56 + ".jpg")):
            body = (b"--" + line + b'\r\nContent-Disposition: form-data; name="file"; filename="' + name.replace(b"\\", b"\\\\")
                    + b'"\r\nContent-Type: image/jpeg\r\n\r\n' + content + b"\r\n--" + line + b"--\r\n")
            answer = a.ask("POST", a.path("materials", "form"), body=body, X_Requested_With="program",
                           Content_Type="multipart/form-data; boundary=" + line.decode())
            self.assertEqual(answer.status, 201, answer.body)
            self.assertEqual(answer.value["file"]["name"], shown)

    def test_a_replaced_and_a_removed_file_are_gone_from_the_disk(self):
        a, before = applicant(), stored_files()
        for _ in range(3):
            put(a, "form", scan())
        self.assertEqual(stored_files(), before + 1)
        self.assertEqual(a.ask("DELETE", a.path("materials", "form"), X_Requested_With="program").status, 200)
        self.assertEqual(stored_files(), before)
        self.assertEqual(a.ask("GET", a.path("materials", "form", "file")).status, 404)

    def test_a_scan_used_again_is_a_file_of_its_own(self):
        a = applicant("personal_issue")
        put(a, "applicant_document", scan())
        self.assertEqual(state_of(a, "handler_document")["reuse"], "applicant_document")
        a.post(a.path("materials", "handler_document", "reuse"), {"from": "applicant_document"})
        blobs = a.post("/api/v1/test/files", {"case": a.key})["blobs"]
        self.assertEqual(len(set(blobs)), 2)
        one, two = (a.ask("GET", a.path("materials", m, "file")).body for m in ("applicant_document", "handler_document"))
        self.assertEqual(one, two)
        a.ask("DELETE", a.path("materials", "applicant_document"), X_Requested_With="program")
        self.assertEqual(a.ask("GET", a.path("materials", "handler_document", "file")).body, two)
        self.assertEqual(a.ask("POST", a.path("materials", "form", "reuse"), {"from": "handler_document"}).status, 409)

    def test_eight_at_once_leave_one(self):
        a, before, answers = applicant(), stored_files(), []

        def one():
            twin = Applicant(hall().urls["http"], 1)
            twin.token, twin.key = a.token, a.key
            answers.append(put(twin, "form", scan()).status)
            twin.close()
        threads = [threading.Thread(target=one) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertIn(200, answers)
        self.assertLessEqual(set(answers), {200, 503})
        self.assertEqual(len(a.post("/api/v1/test/files", {"case": a.key})["blobs"]), 1)
        self.assertEqual(stored_files(), before + 1)

    def test_a_flood_is_slowed_down(self):
        a = applicant()
        statuses = [put(a, "form", b"%PDF-1.7 no picture at all").status for _ in range(80)]
        self.assertIn(503, statuses)

    def test_nothing_goes_up_before_the_case_was_handed_in(self):
        a = client()
        a.register()
        a.begin()
        self.assertIn(put(a, "form", scan()).status, (404, 409))

    def test_somebody_elses_case_is_not_there(self):
        a, stranger = applicant(), applicant()
        put(a, "form", scan())
        base = "/api/v1/cases/" + a.key
        for method, path in (("GET", "/materials"), ("GET", "/materials/form/file"), ("PUT", "/materials/form"), ("DELETE", "/materials/form"),
                             ("GET", "/identity"), ("DELETE", "/identity/link")):
            answer = stranger.ask(method, base + path, body=scan() if method == "PUT" else None, X_Requested_With="program")
            self.assertEqual(answer.status, 404, (method, path))
        for path in ("/identity/link", "/identity/compare"):
            self.assertEqual(stranger.ask("POST", base + path, {}).status, 404, path)
        browser = Visitor(hall()).login(stranger.person.phone, stranger.person.password)
        for path in ("/materials", "/materials/form", "/materials/form/file", "/identity", "/changes"):
            browser.send("GET", f"/case/{a.key}{path}")
            self.assertEqual(browser.status, 404, path)
        self.assertEqual(state_of(a, "form")["state"], "submitted")
        self.assertEqual(a.ask("PUT", a.path("materials", "no_such"), body=scan()).status, 404)


class Staff(unittest.TestCase):
    def test_of_a_returned_case_only_what_was_returned_may_change(self):
        a = applicant()
        put_all(a)
        item = {"item": "material:form", "reason": "公章不清晰", "done": False}
        a.post("/api/v1/test/case", {"case": a.key, "put": {"state": "returned", "returned": [item]}})
        form, other = state_of(a, "form"), state_of(a, "unit_document")
        self.assertEqual((form["state"], form["open"], other["state"], other["open"]), ("again", True, "submitted", False))
        self.assertIn("公章不清晰", form["reason"])
        answer = put(a, "unit_document", scan())
        self.assertEqual(answer.status, 409)
        self.assertIn("没有被退回", answer.value["detail"])
        self.assertEqual(a.ask("DELETE", a.path("materials", "unit_document"), X_Requested_With="program").status, 409)
        page = Visitor(hall()).login(a.person.phone, a.person.password).get(f"/case/{a.key}/materials").text()
        self.assertIn("公章不清晰", page)
        self.assertEqual(put(a, "form", scan()).status, 200)
        self.assertEqual(a.state(), "identity")
        self.assertEqual(state_of(a, "form")["state"], "submitted")

    def test_a_reviewer_who_has_the_case_is_not_overtaken(self):
        a = applicant()
        put_all(a)
        a.post("/api/v1/test/case", {"case": a.key, "put": {"state": "review", "claim": {"account": "x", "name": "x", "at": int(time.time() * 1000)}}})
        before = stored_files()
        for answer in (put(a, "form", scan()), a.ask("DELETE", a.path("materials", "form"), X_Requested_With="program")):
            self.assertEqual(answer.status, 409)
            self.assertIn("审核员已开始审核", answer.value["detail"])
        self.assertEqual(stored_files(), before)
        page = Visitor(hall()).login(a.person.phone, a.person.password).get(f"/case/{a.key}/materials")
        self.assertIn("审核员已开始审核", page.text())
        self.assertNotIn('type="file"', page.page)


if __name__ == "__main__":
    unittest.main()
