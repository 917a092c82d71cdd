# SPDX-License-Identifier: Apache-2.0
"""Accounts from outside: what guards them holds against repeating, guessing, racing and asking around."""
import os
import re
import statistics
import sys
import tempfile
import threading
import time
import unittest
import shutil

from account_browser import (PASSWORD, Browser, code_for, inbox, new_mail, new_phone, register_by_code, staff_password)
from hall import ROOT, Hall, copy_scripts

LONG = bool(os.environ.get("CERTHALL_LONG"))
PROGRAM = os.path.abspath(sys.argv.pop(1))

# Lets a test make a session older, and change roles as an administrator would.
HELPER = """-- SPDX-License-Identifier: Apache-2.0
local digest = use "system/service/digest"
http.post("/api/v1/test/age", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        local id = crypto.sha256(v.session)
        local row = tx:get("session", id)
        row.created, row.seen = row.created - v.created, row.seen - v.seen
        tx:put("session", id, row)
    end)
    return req:json(200, {})
end, { api = true })
http.post("/api/v1/test/roles", function(req)
    local v = req:body_json()
    local person = digest("person", "staff:" .. v.login)
    local function key(name)
        return store.list("account", { index = "login", equal = { name }, limit = 1 }).rows[1].key
    end
    local by, account = key("admin1"), key(v.login)
    store.tx(function(tx)
        tx:staff_set { account = account, person = person, roles = v.roles, by = by, as = "admin" }
    end)
    return req:json(200, {})
end, { api = true })
"""


def setUpModule():
    folder = tempfile.mkdtemp(prefix="accounts-")
    scripts = copy_scripts(folder, {"test_accounts": HELPER})
    globals()["HALL"] = Hall(PROGRAM, scripts=scripts, www=os.path.join(ROOT, "www/dist")).start()
    globals()["FOLDER"] = folder


def tearDownModule():
    HALL.close()
    shutil.rmtree(FOLDER, ignore_errors=True)


def browser(source=None):
    return Browser(HALL, source)


def side_by_side(n, work):
    """Runs work(i) n times at once; the results."""
    results, gate = [None] * n, threading.Barrier(n)

    def run(i):
        gate.wait()
        results[i] = work(i)
    threads = [threading.Thread(target=run, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return results


def registration(captcha, **more):
    return {"phone": new_phone(), "email": new_mail(), "shown": "phone", "password": PASSWORD, "password2": PASSWORD,
            "captcha": captcha, **more}


class Captcha(unittest.TestCase):
    def test_one_success_for_one_captcha_however_often_and_at_once(self):
        b = browser()
        token = b.token("/register")
        answer = b.captcha("register")
        n = 200 if LONG else 24
        results = side_by_side(n, lambda i: b.post("/register", {**registration(answer), "_csrf": token}))
        self.assertEqual(sum("注册成功" in r.text for r in results), 1)
        for _ in range(5):
            self.assertEqual(b.post("/register", {**registration(answer), "_csrf": token}).status, 422)

    def test_it_belongs_to_one_browser_and_one_purpose(self):
        b = browser()
        b.token("/register")
        answer = b.captcha("register")
        for _ in range(20):
            other = browser()
            self.assertEqual(other.send("/register", registration(answer)).status, 422)
        b.get("/captcha?for=login")
        self.assertIn("注册成功", b.send("/register", registration(answer)).text)

    def test_five_wrong_answers_end_it(self):
        b = browser()
        token = b.token("/register")
        answer = b.captcha("register")
        for _ in range(5):
            self.assertIn("captcha", b.post("/register", {**registration("zzzzz"), "_csrf": token}).errors())
        self.assertIn("失效", b.post("/register", {**registration(answer), "_csrf": token}).errors()["captcha"])

    def test_a_right_answer_lasts_while_other_fields_are_mended(self):
        b = browser()
        token = b.token("/register")
        answer = b.captcha("register")
        wrong = b.post("/register", {**registration(answer, phone="1"), "_csrf": token})
        self.assertEqual(list(wrong.errors()), ["phone"])
        self.assertIn("验证码已通过", wrong.text)
        self.assertIn("注册成功", b.post("/register", {**registration(""), "_csrf": token}).text)

    def test_the_answer_is_nowhere_in_what_the_browser_gets(self):
        b = browser()
        page = b.get("/register")
        answer = b.captcha("register")
        self.assertNotIn(answer, page.text + "".join(b.cookies.values()))


class Codes(unittest.TestCase):
    def test_one_code_a_minute_for_a_number_from_however_many_addresses(self):
        phone = new_phone()

        def ask(i):
            b = browser(f"127.0.{1 + i // 200}.{1 + i % 200}")
            return b.send("/register", {"phone": phone, "_way": "sms", "_send_sms": "yes"}).status
        statuses = [s for start in range(0, 200 if LONG else 40, 20) for s in side_by_side(20, lambda i: ask(start + i))]
        self.assertEqual(statuses.count(200), 1)
        self.assertEqual(len(inbox(HALL, phone)), 1)

    def test_one_network_is_slowed_down(self):
        b = browser("127.0.9.9")
        token = b.token("/register")
        sent = [b.post("/code", {"purpose": "register", "to": new_phone(), "_csrf": token}).status for _ in range(30)]
        self.assertEqual(sent.count(200), 20)
        self.assertEqual(sent[-1], 422)

    def test_a_code_is_good_once_and_for_its_number(self):
        b, phone = browser(), new_phone()
        b.send("/register", {"phone": phone, "_way": "sms", "_send_sms": "yes"})
        given = {"_way": "sms", "sms": code_for(HALL, phone)}
        self.assertIn("sms", b.send("/register", registration("", **given)).errors())
        self.assertIn("注册成功", b.send("/register", registration("", phone=phone, **given)).text)
        self.assertIn("sms", b.send("/register", registration("", phone=phone, **given)).errors())

    def test_guessing_ends_after_five(self):
        b, phone = browser(), new_phone()
        b.send("/register", {"phone": phone, "_way": "sms", "_send_sms": "yes"})
        code = code_for(HALL, phone)
        for _ in range(5):
            b.send("/register", registration("", phone=phone, _way="sms", sms="%06d" % ((int(code) + 1) % 1000000)))
        self.assertIn("失效", b.send("/register", registration("", phone=phone, _way="sms", sms=code)).errors()["sms"])


class Sessions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.phone = new_phone()
        register_by_code(browser(), cls.phone, new_mail())

    def logged_in(self):
        b = browser()
        self.assertEqual(b.login(self.phone).status, 303)
        return b

    def status(self, token):
        return browser().call("GET", "/api/v1/account", bearer=token).status

    def test_login_takes_no_id_that_was_there_before(self):
        seen = set()
        for _ in range(20 if LONG else 5):
            b = browser()
            b.cookies["session"] = "A" * 22
            b.login(self.phone)
            self.assertNotEqual(b.cookies["session"], "A" * 22)
            seen.add(b.cookies["session"])
        self.assertEqual(len(seen), 20 if LONG else 5)
        self.assertEqual(self.status("A" * 22), 401)

    def test_a_second_login_ends_the_browsers_first_session(self):
        b = self.logged_in()
        first = b.cookies["session"]
        b.call("POST", "/api/v1/sessions", {"account": self.phone, "password": PASSWORD})
        self.assertEqual((self.status(first), self.status(b.cookies["session"])), (401, 200))

    def test_logout_ends_it_on_the_server(self):
        b = self.logged_in()
        old = b.cookies["session"]
        self.assertEqual(b.send("/user/account", {}, "/logout").status, 303)
        self.assertNotIn("session", b.cookies)
        self.assertEqual(self.status(old), 401)

    def test_idle_and_absolute_end(self):
        for aged in ({"created": 0, "seen": 31 * 60000}, {"created": 8 * 3600000 + 1000, "seen": 0}):
            b = self.logged_in()
            old = b.cookies["session"]
            self.assertEqual(self.status(old), 200)
            b.call("POST", "/api/v1/test/age", {"session": old, **aged})
            self.assertEqual(self.status(old), 401)

    def test_a_change_of_password_ends_all_and_begins_one(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        a, b = browser(), browser()
        a.login(phone)
        b.login(phone)
        old, other = a.cookies["session"], b.cookies["session"]
        new = PASSWORD + "-2"
        self.assertEqual(a.send("/user/account/password", {"current": "x", "password": new, "password2": new}).status, 422)
        self.assertEqual(a.send("/user/account/password", {"current": PASSWORD, "password": new, "password2": new}).status, 303)
        self.assertEqual((self.status(old), self.status(other), self.status(a.cookies["session"])), (401, 401, 200))
        self.assertIn("密码", inbox(HALL, phone)[0]["text"])
        self.assertEqual(browser().login(phone).status, 422)
        self.assertEqual(browser().login(phone, new).status, 303)

    def test_a_change_of_roles_ends_them(self):
        b = browser()
        b.login("counter1", staff_password(HALL, "counter1"))
        old = b.cookies["session"]
        self.assertEqual(self.status(old), 200)
        for roles in (["counter", "cashier"], ["counter"]):
            b.call("POST", "/api/v1/test/roles", {"login": "counter1", "roles": roles})
            self.assertEqual(self.status(old) if roles != ["counter"] else 401, 401)

    def test_one_device_ends_another(self):
        a, b = self.logged_in(), self.logged_in()
        ids = re.findall(r'name="session" value="([0-9a-f]{64})"', a.get("/user/account").text)
        self.assertGreaterEqual(len(ids), 2)
        self.assertEqual(a.send("/user/account", {"session": "others"}, "/user/account/sessions").status, 303)
        self.assertEqual((self.status(a.cookies["session"]), self.status(b.cookies["session"])), (200, 401))

    def test_the_cookie_is_not_for_scripts(self):
        b = browser()
        line = b.login(self.phone).headers["Set-Cookie"]
        self.assertRegex(line, r"^session=[\w-]{22}; Path=/; HttpOnly; SameSite=Lax$")


class Guessing(unittest.TestCase):
    def test_five_failures_ask_for_a_captcha_and_ten_for_patience(self):
        phone, b = new_phone(), browser()
        register_by_code(browser(), phone, new_mail())
        for i in range(5):
            answer = b.login(phone, "wrong")
            self.assertEqual(('name="captcha"' in answer.text, answer.status), (i == 4, 422))
        self.assertIn("captcha", b.login(phone).errors())
        for _ in range(5):
            captcha = b.captcha("login")
            self.assertIn("account", b.send("/login", {"account": phone, "password": "wrong", "captcha": captcha}).errors())
        answer = b.send("/login", {"account": phone, "password": PASSWORD, "captcha": b.captcha("login")})
        self.assertEqual(answer.status, 429)
        self.unlock(phone)

    def unlock(self, phone):
        """Whoever has the phone is not locked out by others' failures."""
        b, new = browser(), PASSWORD + "-neu"
        time.sleep(0.1)
        answer = b.send("/forgot", {"account": phone, "_send_sms": "yes"})
        if "频繁" in answer.text:  # the code of the registration was sent less than a minute ago
            time.sleep(61)
            b.send("/forgot", {"account": phone, "_send_sms": "yes"})
        answer = b.send("/forgot", {"account": phone, "sms": code_for(HALL, phone), "password": new, "password2": new})
        self.assertEqual(answer.to, "/login?said=password")
        self.assertEqual(browser().login(phone, new).status, 303)

    def test_tries_side_by_side_are_all_counted(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        tokens = [(b, b.token("/login")) for b in (browser() for _ in range(16))]
        results = side_by_side(16, lambda i: tokens[i][0].post(
            "/login", {"account": phone, "password": f"wrong{i}", "_csrf": tokens[i][1]}))
        self.assertEqual(sum("用户名或密码不正确" in r.text for r in results), 5)


class SameAnswers(unittest.TestCase):
    def test_login_and_forgot_say_the_same_of_known_and_unknown(self):
        phone, mail, unknown = new_phone(), new_mail(), new_phone()
        register_by_code(browser(), phone, mail)
        for page, fields in (("/login", {"password": "wrong-password"}),
                             ("/forgot", {"sms": "000000", "password": PASSWORD, "password2": PASSWORD})):
            known, other = (browser().send(page, {"account": name, **fields}) for name in (phone, unknown))
            self.assertEqual((known.status, known.main()), (other.status, other.main()), page)

    def test_asking_for_a_code_tells_nothing(self):
        unknown = new_phone()
        known, other = (browser().send("/forgot", {"account": name, "_send_sms": "yes"}) for name in ("admin1", unknown))
        self.assertEqual((known.status, known.main()), (other.status, other.main()))
        self.assertEqual(inbox(HALL, unknown), [])

    def test_registering_with_a_captcha_tells_nothing(self):
        phone, mail = new_phone(), new_mail()
        register_by_code(browser(), phone, mail)

        def words(p, m):
            b = browser()
            b.token("/register")
            answer = b.send("/register", registration(b.captcha("register"), phone=p, email=m))
            return answer.status, answer.main().replace(p, "").replace(m, "")
        self.assertEqual(words(phone, mail), words(new_phone(), new_mail()))

    def test_a_taken_phone_is_told_to_its_owner_only(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        b = browser()
        time.sleep(61 if LONG else 0)
        if LONG:
            b.send("/register", {"phone": phone, "_way": "sms", "_send_sms": "yes"})
            answer = b.send("/register", registration("", phone=phone, _way="sms", sms=code_for(HALL, phone)))
            self.assertIn("已经注册过", answer.errors()["phone"])
        answer = b.send("/register", registration("", phone=phone, _way="sms", sms="000000"))
        self.assertEqual(list(answer.errors()), ["sms"])

    def test_the_time_tells_nothing(self):
        names = [new_phone(), new_phone()]
        register_by_code(browser(), names[0], new_mail())
        times = {name: [] for name in names}
        for i in range(400 if LONG else 5):
            for name in names:
                b = browser(f"127.0.3.{1 + i % 250}")
                token = b.token("/login")
                begun = time.perf_counter()
                b.post("/login", {"account": name, "password": "wrong", "_csrf": token})
                times[name].append(time.perf_counter() - begun)
        known, unknown = (statistics.median(times[name]) for name in names)
        self.assertLess(abs(known - unknown), 0.5 * max(known, unknown))


class Forms(unittest.TestCase):
    def test_every_form_wants_its_token_and_its_own_origin(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        b = browser()
        b.login(phone)
        foreign = {"Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-site"}
        paths = ["/login", "/register", "/forgot", "/logout", "/code", "/confirm/x", "/user/account/sessions", "/user/account/password",
                 "/user/account/email", "/user/account/phone", "/user/account/phone/keep"]
        token = b.token("/user/account")
        stranger = browser().token("/login")
        for path in paths:
            self.assertEqual(b.post(path, {}).status, 403, path)
            self.assertEqual(b.post(path, {"_csrf": stranger}).status, 403, path)
            self.assertEqual(b.post(path, {"_csrf": token}, **foreign).status, 403, path)
        self.assertEqual(b.ask("POST", "/api/v1/sessions", "{}", {"Content-Type": "text/plain"}).status, 415)
        self.assertEqual(browser().call("GET", "/api/v1/account", bearer=b.cookies["session"]).status, 200)

    def test_what_was_posted_after_the_end_is_kept_for_its_owner(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        b, elsewhere = browser(), browser()
        b.login(phone)
        elsewhere.login(phone)
        token = b.token("/user/account/email")
        elsewhere.send("/user/account", {"session": "others"}, "/user/account/sessions")
        answer = b.post("/user/account/email", {"_csrf": token, "email": "new@example.com", "current": PASSWORD})
        self.assertEqual(answer.to, "/login?said=kept")
        stranger = browser()
        stranger.login(phone)
        self.assertEqual(stranger.get("/login/resume").status, 303)
        self.assertEqual(b.login(phone).to, "/login/resume")
        page = b.get("/login/resume").text
        self.assertIn('action="/user/account/email"', page)
        self.assertIn("new@example.com", page)
        self.assertNotIn(PASSWORD, page)

    def test_it_is_not_shown_to_another_account_on_the_same_browser(self):
        phones = [new_phone(), new_phone()]
        for phone in phones:
            register_by_code(browser(), phone, new_mail())
        b = browser()
        b.login(phones[0])
        token = b.token("/user/account/email")
        b.call("POST", "/api/v1/test/age", {"session": b.cookies["session"], "created": 0, "seen": 31 * 60000})
        self.assertEqual(b.post("/user/account/email", {"_csrf": token, "email": "x@example.com"}).to, "/login?said=kept")
        self.assertEqual(b.login(phones[1]).to, "/user")
        self.assertEqual(b.get("/login/resume").status, 303)

    def test_login_leads_back_but_never_away(self):
        phone = new_phone()
        register_by_code(browser(), phone, new_mail())
        for to, wanted in (("/user/account?a=1", "/user/account?a=1"), ("//evil.example", "/user"), ("/\\evil.example", "/user"),
                           ("https://evil.example", "/user"), ("/x\r\nSet-Cookie: a=b", "/user")):
            b = browser()
            answer = b.send("/login", {"account": phone, "password": PASSWORD, "to": to})
            self.assertEqual(answer.to, wanted)


class Confirming(unittest.TestCase):
    def link(self, mail):
        return re.search(r"/confirm/[\w-]+", inbox(HALL, mail)[0]["text"])[0]

    def test_a_captcha_and_the_mailed_link_make_an_account(self):
        for phone, names in ((new_phone(), 1), ("0731-8%07d" % (time.time_ns() // 1000 % 10 ** 7), 2)):
            b, mail = browser(), new_mail()
            b.token("/register")
            self.assertIn("注册成功", b.send("/register", registration(b.captcha("register"), phone=phone, email=mail)).text)
            self.assertEqual(b.login(mail).status, 422)
            path = self.link(mail)
            b.get(path)
            self.assertEqual(browser().login(mail).status, 422)  # looking changes nothing
            self.assertIn("邮箱已确认", b.send(path, {}).text)
            self.assertEqual(b.send(path, {}).status, 403)  # used up: no form to take a token from
            self.assertEqual([browser().login(n).status for n in (mail, phone)], [303, 303 if names == 2 else 422])

    def test_a_mailbox_belongs_to_one_account(self):
        mail, links = new_mail(), []
        for _ in range(2):
            b = browser()
            b.token("/register")
            b.send("/register", registration(b.captcha("register"), email=mail))
            links.append(self.link(mail))
        self.assertEqual([browser().send(path, {}).status for path in links], [200, 409])

    def test_another_phone_waits_two_days_and_can_be_stopped(self):
        phone, mail, new = new_phone(), new_mail(), new_phone()
        register_by_code(browser(), phone, mail)
        b = browser()
        b.login(phone)
        self.assertIn("请先", b.get("/user/account/phone").text)
        b.send(self.link(mail), {})
        b.send("/user/account/phone", {"phone": new, "_send_sms": "yes"})
        b.send("/user/account/phone", {"phone": new, "_send_mail": "yes"})
        proofs = {"phone": new, "current": PASSWORD, "sms": code_for(HALL, new), "mail": code_for(HALL, mail)}
        self.assertEqual(b.send("/user/account/phone", {**proofs, "mail": "000000"}).status, 422)
        self.assertEqual(b.send("/user/account/phone", proofs).to, "/user/account?said=waits")
        self.assertIn("48 小时", inbox(HALL, phone)[0]["text"])
        self.assertEqual((browser().login(new).status, browser().login(phone).status), (422, 303))
        self.assertIn("取消更换", b.get("/user/account").text)
        self.assertEqual(b.send("/user/account", {}, "/user/account/phone/keep").status, 303)
        self.assertNotIn("取消更换", b.get("/user/account").text)


class Programs(unittest.TestCase):
    def test_register_log_in_change_and_leave(self):
        b, phone = browser(), new_phone()
        challenge = b.call("POST", "/api/v1/codes", {"purpose": "register", "by": "code", "to": phone}).json()["challenge"]
        wanted = {"phone": phone, "email": new_mail(), "password": PASSWORD, "challenge": challenge, "by": "code"}
        self.assertEqual(b.call("POST", "/api/v1/accounts", {**wanted, "answer": "0"}).status, 422)
        answer = {**wanted, "answer": code_for(HALL, phone)}
        self.assertEqual([b.call("POST", "/api/v1/accounts", answer).status for _ in range(2)], [201, 422])
        token = b.call("POST", "/api/v1/sessions", {"account": phone, "password": PASSWORD}).json()["token"]
        me = browser()
        self.assertEqual(me.call("GET", "/api/v1/account", bearer=token).json()["name"], phone)
        changed = me.call("PATCH", "/api/v1/account", {"current": PASSWORD, "password": PASSWORD + "3"}, bearer=token)
        self.assertEqual(changed.status, 200)
        self.assertEqual(browser().call("GET", "/api/v1/account", bearer=token).status, 401)
        fresh = changed.json()["token"]
        self.assertEqual(browser().call("DELETE", "/api/v1/sessions/current", bearer=fresh).status, 204)
        self.assertEqual(browser().call("GET", "/api/v1/account", bearer=fresh).status, 401)


if __name__ == "__main__":
    unittest.main(verbosity=2)
