#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The frame of the JSON API: shapes, problems, sign-in, Idempotency-Key, ETag, paging, the OpenAPI document.
Usage: api_test.py CERTHALL"""
import json
import os
import re
import sys
import tempfile
import threading
import unittest

from hall import ROOT, Hall, copy_scripts

PROGRAM = os.path.abspath(sys.argv.pop(1))

SCRIPT = """
local api = use "system/api/lib"
local session = use "system/service/session"

http.post("/test/enter", function(req)
    local account = store.tx(function(tx)
        local key = tx:key()
        tx:insert("account", key, { logins = { req:query("name") }, shown = "name", name = req:query("name"), state = "active",
            password = "", created = tx:now() })
        return key
    end)
    return req:json(200, { token = session.start(req, account) })
end)

local Part = api.schema("TestPart", { type = "object", required = { "n" }, additionalProperties = false,
    properties = { n = { type = "integer", minimum = 1, title = "数" }, next = { ["$ref"] = "#/components/schemas/TestPart" } } })

api.post("/api/v1/test/{key}", {
    id = "testPost", tag = "test", summary = "x", status = 201, returns = { type = "object" },
    body = { type = "object", required = { "n" }, additionalProperties = false, properties = {
        n = { type = "integer", minimum = 1, maximum = 1000, title = "数" }, on = { type = { "boolean", "null" } },
        words = { type = "array", maxItems = 2, items = { type = "string", minLength = 1, maxLength = 3, enum = { "x", "y" } } },
        code = { type = "string", pattern = "[a-z]+" }, part = Part } },
}, function(req, user, body)
    if body.n == 901 then
        fail("E_CONFLICT", "不行")
    elseif body.n == 902 then
        error("broken")
    elseif body.n == 903 then
        task.sleep(800)
    end
    local count = store.tx(function(tx)
        tx:add("test_calls", 1)
        return tx:next("case_number")
    end)
    return 201, { count = count }, { Location = "/api/v1/test/" .. count }
end)

api.get("/api/v1/test", { id = "testList", tag = "test", summary = "x", query = api.paged(), etag = true,
    returns = api.page_of(Part) }, function(_, _, _, query)
    local found = store.list("account", { limit = query.limit or 2, after = query.after, keys_only = true })
    local items = {}
    for i, row in ipairs(found.rows) do
        items[i] = { key = row.key }
    end
    return 200, api.page(items, found), { ETag = api.etag(items) }
end)

api.patch("/api/v1/test/{key}", { id = "testPatch", tag = "test", summary = "x", match = true, body = { type = "object" } },
    function(req)
        if api.match(req, '"v1"') then
            return 204
        end
    end)

api.get("/api/v1/test-staff", { id = "testStaff", tag = "test", summary = "x", auth = { "reviewer", "officer" } }, function()
    return 200, {}
end)

api.get("/api/v1/test-count", { id = "testCount", tag = "test", summary = "x", auth = "none" }, function()
    return 200, { count = store.count("test_calls") }
end)
"""


class Api(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="hall-")
        scripts = copy_scripts(cls.folder.name, {"tests/api": SCRIPT}, counters=("test_calls",))
        cls.hall = Hall(PROGRAM, folder=cls.folder.name, scripts=scripts).start()
        cls.ann, cls.bob = cls.enter("ann"), cls.enter("bob")

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()
        cls.folder.cleanup()

    @classmethod
    def enter(cls, name):
        return json.loads(cls.hall.ask("POST", "/test/enter?name=" + name)[2])["token"]

    def ask(self, method, path, value=None, token=None, raw=None, **headers):
        headers = {name.replace("_", "-"): text for name, text in headers.items()}
        if token:
            headers["Authorization"] = "Bearer " + token
        body = raw if raw is not None else None if value is None else json.dumps(value)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        status, answered, text = self.hall.ask(method, path, body, headers)
        return status, answered, json.loads(text) if text else None

    def post(self, value, **more):
        return self.ask("POST", "/api/v1/test/k", value, more.pop("token", self.ann), **more)

    def count(self):
        return self.ask("GET", "/api/v1/test-count")[2]["count"]

    def test_a_problem_says_field_code_and_sentence(self):
        for value, expected in (
                ({}, [("n", "missing")]), ({"n": 0}, [("n", "too_small")]), ({"n": 1001}, [("n", "too_big")]),
                ({"n": "1"}, [("n", "type")]), ({"n": 1.5}, [("n", "type")]), ({"n": None}, [("n", "type")]), ([1], [("", "type")]),
                ({"n": 1, "x": 1}, [("x", "unknown")]), ({"n": 1, "on": 1}, [("on", "type")]),
                ({"n": 1, "words": {}}, [("words", "type")]), ({"n": 1, "words": ["x", "y", "x"]}, [("words", "too_many")]),
                ({"n": 1, "words": ["x", "z"]}, [("words[1]", "choice")]), ({"n": 1, "code": "A"}, [("code", "format")]),
                ({"n": 1, "part": {"n": 1, "next": {"n": 0}}}, [("part.next.n", "too_small")]),
                ({"n": 0, "x": 1, "code": 5}, [("code", "type"), ("n", "too_small"), ("x", "unknown")])):
            status, headers, problem = self.post(value)
            self.assertEqual((status, headers["Content-Type"]), (422, "application/problem+json"), value)
            self.assertEqual([(e["field"], e["code"]) for e in problem["errors"]], expected)
            self.assertTrue(all(re.search("[一-鿿]", e["message"]) for e in problem["errors"]))
            self.assertEqual((problem["status"], problem["type"]), (422, "about:blank"))
            self.assertRegex(problem["request_id"], "^[0-9a-f]{16}$")
        for value in ({"n": 1}, {"n": 1000, "on": None, "words": [], "code": "a"}, {"n": 1, "on": True, "words": ["x", "y"],
                                                                                  "part": {"n": 1, "next": {"n": 2}}}):
            self.assertEqual(self.post(value)[0], 201, value)

    def test_what_is_no_json_is_refused(self):
        self.assertEqual(self.post(None, raw="{")[0], 400)
        self.assertEqual(self.post(None, raw='{"n":1,"n":2}')[0], 400)
        self.assertEqual(self.post(None, raw='{"n":1}', Content_Type="text/plain")[0], 415)
        self.assertEqual(self.post(None)[0], 415)
        self.assertEqual(self.post(None, raw='{"n":"' + "x" * 70000 + '"}')[0], 413)

    def test_who_is_not_known_or_has_no_role_stays_outside(self):
        status, headers, problem = self.post({"n": 1}, token=None)
        self.assertEqual((status, problem["status"]), (401, 401))
        self.assertIn("Bearer", headers["WWW-Authenticate"])
        self.assertEqual(self.post({"n": 1}, token="A" * 22)[0], 401)
        self.assertEqual(self.ask("GET", "/api/v1/test-staff", token=self.ann)[0], 403)
        self.assertEqual(self.ask("GET", "/api/v1/test-staff")[0], 401)

    def test_a_login_takes_the_place_of_the_token_it_came_with(self):
        def login(name, **headers):
            return json.loads(self.hall.ask("POST", "/test/enter?name=" + name, None, headers)[2])["token"]

        def works(token):
            return self.ask("GET", "/api/v1/test", token=token)[0] == 200

        first, beside = login("cid"), login("dot")
        instead = login("eve", Authorization="Bearer " + first)
        self.assertEqual([works(t) for t in (first, beside, instead)], [False, True, True])

    def test_a_cookie_alone_does_not_change_anything(self):
        cookie = {"Cookie": "session=" + self.ann}
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", None, **cookie)[0], 403)
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", None, raw="{}", Content_Type="text/plain", **cookie)[0], 403)
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", {}, Sec_Fetch_Site="cross-site", **cookie)[0], 403)
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", {}, **cookie)[0], 428)
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", {}, Sec_Fetch_Site="same-origin", **cookie)[0], 428)
        self.assertEqual(self.ask("GET", "/api/v1/test", **cookie)[0], 200)

    def test_a_key_makes_a_repetition_harmless(self):
        before = self.count()
        first = self.post({"n": 1}, Idempotency_Key="k1")
        again = self.post({"n": 1}, Idempotency_Key="k1")
        self.assertEqual((first[0], first[2], again[0]), (201, again[2], 201))
        self.assertEqual((again[1]["Idempotent-Replayed"], again[1]["Location"]), ("true", first[1]["Location"]))
        self.assertIsNone(first[1]["Idempotent-Replayed"])
        self.assertEqual(self.count(), before + 1)
        status, _, problem = self.post({"n": 2}, Idempotency_Key="k1")
        self.assertEqual((status, problem["errors"][0]["code"]), (422, "key_reused"))
        self.assertEqual(self.post({"n": 1}, Idempotency_Key="x" * 256)[0], 422)
        self.assertEqual(self.post({"n": 1}, Idempotency_Key="a b")[0], 422)
        self.assertEqual(self.count(), before + 1)
        # another account, another path: another request
        self.assertEqual(self.post({"n": 2}, Idempotency_Key="k1", token=self.bob)[0], 201)
        self.assertEqual(self.ask("POST", "/api/v1/test/other", {"n": 2}, self.ann, Idempotency_Key="k1")[0], 201)
        self.assertEqual(self.count(), before + 3)

    def test_what_failed_may_be_sent_again(self):
        self.assertEqual(self.post({"n": 901}, Idempotency_Key="k2")[0], 409)
        self.assertEqual(self.post({"n": 902}, Idempotency_Key="k2")[0], 500)
        self.assertEqual(self.post({"n": 5}, Idempotency_Key="k2")[0], 201)

    def test_of_equal_requests_at_once_one_is_done(self):
        before, answers = self.count(), []
        threads = [threading.Thread(target=lambda: answers.append(self.post({"n": 903}, Idempotency_Key="k3"))) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(a[0] for a in answers), [201] + [409] * 7)
        self.assertEqual({a[2]["errors"][0]["code"] for a in answers if a[0] == 409}, {"in_flight"})
        self.assertEqual(self.count(), before + 1)
        self.assertEqual(self.post({"n": 903}, Idempotency_Key="k3")[1]["Idempotent-Replayed"], "true")

    def test_a_change_names_what_it_saw(self):
        self.assertEqual(self.ask("PATCH", "/api/v1/test/k", {}, self.ann)[0], 428)
        status, headers, _ = self.ask("PATCH", "/api/v1/test/k", {}, self.ann, If_Match='"v0"')
        self.assertEqual((status, headers["ETag"]), (412, '"v1"'))
        for tag in ('"v1"', '"v0", "v1"', "*"):
            self.assertEqual(self.ask("PATCH", "/api/v1/test/k", {}, self.ann, If_Match=tag)[0], 204)

    def test_a_list_goes_on_where_it_ended_and_is_not_sent_twice(self):
        status, headers, page = self.ask("GET", "/api/v1/test?limit=1", token=self.ann)
        self.assertEqual((status, len(page["items"])), (200, 1))
        second = self.ask("GET", "/api/v1/test?limit=1&after=" + page["next"], token=self.ann)[2]
        self.assertNotEqual(page["items"], second["items"])
        self.assertIsNone(self.ask("GET", "/api/v1/test?limit=100", token=self.ann)[2]["next"])
        status, _, nothing = self.ask("GET", "/api/v1/test?limit=1", token=self.ann, If_None_Match=headers["ETag"])
        self.assertEqual((status, nothing), (304, None))
        for query, code in (("limit=0", "too_small"), ("limit=x", "type"), ("limit=101", "too_big"), ("after=" + "x" * 600, "too_long")):
            status, _, problem = self.ask("GET", "/api/v1/test?" + query, token=self.ann)
            self.assertEqual((status, problem["errors"][0]["code"]), (422, code))


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


class Document(unittest.TestCase):
    """The document is right by OpenAPI 3.1 as far as it can go wrong here, and says what the router says."""

    @classmethod
    def setUpClass(cls):
        with Hall(PROGRAM) as hall:
            cls.status, cls.headers, text = hall.get("/api/openapi.json")
            cls.fresh = hall.get("/api/openapi.json", headers={"If-None-Match": cls.headers["ETag"]})
            cls.doc = json.loads(text)
            cls.routes = hall.command("routes").stdout

    def operations(self):
        for path, item in self.doc["paths"].items():
            for method, operation in item.items():
                yield method.upper(), path, operation

    def test_it_is_cached_by_its_hash(self):
        self.assertEqual((self.status, self.headers["Content-Type"]), (200, "application/json"))
        self.assertEqual((self.fresh[0], self.fresh[2]), (304, b""))

    def test_it_has_every_route_of_the_api_and_no_other(self):
        routed = {(line.split()[0], line.split()[1]) for line in self.routes.splitlines() if line.split()[1].startswith("/api/v1/")}
        self.assertEqual({(method, path) for method, path, _ in self.operations()}, routed)

    def test_it_says_what_ends_a_token(self):
        said = self.doc["components"]["securitySchemes"]["bearer"]["description"]
        with open(os.path.join(ROOT, "scripts/system/service/session.lua"), encoding="utf-8") as f:
            session = f.read()
        self.assertIn("local IDLE = 30 * 60 * 1000\nlocal ABSOLUTE = 8 * 3600 * 1000", session, "then the document says other times")
        for words in ("30 分钟", "8 小时", "带着原 token 再次登录会换发新 token", "401"):
            self.assertIn(words, said)

    def test_its_references_lead_somewhere(self):
        for reference in references(self.doc):
            place = self.doc
            for name in reference.removeprefix("#/").split("/"):
                self.assertIn(name, place, reference)
                place = place[name]

    def test_operations_are_complete(self):
        names = [operation["operationId"] for _, _, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)), "an operationId stands twice")
        tags = {tag["name"] for tag in self.doc["tags"]}
        for method, path, operation in self.operations():
            where = f"{method} {path}"
            self.assertTrue(operation["summary"] and set(operation["tags"]) <= tags, where)
            given = {p["name"] for p in operation["parameters"] if p.get("in") == "path"}
            self.assertEqual(given, set(re.findall(r"{(\w+)}", path)), where)
            self.assertTrue(all(p["required"] is True for p in operation["parameters"] if p.get("in") == "path"), where)
            self.assertTrue(any(code.startswith(("2", "3")) for code in operation["responses"]), where)
            self.assertTrue(any(code.startswith("4") for code in operation["responses"]), where)
            self.assertEqual(operation["security"] == [], "401" not in operation["responses"], where)


if __name__ == "__main__":
    unittest.main()
