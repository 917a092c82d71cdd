// SPDX-License-Identifier: Apache-2.0
// What a question page costs, and when it is there on a slow network.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { suite } from "./lib/suite.mjs";
import { countTraffic, largestPaint, slowDown } from "./lib/traffic.mjs";

const s = suite();
const KB = 1024;
let a;

// A browser that is logged in and has nothing of this site in its cache.
async function fresh(options) {
  if (!a) {
    a = new Applicant(s.url);
    await a.register();
    await a.draft();
  }
  const page = await s.page(options);
  await page.context().addCookies(await a.cookies());
  return page;
}

for (const path of ["the form", "/"]) {
  test(`${path}: a first visit, and the next`, async () => {
    const page = await fresh();
    const to = path === "/" ? path : `/case/${a.key}/form/handler`;
    const traffic = await countTraffic(page);
    const response = await page.goto(to, { waitUntil: "networkidle" });
    assert.equal(new URL(response.url()).pathname, to);
    assert.ok(traffic.bytes() <= 45 * KB, `${traffic.bytes()} bytes at the first visit`);
    assert.ok(traffic.requests() <= 8, `${traffic.requests()} requests`);
    const first = traffic.bytes();
    await page.goto(to, { waitUntil: "networkidle" });
    assert.ok(traffic.bytes() - first <= 12 * KB, `${traffic.bytes() - first} bytes at the next visit`);
    await page.context().close();
  });
}

test("the question page is there within 3 s at 400 kbit/s and 400 ms", async () => {
  const page = await fresh({ width: 320 });
  await slowDown(page);
  await page.goto(`/case/${a.key}/form/handler`);
  const ms = await largestPaint(page);
  assert.ok(ms <= 3000, `${Math.round(ms)} ms`);
  await page.context().close();
});
