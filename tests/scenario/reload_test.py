#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reloads under load, a third of them broken: no failed request, no mixed answer, flat memory.
100 reloads, or 1,000 with CERTHALL_LONG. Usage: reload_test.py CERTHALL"""
import json
import os
import sys
import threading
import unittest

from hall import Hall, copy_scripts, write

PROGRAM = os.path.abspath(sys.argv.pop(1))
RELOADS = 1000 if os.environ.get("CERTHALL_LONG") else 100
CLIENTS = 4
WARM = RELOADS // 4

FIRST = 'local second = use "test/second"\nlocal mine = %d\n' + """
http.get("/version", function(req)
    local before = second()
    if req:query("slow") then
        task.sleep(20)
    end
    return req:html(200, "test/version", { a = mine, b = before, c = second(), d = html.asset("mark.txt") })
end)
"""
SECOND = "local mine = %d\nreturn function() return mine end\n"
VIEW = '{"a":{{ a }},"b":{{ b }},"c":{{ c }},"d":%d,"asset":"{{ d }}"}'


class Reload(unittest.TestCase):
    def write(self, n, broken=None):
        """Version n on disk. A broken one misses its end, names a missing file, or fails in a template."""
        first, second, view = FIRST % n, SECOND % n, VIEW % n
        if broken == 0:
            first = first[:-5]
        elif broken == 1:
            second = 'use "test/missing"\n' + second
        elif broken == 2:
            view += "{% if %}"
        write(os.path.join(self.scripts, "test/first.lua"), first)
        write(os.path.join(self.scripts, "test/second.lua"), second)
        write(os.path.join(self.scripts, "view/test/version.html"), view)
        write(os.path.join(self.www, f"mark.{n:08x}00.txt"), f"{n}")
        before = os.path.join(self.www, f"mark.{n - 1:08x}00.txt")
        if os.path.exists(before):
            os.remove(before)

    def ask_on(self, number):
        c = self.hall.connection()
        for i in range(10**9):
            if self.done.is_set():
                c.close()
                return
            c.request("GET", "/version" + ("?slow=1" if (i + number) % 3 == 0 else ""))
            r = c.getresponse()
            body = r.read()
            if r.status != 200:
                self.failures.append((r.status, body))
                continue
            v = json.loads(body.decode().replace("&quot;", '"'))
            self.asked += 1
            self.seen.add(v["a"])
            # Modules, template and the name of a static file are all of one version.
            if len({v["a"], v["b"], v["c"], v["d"]}) != 1 or v["asset"] != f"/assets/mark.{v['a']:08x}00.txt":
                self.failures.append(("mixed", v))

    def client(self, number):
        try:
            self.ask_on(number)
        except Exception as e:  # a cut connection is a failed request
            self.failures.append((number, repr(e)))

    def test_reloads_under_load(self):
        self.hall = Hall(PROGRAM)
        self.scripts = copy_scripts(self.hall.folder, {"test/first": ""})
        self.www = os.path.join(self.hall.folder, "www")
        self.write(0)
        self.hall.options.update(scripts=self.scripts, www=self.www)
        self.failures, self.seen, self.asked = [], set(), 0
        self.done = threading.Event()
        with self.hall:
            clients = [threading.Thread(target=self.client, args=(i,)) for i in range(CLIENTS)]
            for c in clients:
                c.start()
            try:
                good, warm = self.turn()
            finally:
                self.done.set()
                for c in clients:
                    c.join()
            after = self.hall.memory()
            self.assertEqual(self.failures[:3], [])
            self.assertEqual(self.hall.metric('certhall_lua_reloads_total{result="ok"}'), good + 1)
            self.assertEqual(self.hall.metric('certhall_lua_reloads_total{result="error"}'), RELOADS - good)
            self.assertEqual(self.hall.metric("certhall_lua_generations"), 1)
            print(f"{RELOADS} reloads, {RELOADS - good} of them broken, {self.asked} requests, {len(self.seen)} versions seen, "
                  f"memory {warm >> 20} -> {after >> 20} MiB")
            self.assertGreater(len(self.seen), good // 4)
            self.assertLess(after, warm * 1.1 + (4 << 20))

    def turn(self):
        good, warm = 0, 0
        for n in range(1, RELOADS + 1):
            broken = n // 3 % 3 if n % 3 == 0 else None
            self.write(n, broken)
            line = self.hall.reload(60)
            self.assertEqual(line["msg"], "reloaded" if broken is None else "reload failed; the old one goes on", line)
            good += broken is None
            if n == WARM:
                warm = self.hall.memory()
        return good, warm


if __name__ == "__main__":
    unittest.main()
