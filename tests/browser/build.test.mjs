// SPDX-License-Identifier: Apache-2.0
// The build: the same sources give the same bytes, names carry their content, twins unpack to it, nothing foreign is in it.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync } from "node:zlib";

import { build } from "../../www/build.mjs";

const folder = mkdtempSync(join(tmpdir(), "certhall-www-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const [one, two] = [join(folder, "one"), join(folder, "two")];
const names = build(one);
build(two);

const read = (name) => readFileSync(join(one, name));

test("two builds are equal, byte for byte", () => {
  const files = readdirSync(one).sort();
  assert.deepEqual(readdirSync(two).sort(), files);
  for (const name of files) {
    assert.ok(read(name).equals(readFileSync(join(two, name))), name);
  }
});

test("names carry the hash, and twins hold the same", () => {
  for (const [plain, hashed] of Object.entries(names)) {
    const sum = createHash("sha256").update(read(hashed)).digest("hex").slice(0, 10);
    assert.equal(hashed, plain.replace(/(\.\w+)$/, `.${sum}$1`));
    assert.ok(gunzipSync(read(`${hashed}.gz`)).equals(read(hashed)));
  }
  assert.deepEqual(JSON.parse(read("assets.json")), names);
});

test("the style sheet asks for nothing from outside and brings no font", () => {
  const css = read(names["app.css"]).toString();
  assert.ok(!/GDS Transport|@font-face|url\((?!data:)/.test(css));
  assert.ok(read(`${names["app.css"]}.gz`).length <= 12 * 1024);
  assert.ok(read(`${names["app.js"]}.gz`).length <= 8 * 1024);
});

test("scripts need no eval", () => {
  for (const name of Object.values(names).filter((n) => /^app.*\.js$/.test(n))) {
    assert.ok(!/\beval\(|new Function\(/.test(read(name).toString()), name);
  }
});
