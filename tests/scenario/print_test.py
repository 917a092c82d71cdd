#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""S140 to S145, S211, S231: the papers of a real case as PDF and as pages, judged by poppler and zbar. Usage: print_test.py CERTHALL"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from PIL import Image

import papers
from hall import ROOT
from papers import applicant, client, hall
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
TITLES = {"unit_issue": ("单位数字证书业务受理表", "服务协议", "单位授权委托书"),
          "personal_issue": ("个人数字证书业务受理表", "服务协议", "授权委托书")}
BLANKS = {"unit_form": "单位数字证书业务受理表", "personal_form": "个人数字证书业务受理表", "unit_imprint": "单位签章印模表",
          "personal_imprint": "个人签章印模表", "agreement": "电子认证服务协议"}


def setUpModule():
    papers.start(PROGRAM)


def tearDownModule():
    papers.end()


def run(*words):
    return subprocess.run(words, capture_output=True, check=True, timeout=120).stdout.decode()


def squeeze(text):
    return re.sub(r"\s", "", text)


class Paper:
    """A PDF file as poppler and zbar see it."""

    def __init__(self, folder, content):
        self.path = os.path.join(folder, "paper.pdf")
        with open(self.path, "wb") as f:
            f.write(content)
        self.info = dict(re.findall(r"^([^:\n]+): +(.*)$", run("pdfinfo", self.path), re.M))
        self.pages = [squeeze(page) for page in run("pdftotext", self.path, "-").split("\f")[:-1]]

    def fonts(self):
        return run("pdffonts", self.path).strip().split("\n")[2:]

    def pictures(self, dpi=150):
        stem = self.path[:-4]
        run("pdftoppm", "-r", str(dpi), "-gray", "-png", self.path, stem)
        return [f"{stem}-{n}.png" for n in range(1, len(self.pages) + 1)]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="print-")
        self.addCleanup(shutil.rmtree, self.folder)

    def visitor(self, a):
        return Visitor(hall()).login(a.person.phone, a.person.password)

    def paper(self, browser, path):
        browser.send("GET", path)
        self.assertEqual((browser.status, browser.headers["Content-Type"]), (200, "application/pdf"), browser.page[:400])
        return Paper(self.folder, browser.raw)


class Printed(Case):
    def check_sheets(self, paper, a):
        mark = a.get(a.path())["mark"]
        self.assertEqual(len(paper.pages), 3)
        for n, page in enumerate(paper.pages, 1):
            self.assertIn(f"第{n}页，共3页", page)
            self.assertIn(a.case["number"], page)
            self.assertIn("数据标记" + mark, page)
            self.assertRegex(page, "签字：")
            self.assertRegex(page, "公章：")
        for title, page in zip(TITLES[a.kind], paper.pages):
            self.assertIn(title, page)

    def test_both_kinds_are_three_sheets_of_a4_that_carry_the_answers(self):
        for kind in TITLES:
            with self.subTest(kind):
                a = applicant(kind)
                paper = self.paper(self.visitor(a), f"/case/{a.key}/print.pdf")
                self.assertEqual(paper.info["Pages"], "3")
                self.assertRegex(paper.info["Page size"], r"^595\.\d+ x 841\.\d+ pts \(A4\)")
                self.check_sheets(paper, a)
                values = a.get(a.path())["values"]
                for name in ("unit_name", "handler_name", "user_name", "applicant_name"):
                    self.assertIn(values.get(name, ""), paper.pages[0])

    def test_fonts_are_embedded_and_the_file_is_small(self):
        a = applicant()
        paper = self.paper(self.visitor(a), f"/case/{a.key}/print.pdf")
        self.assertTrue(paper.fonts())
        for row in paper.fonts():
            self.assertRegex(row, r"\+\S+ .* yes yes yes +\d+ +\d+$")
        self.assertLess(os.path.getsize(paper.path), 400_000)

    def test_the_code_on_every_sheet_leads_to_the_state_of_the_case(self):
        a = applicant()
        browser = self.visitor(a)
        paper = self.paper(browser, f"/case/{a.key}/print.pdf")
        for path in paper.pictures():
            links = set(run("zbarimg", "--raw", "-q", path).split())
            self.assertEqual({link.split("/", 3)[3] for link in links}, {"query?number=" + a.case["number"]})
        browser.get("/" + links.pop().split("/", 3)[3])
        self.assertEqual((browser.status, browser.path), (200, "/case/" + a.key))

    def test_nothing_leaves_the_margins(self):
        a = applicant(unit_name="示范" * 32, unit_address="长沙市岳麓区示范路" * 6)
        for path in self.paper(self.visitor(a), f"/case/{a.key}/print.pdf").pictures(72):
            with Image.open(path) as picture:
                left, top, right, bottom = picture.convert("L").point(lambda v: 255 if v < 160 else 0).getbbox()
                self.assertTrue(left >= 40 and top >= 40 and right <= 595 - 40 and bottom <= 842 - 40, (left, top, right, bottom))

    def test_the_page_shows_what_the_file_prints(self):
        a = applicant()
        browser = self.visitor(a)
        paper = self.paper(browser, f"/case/{a.key}/print.pdf")
        shown = squeeze(browser.get(f"/case/{a.key}/print/all").text())
        self.assertEqual(browser.page.count('<article class="paper"'), 3)
        for title in TITLES["unit_issue"]:
            self.assertIn(title, shown)
        self.assertEqual(shown.count("数据标记" + a.case["mark"]), 3)
        for label in ("单位名称", "证件号码", "客户须知", "委托"):
            self.assertEqual(label in shown, label in "".join(paper.pages), label)

    def test_one_document_alone_and_one_that_is_not_there(self):
        a = applicant()
        browser = self.visitor(a)
        for n, id in enumerate(("unit_form", "agreement", "authorization")):
            paper = self.paper(browser, f"/case/{a.key}/print.pdf?only={id}")
            self.assertEqual((len(paper.pages), TITLES["unit_issue"][n] in paper.pages[0]), (1, True))
            self.assertEqual(browser.get(f"/case/{a.key}/print/{id}").status, 200)
        for path in ("print.pdf?only=personal_form", "print.pdf?only=..%2fx", "print/personal_form", "print/payment_notice"):
            self.assertEqual(browser.get(f"/case/{a.key}/{path}").status, 404, path)

    def test_a_changed_answer_changes_the_mark(self):
        a, b = applicant(), applicant()
        marks = [self.paper(self.visitor(one), f"/case/{one.key}/print.pdf").pages[0].split("数据标记")[1][:8] for one in (a, b, a)]
        self.assertEqual(marks[0], marks[2])
        self.assertNotEqual(marks[0], marks[1])

    def test_a_draft_prints_nothing_and_a_strangers_case_is_not_there(self):
        a, stranger = client(), self.visitor(applicant())
        a.register()
        a.begin()
        own = self.visitor(a)
        for path in ("print", "print.pdf", "print/all", "payment-notice.pdf"):
            self.assertEqual(own.get(f"/case/{a.key}/{path}").status, 409, path)
            self.assertEqual(stranger.get(f"/case/{a.key}/{path}").status, 404, path)

    def test_the_page_of_instructions_leads_on_to_the_materials(self):
        a = applicant()
        page = self.visitor(a).get(f"/case/{a.key}/print")
        for words in ("打印机", "签字", "盖章", "下一步操作：材料上传", "数字证书受理点", "打印", "下载 PDF", "共 3 页 A4"):
            self.assertIn(squeeze(words), squeeze(page.text()))
        self.assertIn(f'href="/case/{a.key}/materials"', page.page)

    def test_courier_prints_once_and_a_visit_twice(self):
        said = {}
        for delivery in ("courier", "onsite"):
            a = applicant()
            a.post("/api/v1/test/case", {"case": a.key, "put": {"medium": "ukey", "delivery": {"delivery": delivery}}})
            said[delivery] = self.visitor(a).get(f"/case/{a.key}/print").text()
        self.assertIn("一份", said["courier"])
        self.assertIn("两份", said["onsite"])


class Others(Case):
    def test_the_payment_notice_names_the_sum_and_where_to(self):
        a = applicant()
        total = a.get(a.path("order"))["total"]
        paper = self.paper(self.visitor(a), f"/case/{a.key}/payment-notice.pdf")
        with open(os.path.join(ROOT, "scripts/business/site.lua"), encoding="utf-8") as f:
            bank = re.search(r'bank = \{ holder = "([^"]+)", number = "([^"]+)", bank = "([^"]+)"', f.read())
        for words in ("缴费单", "户名" + bank[1], "账号" + squeeze(bank[2]), "开户行" + bank[3], "附言（必填）" + a.case["number"],
                      f"¥{total // 100}.{total % 100:02}", "金额（大写）贰佰陆拾元整", "请务必在附言中填写业务受理号"):
            self.assertIn(words, paper.pages[0])
        page = self.visitor(a).get(f"/case/{a.key}/pay").page
        self.assertIn(f'href="/case/{a.key}/payment-notice.pdf"', page)

    def test_blank_forms_are_there_for_everybody_and_empty(self):
        browser = Visitor(hall())
        for id, title in BLANKS.items():
            paper = self.paper(browser, f"/files/{id}.pdf")
            self.assertIn(title, "".join(paper.pages))
            self.assertNotIn("{", "".join(paper.pages))
        for path in ("/files/none.pdf", "/files/unit_form", "/files/unit_form.pdf.pdf", "/files/payment_notice.pdf"):
            self.assertEqual(browser.get(path).status, 404, path)


if __name__ == "__main__":
    unittest.main()
