#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The built server from outside: start, commands, signals, failures, a form. Usage: app_test.py CERTHALL"""
import json
import os
import re
import signal
import socket
import stat
import sys
import tempfile
import threading
import time
import unittest

from hall import Hall, copy_scripts, write
from journey import Applicant
from visitor import Visitor

PROGRAM = os.path.abspath(sys.argv.pop(1))
GUARDED = """
local guard = use "system/service/guard"
local function fault()
    return {} + 1
end
http.get("/guarded", guard.optional(function(req)
    task.sleep(1)
    fault()
end))
"""
SLOW = """
http.get("/slow", function(req)
    task.sleep(1500)
    return req:text(200, "slept")
end)
http.get("/broken", function(req)
    error("no account for 13800138000")
end)
http.get("/version", function(req)
    return req:text(200, "one")
end)
"""


def mode(path):
    return stat.S_IMODE(os.stat(path).st_mode)


class Start(unittest.TestCase):
    def test_an_empty_directory_becomes_a_hall(self):
        with Hall(PROGRAM, https="127.0.0.1:0") as hall:
            self.assertEqual((mode(hall.data), mode(hall.key)), (0o700, 0o400))
            status, headers, body = hall.get("/")
            self.assertEqual(status, 200)
            self.assertIn("<h1", body.decode())
            self.assertIn("签发端未隔离", body.decode())
            self.assertIn("Content-Security-Policy", headers)
            self.assertTrue(hall.urls["https"].startswith("https://127.0.0.1:"))

    def test_admin_answers(self):
        with Hall(PROGRAM) as hall:
            self.assertEqual(hall.get("/healthz", entrance="admin")[0], 200)
            status, _, body = hall.get("/readyz", entrance="admin")
            checks = {c["name"]: c["status"] for c in json.loads(body)}
            self.assertEqual(status, 200, body)
            self.assertEqual(set(checks.values()), {"ok"}, checks)
            self.assertLessEqual({"store", "scripts", "disk", "clock"}, set(checks))
            self.check_metrics(hall.get("/metrics", entrance="admin")[2].decode())
            self.assertEqual(hall.get("/metrics")[0], 404)
            self.assertEqual(hall.ask("PUT", "/debug/loglevel", "debug", entrance="admin")[0], 200)
            self.assertEqual(hall.get("/debug/loglevel", entrance="admin")[2], b"debug\n")
            self.assertEqual(hall.ask("PUT", "/debug/loglevel", "loud", entrance="admin")[0], 422)

    def check_metrics(self, text):
        sample = re.compile(r'^[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? [0-9.e+-]+$')
        for line in text.rstrip("\n").split("\n"):
            self.assertTrue(line.startswith(("# HELP certhall_", "# TYPE certhall_", "# HELP process_", "# TYPE process_"))
                            or sample.match(line), line)
        for name in ("certhall_http_requests_total", "certhall_http_request_duration_seconds_bucket", "certhall_connections ",
                     "certhall_lua_reloads_total", "certhall_lua_errors_total", "certhall_script_info", "certhall_build_info",
                     "certhall_lmdb_map_used_bytes", "certhall_upload_bytes_total", "certhall_event_streams",
                     "certhall_client_calls_total", "process_"):
            self.assertIn(name, text)

    def test_maintenance_file_turns_readyz_red(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "down")
            with Hall(PROGRAM, maintenance_file=path) as hall:
                self.assertEqual(hall.get("/readyz", entrance="admin")[0], 200)
                write(path, "")
                self.assertEqual(hall.get("/readyz", entrance="admin")[0], 503)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to become somebody else")
    def test_a_start_without_rights(self):
        before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        hall = Hall(PROGRAM, before=before)
        os.chown(hall.folder, 65534, 65534)
        del hall.options["data"], hall.options["seal_key_file"]  # the defaults lie in the user's own folders
        with hall:
            with open(f"/proc/{hall.process.pid}/status", encoding="ascii") as f:
                self.assertIn("Uid:\t65534\t65534\t65534\t65534", f.read())
            self.assertEqual(hall.get("/")[0], 200)
            data = os.path.join(hall.folder, ".local/share/certhall")
            self.assertEqual((mode(data), os.stat(data).st_uid), (0o700, 65534))
            self.assertEqual(mode(os.path.join(hall.folder, ".config/certhall/seal.key")), 0o400)

    @unittest.skipUnless(os.geteuid() == 0, "needs root to give rights away")
    def test_root_becomes_the_user(self):
        hall = Hall(PROGRAM, user="nobody")
        os.chmod(hall.folder, 0o755)
        with hall:
            with open(f"/proc/{hall.process.pid}/status", encoding="ascii") as f:
                self.assertIn("Uid:\t65534\t65534\t65534\t65534", f.read())
            self.assertEqual(os.stat(hall.data).st_uid, 65534)
            self.assertEqual(os.stat(hall.key).st_uid, 0)
            self.assertEqual(hall.get("/readyz", entrance="admin")[0], 200)


class Commands(unittest.TestCase):
    def test_they_work_without_a_server(self):
        hall = Hall(PROGRAM)
        data = ["--data", os.path.join(hall.folder, "d"), "--seal-key-file", os.path.join(hall.folder, "k/seal.key")]
        for words, code, says in (
                (["version"], 0, "certhall"), (["--version"], 0, "certhall"), (["help"], 0, "serve"), (["--help"], 0, "serve"),
                (["options"], 0, "--max-connections"), (["options", "--markdown"], 0, "| `mode` |"),
                (["check", *data], 0, "not there yet"), (["routes"], 0, "/apply/{kind}"), (["init", *data], 0, "seal key"),
                (["check", *data], 0, "data       ok"), (["init", *data], 0, "was there already"),
                (["reload", *data], 1, ""), (["ready", "--admin", "127.0.0.1:9"], 1, ""), (["nonsense"], 2, ""),
                (["serve", "extra"], 2, ""), (["check", "--no-such-option"], 2, "")):
            done = hall.command(*words)
            self.assertEqual(done.returncode, code, (words, done.stdout, done.stderr))
            self.assertIn(says, done.stdout, words)
            if code:
                self.assertRegex(done.stderr, r"\Acerthall: .+\n", words)
        self.assertEqual((mode(data[1]), mode(data[3])), (0o700, 0o400))
        hall.close()

    def test_broken_scripts_are_named(self):
        hall = Hall(PROGRAM)
        scripts = copy_scripts(hall.folder)
        write(os.path.join(scripts, "main.lua"), 'use "lib/helpers"\nhttp.get("/", nil)\n')
        done = hall.command("routes", "--scripts", scripts)
        self.assertEqual(done.returncode, 1)
        self.assertIn("main.lua:2", done.stderr)
        done = hall.command("check", "--scripts", scripts)
        self.assertEqual(done.returncode, 1)
        self.assertIn("main.lua:2", done.stdout)
        hall.close()

    def test_they_work_beside_a_server(self):
        with Hall(PROGRAM) as hall:
            admin = hall.urls["admin"].removeprefix("http://")
            done = hall.command("ready", "--admin", admin)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn('"store"', done.stdout)
            since = len(hall.lines)
            self.assertEqual(hall.command("reload", "--data", hall.data).returncode, 0)
            hall.wait_line(lambda l: l.get("what") == "scripts", since=since)


class Signals(unittest.TestCase):
    def test_hup_loads_scripts_anew(self):
        hall = Hall(PROGRAM)
        scripts = copy_scripts(hall.folder, {"test/extra": SLOW})
        hall.options["scripts"] = scripts
        extra = os.path.join(scripts, "test/extra.lua")
        with hall:
            self.assertEqual(hall.get("/version")[2], b"one")
            write(extra, SLOW.replace('"one"', '"two"'))
            self.assertEqual(hall.reload()["msg"], "reloaded")
            self.assertEqual(hall.get("/version")[2], b"two")
            write(extra, SLOW.replace('"one"', '"three"') + "\nend")
            line = hall.reload()
            self.assertEqual((line["level"], line["where"]), ("error", "test/extra.lua:13"))
            self.assertEqual(hall.get("/version")[2], b"two")
            warned = {c["name"]: c for c in json.loads(hall.get("/readyz", entrance="admin")[2])}["last_reload"]
            self.assertEqual(warned["status"], "warn")
            self.assertIn("extra.lua:13", warned["reason"])
            write(extra, SLOW.replace('"one"', '"four"'))
            self.assertEqual(hall.reload()["msg"], "reloaded")
            self.assertEqual(hall.get("/version")[2], b"four")
            self.assertEqual(hall.metric('certhall_lua_reloads_total{result="error"}'), 1)

    def test_watch_loads_what_changed(self):
        hall = Hall(PROGRAM)
        scripts = copy_scripts(hall.folder, {"test/extra": SLOW})
        hall.options.update(scripts=scripts, watch=True)
        with hall:
            since = len(hall.lines)
            write(os.path.join(scripts, "test/extra.lua"), SLOW.replace('"one"', '"two"'))
            hall.wait_line(lambda l: l.get("what") == "scripts", since=since)
            self.assertEqual(hall.get("/version")[2], b"two")

    def test_term_lets_requests_finish(self):
        hall = Hall(PROGRAM)
        hall.options["scripts"] = copy_scripts(hall.folder, {"test/extra": SLOW})
        hall.start()
        answers = []
        asker = threading.Thread(target=lambda: answers.append(hall.get("/slow")))
        asker.start()
        time.sleep(0.5)
        hall.tell(signal.SIGTERM)
        hall.wait_line(lambda l: l["msg"] == "draining")
        self.assertEqual(hall.get("/readyz", entrance="admin")[0], 503)
        with self.assertRaises(OSError):
            hall.get("/")
        asker.join()
        self.assertEqual((answers[0][0], answers[0][2]), (200, b"slept"))
        while hall.process.poll() is None:  # more of them change nothing
            hall.tell(signal.SIGTERM)
        hall.close()

    def test_a_second_start_on_the_same_data_is_refused(self):
        with Hall(PROGRAM) as hall:
            other = Hall(PROGRAM, folder=hall.folder)
            done = other.command("serve", *other.words())
            self.assertNotEqual(done.returncode, 0)
            self.assertRegex(done.stderr.strip().split("\n")[-1], "another process|already|in use|belongs")


class Failures(unittest.TestCase):
    def refused(self, hall, pattern):
        done = hall.command("serve", *hall.words())
        self.assertNotEqual(done.returncode, 0)
        said = [l for l in done.stderr.split("\n") if l.startswith("certhall: ")]
        self.assertEqual(len(said), 1, done.stderr)
        self.assertRegex(said[0], pattern)
        self.assertNotIn("Sanitizer", done.stderr)

    def nothing_made(self, hall):
        left = [os.path.join(d, n) for d, ds, fs in os.walk(hall.folder) for n in ds + fs]
        self.assertEqual([p for p in left if "certhall" in p or "seal.key" in p], [])

    def test_the_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as s:
            hall = Hall(PROGRAM, http=f"127.0.0.1:{s.getsockname()[1]}")
            self.refused(hall, rf"127\.0\.0\.1:{s.getsockname()[1]}.*in use")
            self.nothing_made(hall)
        hall.close()

    def test_no_room_on_the_disk(self):
        hall = Hall(PROGRAM, disk_free_mib=1048576)
        self.refused(hall, r"has \d+ MiB left")
        self.nothing_made(hall)
        hall.close()

    def test_wrong_rights(self):
        hall = Hall(PROGRAM)
        words = ["--data", hall.data, "--seal-key-file", hall.key]
        self.assertEqual(hall.command("init", *words).returncode, 0)
        os.chmod(hall.data, 0o755)
        self.refused(hall, r"open to other users \(mode 0755\); run: chmod 700")
        os.chmod(hall.data, 0o700)
        os.chmod(hall.key, 0o644)
        self.refused(hall, r"seal key .* is open to other users .*chmod 400")
        os.chmod(hall.key, 0o600)
        write(hall.key, "short")
        self.refused(hall, r"seal key .* has 5 bytes instead of 32")
        hall.close()

    def test_another_key(self):
        hall = Hall(PROGRAM)
        hall.start()
        hall.stop()
        os.chmod(hall.key, 0o600)
        with open(hall.key, "wb") as f:
            f.write(b"k" * 32)
        self.refused(hall, "key")
        hall.close()

    def test_scripts_that_are_not_there(self):
        hall = Hall(PROGRAM, scripts="/nonexistent/scripts")
        self.refused(hall, "/nonexistent/scripts")
        hall.close()

    def test_wrong_options(self):
        for words, pattern in ((["--http", "8080"], "http must be an address"), (["--mode", "prod"], "mode must be one of"),
                               (["--htp", "off"], "http"), (["--mail-url", "smtps://m.example:465"], "mail_from")):
            hall = Hall(PROGRAM)
            done = hall.command("serve", *words)
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, r"\Acerthall: .*" + pattern)
            hall.close()


class Whole(unittest.TestCase):
    """A form, its check, a durable row, a list, a job: by a page and by a program, and the same after a restart."""

    def test_form_check_row_list_job_and_restart(self):
        hall = Hall(PROGRAM).start()
        made = Applicant(hall.urls["http"], 7)
        self.addCleanup(made.close)
        made.register()  # with a code that a job sent
        visitor = Visitor(hall).login(made.person.phone, made.person.password)
        key = self.begin(hall, visitor)
        self.fill(visitor, key)
        made.key = made.begin()
        number = made.get(f"/api/v1/cases/{key}")["number"]
        self.assertRegex(number, r"^\d{20}$")
        self.check_list(visitor.get("/user/records"), number)
        self.assertEqual(hall.stop(), 0)
        before = list(hall.lines)
        hall.start()
        again = Applicant(hall.urls["http"], 7).login(made.person.phone, made.person.password)
        self.addCleanup(again.close)
        row = again.get(f"/api/v1/cases/{key}")
        self.assertEqual((row["number"], row["values"]["handler_name"], row["values"]["handler_phone"]), (number, "李四", "13900139000"))
        self.assertEqual([c["key"] for c in again.get("/api/v1/cases")["items"]], [made.key, key])
        self.check_list(Visitor(hall).login(made.person.phone, made.person.password).get("/user/records"), number)
        hall.close()
        self.check_log(before + hall.lines)

    def begin(self, hall, visitor):
        """A draft by the agreement's page; a form without its token makes none."""
        status, _, _ = hall.ask("POST", "/apply/unit_issue/agreement", "version=x", {
            "Content-Type": "application/x-www-form-urlencoded", "Cookie": "session=" + visitor.cookies["session"]})
        self.assertEqual(status, 403)
        visitor.get("/apply/unit_issue/agreement")
        visitor.post(visitor.path, {"version": visitor.hidden("version"), "from": ""})
        return re.search(r"/case/([0-9A-Za-z_-]{26})/form/", visitor.path).group(1)

    def fill(self, visitor, key):
        path = f"/case/{key}/form/handler"
        values = {"handler_name": "李四", "handler_phone": "1390013", "handler_email": "li@hall.example",
                  "handler_document_type": "idcard", "handler_document_no": "430102199003070012"}
        visitor.get(path).post(path, {**values, "_rev": visitor.hidden("_rev")})
        self.assertEqual(visitor.status, 422)
        self.assertIn("应为 11 位数字", visitor.text())
        self.assertIn('value="1390013"', visitor.page)
        visitor.post(path, {**values, "handler_phone": "139-0013-9000", "_rev": visitor.hidden("_rev")}, follow=False)
        self.assertEqual(visitor.status, 303, visitor.text()[:2000])

    def check_list(self, visitor, number):
        self.assertIn(number, re.sub(r"\s", "", visitor.text()))
        self.assertIn("记录数 2 条", visitor.text())

    def check_log(self, lines):
        for line in lines:
            json.loads(line)
            self.assertNotRegex(line, r"(?<!\d)1[3-9]\d{9}(?!\d)")

    def test_problems_are_rfc_9457(self):
        with Hall(PROGRAM) as hall:
            login = "/api/v1/sessions"
            status, headers, body = hall.ask("POST", login, "{}", {"Content-Type": "application/json"})
            problem = json.loads(body)
            self.assertEqual((status, headers["Content-Type"]), (422, "application/problem+json"))
            self.assertEqual({(e["field"], e["code"]) for e in problem["errors"]}, {("account", "missing"), ("password", "missing")})
            self.assertEqual(hall.ask("POST", login, "{", {"Content-Type": "application/json"})[0], 400)
            self.assertEqual(hall.ask("POST", login, "{}", {"Content-Type": "text/plain"})[0], 415)
            self.assertEqual(hall.get("/api/v1/cases/" + "x" * 26)[0], 401)
            self.assertEqual(hall.get("/nowhere")[0], 404)
            self.assertEqual(hall.ask("DELETE", "/about")[0], 405)

    def test_a_fault_has_a_number_and_leaves_a_trace(self):
        hall = Hall(PROGRAM)
        hall.options["scripts"] = copy_scripts(hall.folder, {"test/extra": 'use "test/guarded"' + SLOW, "test/guarded": GUARDED})
        with hall:
            status, _, body = hall.get("/broken")
            self.assertEqual(status, 500)
            number = re.search(r"编号 ([0-9a-f]{16})", body.decode()).group(1)
            line = hall.wait_line(lambda l: l.get("request") == number)
            self.assertEqual((line["level"], line["error"]), ("error", "E_SCRIPT"))
            self.assertIn("test/extra.lua:7", line["trace"])
            self.assertIn("138****8000", line["message"])
            self.assertNotIn("extra.lua", body.decode())
            self.check_guarded(hall)
        self.check_log(hall.lines)

    def check_guarded(self, hall):
        """Behind a guard the log says where it was as well, even after waiting."""
        status, _, body = hall.get("/guarded")
        self.assertEqual(status, 500)
        number = re.search(r"编号 ([0-9a-f]{16})", body.decode()).group(1)
        noted = hall.wait_line(lambda l: l.get("request") == number and "places" in l)
        self.assertRegex(noted["places"], r"test/guarded\.lua:4: .*test/guarded\.lua:8:")
        line = hall.wait_line(lambda l: l.get("request") == number and l["msg"] == "handler failed")
        self.assertIn("test/guarded.lua:4:", line["message"])


if __name__ == "__main__":
    unittest.main()
