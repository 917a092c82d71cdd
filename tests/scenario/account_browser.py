# SPDX-License-Identifier: Apache-2.0
"""A browser without pictures for the accounts' tests: cookies, forms with their token, the inbox of try-it mode."""
import html
import http.client
import json
import os
import random
import re
from urllib.parse import urlencode, urlsplit

PASSWORD = "Kf83-wiesel-lampe"


class Answer:
    def __init__(self, response, body):
        self.status, self.headers, self.text = response.status, response.headers, body.decode("utf-8", "replace")
        self.to = response.headers.get("Location")

    def json(self):
        return json.loads(self.text) if self.text else None

    def errors(self):
        """{field: sentence} beside the fields."""
        found = re.findall(r'id="([^"]+)-error"><span[^>]*>错误：</span>([^<]*)</p>', self.text)
        return {field: html.unescape(sentence) for field, sentence in found}

    def main(self):
        """The words of the page, without what differs from one answer to the next."""
        inside = re.search(r"<main.*</main>", self.text, re.S)
        words = re.sub(r'value="[^"]*"', "", inside[0]) if inside else self.text
        return re.sub(r"\s+", " ", re.sub(r"nonce=\"[^\"]*\"|[0-9a-f]{16}", "", words))


class Browser:
    """One visitor. source: the address it comes from, such as 127.0.0.9."""

    def __init__(self, hall, source=None):
        self.hall, self.source, self.cookies = hall, source, {}

    def ask(self, method, path, body=None, headers=None):
        host = urlsplit(self.hall.urls["http"])
        c = http.client.HTTPConnection(host.hostname, host.port, timeout=60, source_address=(self.source, 0) if self.source else None)
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        try:
            c.request(method, path, body, sent)
            r = c.getresponse()
            answer = Answer(r, r.read())
        finally:
            c.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return answer

    def get(self, path):
        return self.ask("GET", path)

    def token(self, page):
        found = re.search(r'name="_csrf" value="([^"]+)"', self.get(page).text)
        return found[1] if found else ""

    def post(self, path, fields, **more):
        headers = {"Content-Type": "application/x-www-form-urlencoded", **more}
        return self.ask("POST", path, urlencode(fields, doseq=True), headers)

    def send(self, page, fields, to=None):
        """Fills the form of a page in and sends it."""
        return self.post(to or urlsplit(page).path, {**fields, "_csrf": self.token(page)})

    def call(self, method, path, value=None, bearer=None):
        headers = {"X-Requested-With": "test"}
        if value is not None:
            headers["Content-Type"] = "application/json"
        if bearer:
            headers["Authorization"] = "Bearer " + bearer
        return self.ask(method, path, None if value is None else json.dumps(value), headers)

    def captcha(self, purpose):
        """Looks at a new picture; the inbox tells what stands in it."""
        assert self.ask("GET", "/captcha?for=" + purpose).status == 200
        return next(m["text"] for m in inbox(self.hall) if m["channel"] == "captcha")

    def login(self, name, password=PASSWORD, page="/login"):
        return self.send(page, {"account": name, "password": password}, "/login")


def inbox(hall, to=None):
    status, value = hall.ask_json("GET", "/api/v1/try/inbox")
    assert status == 200
    return [m for m in value["items"] if to is None or m["to"] == to]


def code_for(hall, to):
    return next(found[1] for found in (re.search(r"验证码为 (\d{6})", m["text"]) for m in inbox(hall, to)) if found)


def new_phone():
    return "139%08d" % random.randrange(10 ** 8)


def new_mail():
    return "a%010d@example.com" % random.randrange(10 ** 10)


def staff_password(hall, login):
    path = os.path.join(os.path.dirname(hall.data), "try-accounts.txt")
    with open(path, encoding="ascii") as f:
        return dict(line.split() for line in f)[login]


def register_by_code(browser, phone, mail):
    """A new account whose phone is confirmed; it can log in."""
    browser.send("/register", {"phone": phone, "_way": "sms", "_send_sms": "yes"})
    code = code_for(browser.hall, phone)
    answer = browser.send("/register", {"phone": phone, "email": mail, "shown": "phone", "password": PASSWORD, "password2": PASSWORD,
                                        "_way": "sms", "sms": code})
    assert "注册成功" in answer.text, answer.errors()
    return answer
