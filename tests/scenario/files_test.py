#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Uploads into sealed files and back, through a script's handlers. Usage: files_test.py CERTHALL"""
import hashlib
import io
import json
import os
import sys
import threading
import time
import unittest

from PIL import Image

from hall import Hall, copy_scripts

PROGRAM = os.path.abspath(sys.argv.pop(1))
HANDLERS = """
local key = store.data_key

http.post("/up", function(req)
    local files = json.array {}
    for part in req:parts() do
        local ok, file = pcall(req.upload, req, { limit = 2000000, kinds = { "jpeg", "png", "bmp", "pdf" } })
        if ok then
            file.name, file.filename, file.claimed = part.name, part.filename, part.content_type
        else
            file = { name = part.name, code = file.code, reason = file.details and file.details.reason }
        end
        files[#files + 1] = file
    end
    return req:json(200, { files = files, note = req:field("note") })
end, { body = "multipart", limit = 8000000, api = true })

http.put("/raw", function(req)
    return req:json(200, req:upload { kinds = { "other" }, limit = 3000000, data_key = req:query("key") })
end, { body = "stream", limit = 4000000, api = true })

http.get("/file/{blob}", function(req)
    return req:blob { blob = req:param("blob"), kind = req:query("kind"), filename = req:query("name"),
        inline = req:query("inline") == "1", data_key = req:query("key") }
end)

http.delete("/file/{blob}", function(req)
    return req:json(200, { removed = blob.remove(req:param("blob")) })
end, { api = true })

http.get("/kept", function(req)
    local data_key = store.data_key()
    local file = blob.put("kept bytes", { data_key = data_key })
    local ok, err = pcall(blob.get, file.blob)
    local small, too_big = pcall(blob.get, file.blob, { data_key = data_key, limit = 3 })
    return req:json(200, { bytes = blob.get(file.blob, { data_key = data_key }), sha256 = file.sha256, size = file.size,
        without = err.code, over = too_big.code, absent = blob.get(string.rep("0", 32)) == nil })
end, { api = true })
"""


def jpeg(width=60, height=40):
    out = io.BytesIO()
    picture = Image.new("RGB", (width, height), (200, 30, 30))
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (28.0, 12.0, 0.0)}
    exif[0x0112] = 6
    picture.save(out, "JPEG", exif=exif, comment=b"CANARY-COMMENT")
    return out.getvalue()


def png():
    out = io.BytesIO()
    Image.new("L", (30, 20), 9).save(out, "PNG")
    return out.getvalue()


def form(parts, boundary="XbX"):
    """multipart/form-data of (name, filename or None, type, bytes)."""
    out = b""
    for name, filename, kind, data in parts:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        head += f'; filename="{filename}"\r\nContent-Type: {kind}' if filename is not None else ""
        out += head.encode() + b"\r\n\r\n" + data + b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.hall = Hall(PROGRAM)
        cls.hall.options["scripts"] = copy_scripts(cls.hall.folder, {"test/files": HANDLERS})
        cls.hall.start()

    @classmethod
    def tearDownClass(cls):
        cls.hall.close()

    def up(self, *parts):
        status, _, body = self.hall.ask("POST", "/up", *form(parts), timeout=60)
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def kept(self):
        """Files below blobs/, temporary ones too."""
        return sorted(n for _, _, names in os.walk(os.path.join(self.hall.data, "blobs")) for n in names)

    def test_a_picture_loses_its_metadata_and_comes_back(self):
        sent = jpeg()
        answer = self.up(("note", None, "", "备注".encode()), ("photo", "身份证.JPG", "text/html", sent))
        self.assertEqual(answer["note"], "备注")
        file = answer["files"][0]
        self.assertEqual((file["kind"], file["width"], file["height"], file["orientation"]), ("jpeg", 60, 40, 6))
        self.assertEqual((file["name"], file["filename"], file["claimed"]), ("photo", "身份证.JPG", "text/html"))
        status, headers, body = self.hall.get(f"/file/{file['blob']}?kind=jpeg&inline=1&name=%E8%BA%AB.jpg")
        self.assertEqual((status, len(body), hashlib.sha256(body).hexdigest()), (200, file["size"], file["sha256"]))
        self.assertNotIn(b"CANARY-COMMENT", body)
        self.assertNotIn(b"Exif", body)
        self.assertEqual(Image.open(io.BytesIO(body)).tobytes(), Image.open(io.BytesIO(sent)).tobytes())
        self.assertEqual(headers["Content-Type"], "image/jpeg")
        self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
        self.assertEqual(headers["Content-Security-Policy"], "default-src 'none'; sandbox")
        self.assertEqual(headers["Content-Disposition"], "inline; filename=\"___.jpg\"; filename*=UTF-8''%E8%BA%AB.jpg")

    def test_what_is_refused_says_why_and_leaves_nothing(self):
        before = self.kept()
        cases = (("heic", b"\0\0\0\x18ftypheic" + bytes(100), "heic"), ("gif", b"GIF89a" + bytes(100), "gif"),
                 ("zip", b"PK\x03\x04" + bytes(100), "office"), ("html", b"<script>alert(1)</script>", "unknown"),
                 ("cut", png()[:-20], "truncated"), ("more", png() + b"PK\x03\x04", "trailing"), ("none", b"", "empty"),
                 ("big", png()[:8] + bytes(2500000), None))
        answer = self.up(*((name, name + ".png", "image/png", data) for name, data, _ in cases))
        self.assertEqual(len(answer["files"]), len(cases))
        for got, (name, _, reason) in zip(answer["files"], cases):
            self.assertEqual((got["name"], got["code"] in ("E_INVALID", "E_TOO_BIG")), (name, True), got)
            if reason:
                self.assertEqual(got["reason"], reason, got)
        self.assertEqual(self.kept(), before)

    def test_a_document_is_only_ever_saved(self):
        file = self.up(("doc", "a.pdf", "application/pdf", b"%PDF-1.7\n<script>"))["files"][0]
        self.assertEqual((file["kind"], file.get("width")), ("pdf", None))
        _, headers, body = self.hall.get(f"/file/{file['blob']}?kind=pdf&inline=1&name=a%22%0D%0Ab.pdf")
        self.assertEqual(body, b"%PDF-1.7\n<script>")
        self.assertEqual(headers["Content-Disposition"], "attachment; filename=\"a___b.pdf\"; filename*=UTF-8''a%22%0D%0Ab.pdf")
        self.assertEqual(self.hall.get(f"/file/{file['blob']}?kind=html")[0], 500)

    def test_large_bodies_stream_both_ways(self):
        key = os.urandom(32).hex()
        for size in (0, 1, 65535, 65536, 65537, 2999999):
            data = os.urandom(size)
            status, _, body = self.hall.ask("PUT", "/raw?key=" + key, data)
            if size == 0:
                self.assertEqual(status, 422)
                continue
            file = json.loads(body)
            self.assertEqual((status, file["size"], file["sha256"]), (200, size, hashlib.sha256(data).hexdigest()))
            self.assertEqual(self.hall.get(f"/file/{file['blob']}?kind=other&key={key}")[2], data)
            self.assertEqual(self.hall.get(f"/file/{file['blob']}?kind=other&key={os.urandom(32).hex()}")[0], 500)
            self.assertEqual(self.hall.ask_json("DELETE", f"/file/{file['blob']}"), (200, {"removed": True}))
            self.assertEqual(self.hall.ask_json("DELETE", f"/file/{file['blob']}"), (200, {"removed": False}))
            self.assertEqual(self.hall.get(f"/file/{file['blob']}?kind=other")[0], 404)
        self.assertEqual(self.hall.ask("PUT", "/raw", os.urandom(3500000))[0], 413)

    def test_put_and_get(self):
        status, got = self.hall.ask_json("GET", "/kept")
        self.assertEqual(status, 200, got)
        self.assertEqual((got["bytes"], got["size"], got["absent"]), ("kept bytes", 10, True))
        self.assertEqual((got["without"], got["over"]), ("E_CORRUPT", "E_TOO_BIG"))
        self.assertEqual(got["sha256"], hashlib.sha256(b"kept bytes").hexdigest())

    def test_a_client_that_goes_leaves_nothing(self):
        before = self.kept()
        for cut in (0, 1000, 70000, 500000):
            c = self.hall.connection()
            c.putrequest("PUT", "/raw")
            c.putheader("Content-Length", "1000000")
            c.endheaders()
            c.send(os.urandom(cut))
            time.sleep(0.2)
            c.close()
        end = time.monotonic() + 20
        while self.kept() != before and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.kept(), before)
        end = time.monotonic() + 20
        while self.hall.metric("certhall_lua_tasks") and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(self.hall.metric("certhall_lua_tasks"), 0)

    def test_a_reader_that_goes_frees_the_file(self):
        data = os.urandom(2900000)
        file = json.loads(self.hall.ask("PUT", "/raw", data)[2])
        for _ in range(5):
            c = self.hall.connection()
            c.request("GET", f"/file/{file['blob']}?kind=other")
            c.getresponse().read(1000)
            c.close()
        self.assertEqual(self.hall.get(f"/file/{file['blob']}?kind=other")[2], data)

    def test_many_at_once(self):
        data = [os.urandom(200000) for _ in range(12)]
        answers = [None] * len(data)

        def send(i):
            answers[i] = self.hall.ask("PUT", "/raw", data[i], timeout=60)

        threads = [threading.Thread(target=send, args=(i,)) for i in range(len(data))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for (status, _, body), sent in zip(answers, data):
            self.assertEqual(status, 200, body)
            self.assertEqual(json.loads(body)["sha256"], hashlib.sha256(sent).hexdigest())


if __name__ == "__main__":
    unittest.main()
