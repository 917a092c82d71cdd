# SPDX-License-Identifier: Apache-2.0
"""One browser without a window: cookies, the token of forms, redirects. Used by *_test.py beside it."""
import re
from urllib.parse import urlencode


class Visitor:
    """Keeps cookies and where it is; `page` is the text of the last answer, `status` its status."""

    def __init__(self, hall):
        self.hall, self.cookies = hall, {}
        self.status, self.page, self.path = 0, "", "/"

    def send(self, method, path, body=None, headers=None):
        headers = dict(headers or {})
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        self.status, got, raw = self.hall.ask(method, path, body, headers)
        for line in got.get_all("Set-Cookie") or []:
            name, value = line.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        self.page, self.headers, self.raw = raw.decode("utf-8", "replace"), got, raw
        return got.get("Location")

    def get(self, path):
        """Goes to a page, through its redirects."""
        for _ in range(5):
            self.path = path = path.split("#")[0]
            path = self.send("GET", path)
            if not path:
                return self
        raise AssertionError("redirected in a circle at " + self.path)

    def token(self):
        found = re.search(r'name="_csrf" value="([^"]+)"', self.page)
        return found.group(1) if found else ""

    def post(self, path, fields=(), follow=True):
        """Posts a form made from the page the visitor is on; fields: a dict, or pairs where a name stands twice."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        body = urlencode([("_csrf", self.token()), *pairs])
        to = self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.hall.urls["http"]})
        self.path = path
        if to and follow:
            self.get(to)
        return self

    def login(self, name, password):
        self.get("/login").post("/login", {"account": name, "password": password})
        assert {"session", "__Host-session"} & self.cookies.keys(), (self.status, self.page[:2000])
        return self

    def text(self):
        """What is read on the page: no markup, one space between words."""
        plain = re.sub(r"<(script|style)\b.*?</\1>", " ", self.page, flags=re.S)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", plain))

    def hidden(self, name):
        found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', self.page)
        return found.group(1) if found else None
