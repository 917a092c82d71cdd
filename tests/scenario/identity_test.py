# SPDX-License-Identifier: Apache-2.0
"""Identity and phones from outside: links that are looked at, stolen, old, used up; consent; a phone that uploads."""
import os
import sys
import time
import unittest

import invent
import papers
from papers import applicant, client, form_of, hall, put_all, scan, state_of, stored_files
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))


def setUpModule():
    papers.start(PROGRAM)


def tearDownModule():
    papers.end()


class Links(unittest.TestCase):
    def setUp(self):
        self.a = applicant()
        put_all(self.a)
        self.assertEqual(self.a.state(), "identity")

    def link(self):
        return self.a.post(self.a.path("identity", "link"))["url"].split(hall().urls["http"])[-1]

    def phone(self, path):
        return Visitor(hall()).get(path)

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
        thief = Visitor(hall()).get(self.link())
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
            self.assertIn(Visitor(hall()).get(made_up).status, (400, 404), made_up)

    def test_links_end_with_the_case(self):
        path = self.link()
        self.a.post(self.a.path("cancel"))
        self.assertEqual(self.phone(path).status, 410)

    def test_the_links_stand_in_no_log(self):
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        token = path.split("/")[-1]
        self.assertFalse([line for line in hall().lines if token in line])

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

    def test_after_thirty_days_the_check_counts_no_more(self):
        path = self.link()
        self.judge(self.consent(self.phone(path), path), path)
        self.assertEqual(self.a.state(), "payment")
        self.a.post("/api/v1/test/month", {"case": self.a.key})
        end = time.monotonic() + 10
        while self.a.state() != "identity" and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.a.state(), "identity")
        self.assertEqual(self.a.get(self.a.path("identity"))["state"], "none")
        self.assertIn("重新完成身份识别", self.a.inbox(self.a.person.phone, lambda m: m["id"] == "identity_expired", 5)["text"])

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


class Again(unittest.TestCase):
    """Who passed a check need not again for another case of the same account (C30)."""

    def setUp(self):
        self.a = applicant()
        put_all(self.a)
        self.a.identify()
        self.first, self.checked = self.a.key, self.a.get(self.a.path("identity"))
        self.assertEqual(self.a.state(), "payment")

    def another(self, by=None, **answers):
        """A second case, with the first one's person unless told, which comes to its check."""
        by = by or self.a
        by.begin()
        by.fill({**self.a.person.unit_values(), "user_name": f"v{time.monotonic_ns() % 10 ** 11}", **answers})
        by.submit()
        by.deliver()
        put_all(by)
        return by

    def must_wait(self, by):
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            self.assertEqual(by.state(), "identity")
            time.sleep(0.2)
        self.assertEqual(by.get(by.path("identity"))["state"], "none")

    def test_a_check_counts_again_from_the_moment_it_was_made(self):
        self.another().wait_state(lambda s: s == "payment")
        now = self.a.get(self.a.path("identity"))
        self.assertEqual({k: now[k] for k in ("state", "method", "at", "ends")}, {k: self.checked[k] for k in ("state", "method", "at", "ends")})
        number = self.a.get("/api/v1/cases/" + self.first)["number"]
        event = next(e for e in self.a.get(self.a.path("events")) if e["event"] == "identified")
        self.assertIn(number, event["note"])
        pc = Visitor(hall()).login(self.a.person.phone, self.a.person.password).get(f"/case/{self.a.key}/identity")
        self.assertIn("本次沿用，不必重做", pc.text())
        self.a.inbox(self.a.person.phone, lambda m: m["id"] == "identified" and self.a.get(self.a.path())["number"] in m["text"])

    def test_a_check_that_counts_again_is_no_source(self):
        self.another().wait_state(lambda s: s == "payment")
        second = self.a.key
        self.a.key = self.first
        self.a.post(self.a.path("cancel"))
        self.another().wait_state(lambda s: s == "payment")
        event = next(e for e in self.a.get(self.a.path("events")) if e["event"] == "identified")
        self.assertNotIn(self.a.get("/api/v1/cases/" + second)["number"], event["note"])

    def test_it_counts_for_the_same_name_document_and_phone_only(self):
        self.must_wait(self.another(handler_name="李四"))
        self.must_wait(self.another(handler_document_no=invent.Person(time.monotonic_ns()).document))
        self.must_wait(self.another(handler_phone="13900000001"))

    def test_it_does_not_count_for_another_account(self):
        stranger = self.another(client().register())
        self.a.inbox(self.a.person.phone, lambda m: m["id"] == "identity_link")
        self.must_wait(stranger)

    def test_one_that_was_withdrawn_does_not_count(self):
        tag = self.a.ask("GET", self.a.path()).headers["ETag"]
        self.a.want("PATCH", self.a.path(), {"values": {"handler_name": "李四"}, "sure": True}, If_Match=tag)
        self.must_wait(self.another())


class PhoneUploads(unittest.TestCase):
    def test_a_phone_uploads_and_sees_nothing_else(self):
        a = applicant()
        pc = Visitor(hall()).login(a.person.phone, a.person.password)
        pc.get(f"/case/{a.key}/materials").post(f"/case/{a.key}/materials-phone", follow=False).get(f"/case/{a.key}/materials")
        path = pc.page.split('不能扫描的，在手机上打开：<a href="')[1].split('"')[0].split(hall().urls["http"])[-1]
        phone = Visitor(hall()).get(path).post(path + "/begin")
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
