#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts have with the outside: calls, mail, event streams. Usage: outside_test.py CERTHALL"""
import email
import email.policy
import http.server
import os
import socket
import socketserver
import sys
import threading
import time
import unittest

from hall import Hall, copy_scripts

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
HANDLERS = """
local function caught(f, ...)
    local ok, value = pcall(f, ...)
    return ok and (value or { sent = true }) or { code = value.code, message = value.message }
end

http.post("/call", function(req)
    return req:json(200, caught(client.request, req:body_json()))
end, { api = true })

http.post("/mail", function(req)
    return req:json(200, caught(mail.send, req:body_json()))
end, { api = true })

http.events("/listen", function(req)
    task.sleep(1)
    if req:query("who") == "nobody" then
        return nil
    end
    return { topics = { "case:1", "case:2" }, session = req:query("who") }
end, function(session)
    task.sleep(1)
    return session ~= "revoked"
end)

http.post("/publish", function(req)
    topics.publish(req:body())
    return req:empty(204)
end, { api = true })

http.post("/leave", function(req)
    topics.end_session(req:body())
    return req:empty(204)
end, { api = true })
"""


class Peer(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/slow":
            time.sleep(2)
        self.send_response(302 if self.path == "/elsewhere" else 201)
        self.send_header("Location", "http://192.0.2.1/")
        self.send_header("X-Seen", self.command + " " + self.headers.get("X-Test", "-"))
        text = b"y" * 5000 if self.path == "/big" else body
        self.send_header("Content-Length", str(len(text)))
        try:
            self.end_headers()
            self.wfile.write(text)
        except OSError:
            pass  # it went away, as it was meant to

    do_GET = do_POST = do_PUT = answer

    def log_message(self, *_words):
        pass


class Mailbox(socketserver.StreamRequestHandler):
    letters = []

    def handle(self):
        self.wfile.write(b"220 test\r\n")
        data = None
        while line := self.rfile.readline():
            if data is not None:
                if line == b".\r\n":
                    self.letters.append(b"".join(data))
                    self.wfile.write(b"250 kept\r\n")
                    data = None
                else:
                    data.append(line)
            elif line.upper().startswith(b"DATA"):
                data = []
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"RCPT") and b"refused" in line:
                self.wfile.write(b"550 no such user\r\n")
            else:
                self.wfile.write(b"250 fine\r\n")


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Outside(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.peer = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Peer)
        cls.mail = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox)
        cls.url = f"http://127.0.0.1:{serve(cls.peer)}"
        cls.hall = Hall(PROGRAM, client_hosts="127.0.0.1", mail_url=f"smtp://127.0.0.1:{serve(cls.mail)}",
                        mail_from="hall@example.cn", mail_name="证书大厅")
        cls.hall.options["scripts"] = copy_scripts(cls.hall.folder, {"test/outside": HANDLERS})
        cls.hall.start()

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()
        for server in (cls.peer, cls.mail):
            server.shutdown()
            server.server_close()

    def call(self, **request):
        return self.hall.ask_json("POST", "/call", request, timeout=60)[1]

    def test_a_call_is_answered(self):
        got = self.call(url=self.url + "/x", body="内容", headers={"X-Test": "yes"})
        self.assertEqual((got["status"], got["body"], got["headers"]["x-seen"]), (201, "内容", "POST yes"))
        self.assertEqual(self.call(url=self.url + "/x", method="PUT", body="b")["headers"]["x-seen"], "PUT -")
        self.assertEqual(self.call(url=self.url + "/elsewhere")["status"], 302)

    def test_a_call_that_fails_says_how(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            free = s.getsockname()[1]
        for request, code in (({"url": "http://localhost:1/"}, "E_DENIED"), ({"url": "https://example.cn/"}, "E_DENIED"),
                              ({"url": "file:///etc/passwd"}, "E_INVALID"), ({"url": f"http://127.0.0.1:{free}/"}, "E_UNREACHABLE"),
                              ({"url": self.url + "/slow", "timeout": 200}, "E_TIMEOUT"),
                              ({"url": self.url + "/big", "limit": 100}, "E_TOO_BIG"),
                              ({"url": self.url, "headers": {"X-A": "a\r\nX-B: b"}}, "E_INVALID")):
            self.assertEqual(self.call(**request).get("code"), code, request)

    def test_a_mail_arrives(self):
        text = "您好，\n证书已制作完成。" * 50
        self.assertEqual(self.hall.ask_json("POST", "/mail", {"to": "a.b+c@example.cn", "subject": "证书制作完成：" * 6,
                                                              "text": text})[1], {"sent": True})
        raw = Mailbox.letters[-1]
        self.assertLess(max(len(line) for line in raw.split(b"\r\n")), 100)
        letter = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual((letter["Subject"], letter["To"]), ("证书制作完成：" * 6, "a.b+c@example.cn"))
        self.assertEqual((letter["From"].addresses[0].display_name, letter["From"].addresses[0].addr_spec),
                         ("证书大厅", "hall@example.cn"))
        self.assertEqual(letter.get_content().replace("\r\n", "\n").rstrip("\n"), text)
        self.assertLess(abs(letter["Date"].datetime.timestamp() - time.time()), 60)
        self.assertRegex(letter["Message-ID"], r"^<[\w-]{22}@example\.cn>$")

    def test_a_mail_cannot_be_bent(self):
        before = len(Mailbox.letters)
        for letter, code in (({"to": "a@b.cn\r\nBcc: c@d.cn"}, "E_INVALID"), ({"to": "no address"}, "E_INVALID"),
                             ({"to": "a@b.cn", "subject": "x\r\nBcc: c@d.cn"}, "E_INVALID"), ({"to": "<a@b.cn>"}, "E_INVALID"),
                             ({"to": "refused@example.cn", "subject": "x", "text": "y"}, "E_PROTOCOL")):
            self.assertEqual(self.hall.ask_json("POST", "/mail", letter)[1].get("code"), code, letter)
        self.assertEqual(len(Mailbox.letters), before)

    def listen(self, who):
        c = self.hall.connection(timeout=90)
        c.request("GET", "/listen?who=" + who)
        return c, c.getresponse()

    def test_an_event_says_that_a_topic_changed(self):
        c, r = self.listen("reader")
        self.assertEqual((r.status, r.headers["Content-Type"].split(";")[0]), (200, "text/event-stream"))
        end = time.monotonic() + 10
        while self.hall.metric("certhall_event_streams") < 1 and time.monotonic() < end:
            time.sleep(0.05)
        for topic in ("case:9", "case:2"):
            self.hall.ask("POST", "/publish", topic)
        lines = []
        while "case:2" not in "".join(lines):
            lines.append(r.readline().decode())
        self.assertNotIn("case:9", "".join(lines))
        self.hall.ask("POST", "/leave", "reader")
        while r.readline():
            pass
        c.close()

    def test_who_may_not_listen_is_told(self):
        c, r = self.listen("nobody")
        self.assertEqual(r.status, 403)
        c.close()

    @unittest.skipUnless(LONG, "waits for the question that is asked every minute")
    def test_a_right_that_is_taken_away_ends_the_stream(self):
        c, r = self.listen("revoked")
        self.assertEqual(r.status, 200)
        begun = time.monotonic()
        while r.readline():
            pass
        self.assertLess(time.monotonic() - begun, 80)
        c.close()


if __name__ == "__main__":
    unittest.main()
