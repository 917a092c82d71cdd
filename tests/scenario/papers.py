# SPDX-License-Identifier: Apache-2.0
"""What the tests of materials and identity share: a hall with doors for tests, applicants who wait for their materials."""
import os
import random
import shutil
import tempfile

import invent
from hall import ROOT, Hall, copy_scripts
from journey import Applicant

# Lets a test make a link or a check old, count the files of a case, and put a case where only staff can bring it.
HELPER = """-- SPDX-License-Identifier: Apache-2.0
http.post("/api/v1/test/link", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        for _, one in ipairs(tx:list("link", { index = "case", equal = { v.case }, limit = 50 }).rows) do
            one.row.until_ms = tx:now() - 1
            tx:put("link", one.key, one.row)
        end
    end)
    return req:json(200, {})
end, { api = true })
local fact = use "system/service/fact"
fact.on(function(r, row, facts)
    facts.identity = r:get("setting", "aged:" .. row.key) and "expired" or facts.identity
end)
http.post("/api/v1/test/month", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        tx:put("setting", "aged:" .. v.case, {})
        tx:enqueue("identity.expire", { case = v.case, at = tx:now() })
    end)
    return req:json(200, {})
end, { api = true })
local flow = use "system/service/flow"
http.post("/api/v1/test/case", function(req)
    local v = req:body_json()
    store.tx(function(tx)
        local row = tx:get("case", v.case)
        row.key = v.case
        for name, value in pairs(v.put) do
            row[name] = value
        end
        flow.put(tx, row)
    end)
    return req:json(200, {})
end, { api = true })
http.post("/api/v1/test/files", function(req)
    local v = req:body_json()
    local blobs = json.array {}
    for i, one in ipairs(store.list("material", { index = "case", equal = { v.case }, limit = 50 }).rows) do
        blobs[i] = one.row.blob
    end
    return req:json(200, { blobs = blobs })
end, { api = true })
"""
WORLD = {"clients": []}
COUNT = iter(range(int.from_bytes(os.urandom(4), "big"), 1 << 62))


def start(program):
    """The hall of a test module, in mode try."""
    WORLD["folder"] = tempfile.mkdtemp(prefix="papers-")
    scripts = copy_scripts(WORLD["folder"], {"test_papers": HELPER})
    WORLD["hall"] = Hall(program, scripts=scripts, www=os.path.join(ROOT, "www/dist"), mode="try").start()


def end():
    for one in WORLD["clients"]:
        one.close()
    WORLD["hall"].close()
    shutil.rmtree(WORLD["folder"], ignore_errors=True)


def hall():
    return WORLD["hall"]


def client(kind="unit_issue"):
    a = Applicant(hall().urls["http"], next(COUNT), kind)
    WORLD["clients"].append(a)
    return a


def applicant(kind="unit_issue", **answers):
    """Somebody whose case waits for its materials; answers: those that differ."""
    a = client(kind)
    a.register()
    a.begin()
    a.fill({**a.person.values(kind, a.medium), **answers})
    a.submit()
    a.deliver()
    return a


def scan(kind="JPEG", **more):
    return invent.picture(random.Random(next(COUNT)), kind, **more)


def put(a, kind, content):
    return a.ask("PUT", a.path("materials", kind), body=content, Content_Type="image/jpeg")


def put_all(a):
    for one in a.get(a.path("materials")):
        if one["required"]:
            assert put(a, one["id"], scan()).status == 200


def state_of(a, kind):
    return next(m for m in a.get(a.path("materials")) if m["id"] == kind)


def stored_files():
    return sum(len(files) for folder, _, files in os.walk(hall().data) if "blob" in folder)


def form_of(token, parts):
    """(body, headers) of a multipart form: the token, then files { name, file name, bytes }."""
    line = "----b"
    body = f'--{line}\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n{token}\r\n'.encode()
    for name, filename, content in parts:
        body += f'--{line}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode() + content + b"\r\n"
    return body + f"--{line}--\r\n".encode(), {"Content-Type": "multipart/form-data; boundary=" + line, "Origin": hall().urls["http"]}
