# SPDX-License-Identifier: Apache-2.0
"""Materials and identity from outside: hostile files, files that are nobody's business, links for phones."""
import io
import os
import random
import shutil
import struct
import sys
import tempfile
import threading
import time
import unittest
import zipfile
import zlib

from PIL import Image

import invent
from hall import ROOT, Hall, copy_scripts
from journey import Applicant
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))

# Lets a test make a link old, count the files of a case, and put a case where only staff can bring it.
HELPER = """-- SPDX-License-Identifier: Apache-2.0
http.post("/api/v1/test/link", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        for _, one in ipairs(tx:list("link", { index = "case", equal = { v.case }, limit = 50 }).rows) do
            one.row.until_ms = tx:now() - 1
            tx:put("link", one.key, one.row)
        end
    end)
    return req:json(200, {})
end, { api = true })
local flow = use "system/service/flow"
http.post("/api/v1/test/case", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        local row = tx:get("case", v.case)
        row.key = v.case
        for name, value in pairs(v.put) do
            row[name] = value
        end
        flow.put(tx, row)
    end)
    return req:json(200, {})
end, { api = true })
http.post("/api/v1/test/files", function(req)
    local v = req:body_json()
    local blobs = json.array {}
    for i, one in ipairs(store.list("material", { index = "case", equal = { v.case }, limit = 50 }).rows) do
        blobs[i] = one.row.blob
    end
    return req:json(200, { blobs = blobs })
end, { api = true })
"""
CLIENTS = []


def setUpModule():
    folder = tempfile.mkdtemp(prefix="papers-")
    scripts = copy_scripts(folder, {"test_papers": HELPER})
    globals()["HALL"] = Hall(PROGRAM, scripts=scripts, www=os.path.join(ROOT, "www/dist"), mode="try").start()
    globals()["FOLDER"] = folder
    globals()["COUNT"] = iter(range(int.from_bytes(os.urandom(4), "big"), 1 << 62))


def tearDownModule():
    for one in CLIENTS:
        one.close()
    HALL.close()
    shutil.rmtree(FOLDER, ignore_errors=True)


def client(kind="unit_issue"):
    a = Applicant(HALL.urls["http"], next(COUNT), kind)
    CLIENTS.append(a)
    return a


def applicant(kind="unit_issue"):
    a = client(kind)
    a.register()
    a.begin()
    a.fill()
    a.submit()
    a.deliver()
    return a


def scan(kind="JPEG", **more):
    return invent.picture(random.Random(next(COUNT)), kind, **more)


def put(a, kind, content):
    return a.ask("PUT", a.path("materials", kind), body=content, Content_Type="image/jpeg")


def put_all(a):
    for one in a.get(a.path("materials")):
        if one["required"]:
            assert put(a, one["id"], scan()).status == 200


def state_of(a, kind):
    return next(m for m in a.get(a.path("materials")) if m["id"] == kind)


def stored_files():
    return sum(len(files) for folder, _, files in os.walk(HALL.data) if "blob" in folder)


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
            twin = Applicant(HALL.urls["http"], 1)
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
        browser = Visitor(HALL).login(stranger.person.phone, stranger.person.password)
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
        page = Visitor(HALL).login(a.person.phone, a.person.password).get(f"/case/{a.key}/materials").text()
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
        page = Visitor(HALL).login(a.person.phone, a.person.password).get(f"/case/{a.key}/materials")
        self.assertIn("审核员已开始审核", page.text())
        self.assertNotIn('type="file"', page.page)


def form_of(token, parts):
    """(body, headers) of a multipart form: the token, then files { name, file name, bytes }."""
    line = "----b"
    body = f'--{line}\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n{token}\r\n'.encode()
    for name, filename, content in parts:
        body += f'--{line}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode() + content + b"\r\n"
    return body + f"--{line}--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=" + line, "Origin": HALL.urls["http"]}


class Links(unittest.TestCase):
    def setUp(self):
        self.a = applicant()
        put_all(self.a)
        self.assertEqual(self.a.state(), "identity")

    def link(self):
        return self.a.post(self.a.path("identity", "link"))["url"].split(HALL.urls["http"])[-1]

    def phone(self, path):
        return Visitor(HALL).get(path)

    def consent(self, phone, path):
        return phone.post(path + "/consent", {"agree": "yes"})

    def judge(self, phone, path, said="passed"):
        return phone.post(path + "/face", {"said": said})

    def test_looking_takes_nothing_the_first_press_does(self):
        path = self.link()
        first, second = self.phone(path), self.phone(path)
        self.assertEqual((first.status, second.status), (200, 200))
        self.consent(second, path)
        self.assertIn("拍摄人脸照片", second.text())
        self.consent(first, path)
        self.assertEqual(first.status, 403)
        self.assertIn("另一台手机", first.text())
        self.assertEqual(self.phone(path).status, 403)

    def test_no_verdict_without_consent_and_without_the_device(self):
        path = self.link()
        phone = self.phone(path)
        self.judge(phone, path)
        self.assertEqual(phone.status, 410)
        phone.get(path).post(path + "/consent", {})
        self.assertEqual(phone.status, 422)
        other = self.consent(self.phone(path), path)
        thief = Visitor(HALL).get(self.link())
        thief.post(path + "/face", {"said": "passed"})
        self.assertEqual(thief.status, 403)
        self.assertEqual(self.a.state(), "identity")
        self.assertEqual(other.status, 200)

    def test_a_pass_moves_the_case_once_and_the_link_is_used_up(self):
        path = self.link()
        phone = self.consent(self.phone(path), path)
        token = phone.page
        self.judge(phone, path)
        self.assertIn("身份识别已通过", phone.text())
        self.assertEqual(self.a.state(), "payment")
        phone.page = token
        self.judge(phone, path)
        self.assertEqual(self.phone(path).status, 403)
        events = [e["event"] for e in self.a.get(self.a.path("events"))]
        self.assertEqual(events.count("identified"), 1)
        one = self.a.get(self.a.path("identity"))
        self.assertEqual((one["state"], one["method"]), ("passed", "face"))
        self.assertNotIn(self.a.person.document, str(one))

    def test_pictures_of_the_face_are_gone_with_the_verdict(self):
        path, before = self.link(), stored_files()
        phone = self.consent(self.phone(path), path)
        six = [("frames", f"{i}.jpg", scan(width=600, height=800)) for i in range(6)]
        token = phone.token()
        phone.send("POST", path + "/face", *form_of("no token of ours", six))
        self.assertEqual((phone.status, stored_files(), self.a.state()), (403, before, "identity"))
        phone.send("POST", path + "/face", *form_of(token, six + [("frames", "x.jpg", b"no picture")]))
        self.assertEqual((phone.status, stored_files(), self.a.state()), (303, before, "payment"))

    def test_five_failures_end_a_link(self):
        path = self.link()
        phone = self.consent(self.phone(path), path)
        for _ in range(4):
            self.judge(phone, path, "failed")
            self.assertEqual(phone.status, 422)
        self.judge(phone, path, "timeout")
        self.assertEqual(phone.status, 410)
        self.assertEqual(self.a.state(), "identity")

    def test_an_old_a_cancelled_and_a_replaced_link_are_refused(self):
        old = self.link()
        path = self.link()
        self.assertEqual(self.phone(old).status, 410)
        self.a.post("/api/v1/test/link", {"case": self.a.key})
        phone = self.phone(path)
        self.assertEqual(phone.status, 410)
        self.assertIn("已过期", phone.text())
        self.consent(phone, path)
        self.assertEqual(phone.status, 410)
        path = self.link()
        self.a.want("DELETE", self.a.path("identity", "link"), X_Requested_With="program")
        self.assertEqual(self.phone(path).status, 410)
        for made_up in ("/h/AAAAAAAAAAAAAAAAAAAAAA", "/h/x", "/h/" + "%00" * 3):
            self.assertIn(Visitor(HALL).get(made_up).status, (400, 404), made_up)

    def test_links_end_with_the_case(self):
        path = self.link()
        self.a.post(self.a.path("cancel"))
        self.assertEqual(self.phone(path).status, 410)

    def test_the_links_stand_in_no_log(self):
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        token = path.split("/")[-1]
        self.assertFalse([line for line in HALL.lines if token in line])

    def test_a_changed_person_is_checked_again(self):
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        self.assertEqual(self.a.state(), "payment")
        tag = self.a.ask("GET", self.a.path()).headers["ETag"]
        self.a.want("PATCH", self.a.path(), {"values": {"handler_name": "李四"}, "sure": True}, If_Match=tag)
        self.assertEqual(self.a.get(self.a.path("identity"))["state"], "none")
        self.assertEqual(self.a.state(), "materials")

    def test_a_returned_check_is_made_again(self):
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        item = {"item": "identity", "reason": "照片与证件不符", "done": False}
        self.a.post("/api/v1/test/case", {"case": self.a.key, "put": {"state": "returned", "returned": [item]}})
        one = self.a.get(self.a.path("identity"))
        self.assertEqual((one["state"], one["reason"]), ("again", "照片与证件不符"))
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        self.assertEqual(self.a.get(self.a.path("identity"))["state"], "passed")
        self.assertEqual(self.a.state(), "payment")

    def test_links_are_made_seldom(self):
        statuses = [self.a.ask("POST", self.a.path("identity", "link"), {}).status for _ in range(25)]
        self.assertEqual((statuses[0], statuses[-1]), (201, 503))

    def test_sms_is_sent_seldom(self):
        self.assertEqual(self.a.ask("POST", self.a.path("identity", "link"), {"way": "sms"}).status, 201)
        found = self.a.inbox(self.a.person.phone, lambda m: m["id"] == "identity_link")
        self.assertIn("/h/", found["text"])
        self.assertEqual(self.a.ask("POST", self.a.path("identity", "link"), {"way": "sms"}).status, 409)

    def test_comparison_by_staff_lets_the_case_go_on(self):
        self.a.post(self.a.path("identity", "compare"))
        self.assertEqual(self.a.state(), "payment")
        self.assertEqual(self.a.get(self.a.path("identity"))["state"], "manual")


class PhoneUploads(unittest.TestCase):
    def test_a_phone_uploads_and_sees_nothing_else(self):
        a = applicant()
        pc = Visitor(HALL).login(a.person.phone, a.person.password)
        pc.get(f"/case/{a.key}/materials").post(f"/case/{a.key}/materials-phone", follow=False).get(f"/case/{a.key}/materials")
        path = pc.page.split('不能扫描的，在手机上打开：<a href="')[1].split('"')[0].split(HALL.urls["http"])[-1]
        phone = Visitor(HALL).get(path).post(path + "/begin")
        self.assertIn("手机上传材料", phone.text())
        self.assertNotIn("session", phone.cookies)
        for secret in (a.person.unit, a.person.name, a.person.document, a.person.user_name, a.person.code):
            self.assertNotIn(secret, phone.page)
        body, kind = form_of(phone.token(), [("file", "p.jpg", scan())])
        phone.send("POST", path + "/files/form", body, kind)
        self.assertEqual(phone.status, 303)
        self.assertEqual(state_of(a, "form")["state"], "submitted")
        for reach in (f"/case/{a.key}/materials", f"/case/{a.key}/materials/form/file", "/user/account"):
            phone.send("GET", reach)
            self.assertIn(phone.status, (303, 404), reach)
        phone.get(path).post(path + "/consent", {"agree": "yes"})
        self.assertEqual(phone.status, 404)
        pc.get(f"/case/{a.key}/materials").post(f"/case/{a.key}/materials-phone", {"cancel": "yes"}, follow=False)
        phone.send("POST", path + "/files/unit_document", body, kind)
        self.assertEqual(phone.status, 410)


if __name__ == "__main__":
    unittest.main()
