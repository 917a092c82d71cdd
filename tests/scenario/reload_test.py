#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reloads of scripts and publications of business rules at 500 requests a second, a third of them broken or refused: no failed
request, no mixed answer, flat memory. 150 reloads and 300 publications, or 10,000 each with CERTHALL_LONG.
Usage: reload_test.py CERTHALL"""
import json
import os
import statistics
import sys
import time
import unittest

from hall import Hall, copy_scripts, write
from open_loop import OpenLoop, p99

PROGRAM = os.path.abspath(sys.argv.pop(1))
LONG = bool(os.environ.get("CERTHALL_LONG"))
RELOADS, PUBLICATIONS = (10000, 10000) if LONG else (150, 300)
LIVE_SECONDS = 1
RATE, GROWTH = 500, 1.01 if LONG else 1.3  # few reloads do not even out what malloc keeps

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


def private_memory(hall):
    """What the process holds for itself; pages of the store are the system's."""
    with open(f"/proc/{hall.process.pid}/status", encoding="ascii") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("RssAnon")) * 1024


def quarters(memory):
    """The middle of the second and of the last quarter, as collections go up and down; the way is printed."""
    quarter = len(memory) // 4
    print("memory in MiB:", *(m >> 20 for m in memory[::max(1, len(memory) // 20)]))
    return statistics.median(memory[quarter:2 * quarter]), statistics.median(memory[3 * quarter:])


def live_in_time(test, times):
    """Under a second in the middle; a machine that is shared has longer ones."""
    print(f"from asking to live {statistics.median(times) * 1000:.0f} ms, at most {max(times) * 1000:.0f}")
    test.assertLess(statistics.median(times), LIVE_SECONDS)


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

    def read(self, status, body):
        if status != 200:
            return ("failed", status, body)
        v = json.loads(body.decode().replace("&quot;", '"'))
        self.seen.add(v["a"])
        # Modules, template and the name of a static file are all of one version.
        if len({v["a"], v["b"], v["c"], v["d"]}) != 1 or v["asset"] != f"/assets/mark.{v['a']:08x}00.txt":
            return ("mixed", str(v))
        return "whole"

    def test_reloads_under_load(self):
        self.hall = Hall(PROGRAM)
        self.scripts = copy_scripts(self.hall.folder, {"test/first": ""})
        self.www = os.path.join(self.hall.folder, "www")
        self.write(0)
        self.hall.options.update(scripts=self.scripts, www=self.www)
        self.seen = set()
        with self.hall:
            load = OpenLoop(self.hall, RATE, [("GET", path, None, self.read) for path in ("/version", "/version", "/version?slow=1")], workers=16).start()
            try:
                good, memory = self.turn()
            finally:
                load.stop()
            warm, after = quarters(memory)
            self.assertEqual((load.failures[:3], set(load.answers)), ([], {"whole"}))
            self.assertEqual(self.hall.metric('certhall_lua_reloads_total{result="ok"}'), good + 1)
            self.assertEqual(self.hall.metric('certhall_lua_reloads_total{result="error"}'), RELOADS - good)
            self.assertEqual(self.hall.metric("certhall_lua_generations"), 1)
            print(f"{RELOADS} reloads, {RELOADS - good} of them broken, {len(load.times)} requests ({len(load.times) / load.took:.0f}/s), "
                  f"{len(self.seen)} versions seen, p99 {p99(load.times):.0f} ms, memory {warm / 1024:.0f} -> {after / 1024:.0f} KiB")
            self.assertGreater(len(self.seen), good // 4)
            live_in_time(self, self.times)
            self.assertLess(after, warm * GROWTH)

    def turn(self):
        good, memory, self.times = 0, [], []
        for n in range(1, RELOADS + 1):
            broken = n // 3 % 3 if n % 3 == 0 else None
            self.write(n, broken)
            begun = time.monotonic()
            line = self.hall.reload(60)
            self.times.append(time.monotonic() - begun)
            self.assertEqual(line["msg"], "reloaded" if broken is None else "reload failed; the old one goes on", line)
            good += broken is None
            memory.append(private_memory(self.hall))
        return good, memory


RULES = """
local account = use "system/service/account"
local bundles = use "system/service/bundles"
local live = use "system/service/live"
local publish = use "system/service/publish"
local rules = use "lib/business/rules"

-- What two files of one bundle say, with a wait between.
http.get("/rules", function(req)
    local b = live.rules()
    local first = rules.call(b.r, "lib/pair_a", "get", { n = 1 }, "pair")
    if req:query("slow") then
        task.sleep(20)
    end
    return req:json(200, { hash = b:hash(), a = first, b = rules.call(b.r, "lib/pair_b", "get", { n = 1 }, "pair"), c = rules.read(b.r, "lib/pair_b").mine })
end, { api = true })

local function user(login)
    local row = account.find(login)
    return { account = row.key, name = row.name }
end

local function files_of(n, broken)
    local files = bundles.files(live.hash())
    files["lib/pair_a.lua"] = "local mine = " .. n .. "\\nreturn { mine = mine, get = function(f) return mine * f.n end }\\n"
    files["lib/pair_b.lua"] = files["lib/pair_a.lua"] .. "-- of the same version\\n"
    if broken == "half" then
        files["lib/pair_b.lua"] = string.sub(files["lib/pair_b.lua"], 1, 40)
    elseif broken == "missing" then
        files["lib/pair_b.lua"] = 'use "lib/no_such"\\n' .. files["lib/pair_b.lua"]
    end
    return files
end

-- The way of the pages without their check: proposed by one, approved by another.
http.post("/publish/{n}", function(req)
    local broken = req:query("broken")
    local key = publish.propose(user "admin1", { files = files_of(req:param("n"), broken), base = live.hash(), reason = "n", check = {} })
    local ok, e = pcall(publish.approve, user(broken == "own" and "admin1" or "admin2"), key)
    if not ok then
        publish.withdraw(user "admin1", key)
    end
    return req:json(200, { ok = ok, code = not ok and type(e) == "table" and e.code or "" })
end, { api = true })
"""
REFUSED = {"half": "E_SCRIPT", "missing": "E_SCRIPT", "own": "E_DENIED"}


class Publications(unittest.TestCase):
    def read(self, status, body):
        if status != 200:
            return ("failed", status, body)
        v = json.loads(body)
        self.seen.add(v["a"])
        return "whole" if v["a"] == v["b"] == v["c"] and self.hashes.setdefault(v["hash"], v["a"]) == v["a"] else ("mixed", str(v))

    def publish(self, n):
        broken = sorted(REFUSED)[n // 3 % 3] if n % 3 == 0 else None
        begun = time.monotonic()
        status, answer = self.hall.ask_json("POST", f"/publish/{n}" + (f"?broken={broken}" if broken else ""), {}, timeout=120)
        self.times.append(time.monotonic() - begun)
        self.assertEqual((status, answer), (200, {"ok": broken is None, "code": REFUSED.get(broken, "")}))
        return broken is None

    def test_publications_under_load(self):
        self.hall = Hall(PROGRAM, mode="try")
        self.hall.options["scripts"] = copy_scripts(self.hall.folder, {"test/rules": RULES})
        self.seen, self.hashes, self.times, good, memory = set(), {}, [], 0, []
        with self.hall:
            self.publish(1)
            load = OpenLoop(self.hall, RATE, [("GET", path, None, self.read) for path in ("/rules", "/rules", "/rules?slow=1")], workers=16).start()
            try:
                for n in range(2, PUBLICATIONS + 2):
                    good += self.publish(n)
                    memory.append(private_memory(self.hall))
            finally:
                load.stop()
            # From the 48th on the hall forgets a bundle for each new one.
            warm, after = quarters(memory)
            self.assertEqual((load.failures[:3], list(load.answers)), ([], ["whole"]))
            print(f"{PUBLICATIONS} publications, {PUBLICATIONS - good} of them refused, {len(load.times)} requests ({len(load.times) / load.took:.0f}/s), "
                  f"{len(self.seen)} versions seen, p99 {p99(load.times):.0f} ms, memory {warm / 1024:.0f} -> {after / 1024:.0f} KiB")
            self.assertGreater(len(self.seen), good // 2)
            live_in_time(self, self.times)
            self.assertLessEqual(self.hall.metric("certhall_bundle_texts"), 48)
            self.assertLess(after, warm * GROWTH)


if __name__ == "__main__":
    unittest.main()
