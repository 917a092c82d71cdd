// SPDX-License-Identifier: Apache-2.0
// What a question page costs, and when it is there on a slow network.
import assert from "node:assert/strict";
import { test } from "node:test";

import { suite } from "./lib/suite.mjs";
import { countTraffic, largestPaint, slowDown } from "./lib/traffic.mjs";

const s = suite();
const KB = 1024;

for (const [path, first] of [["/demo", 45], ["/", 45]]) {
  test(`${path}: a first visit, and the next`, async () => {
    const page = await s.page();
    const traffic = await countTraffic(page);
    await page.goto(path, { waitUntil: "networkidle" });
    assert.ok(traffic.bytes() <= first * KB, `${traffic.bytes()} bytes at the first visit`);
    assert.ok(traffic.requests() <= 8, `${traffic.requests()} requests`);
    const before = traffic.bytes();
    await page.goto(path, { waitUntil: "networkidle" });
    assert.ok(traffic.bytes() - before <= 12 * KB, `${traffic.bytes() - before} bytes at the next visit`);
    await page.context().close();
  });
}

test("the question page is there within 3 s at 400 kbit/s and 400 ms", async () => {
  const page = await s.page({ width: 320 });
  await slowDown(page);
  await page.goto("/demo");
  const ms = await largestPaint(page);
  assert.ok(ms <= 3000, `${Math.round(ms)} ms`);
  await page.context().close();
});
