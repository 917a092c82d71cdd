// SPDX-License-Identifier: Apache-2.0
// What a question page costs, and when it is there on a slow network.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { suite } from "./lib/suite.mjs";
import { countTraffic, largestPaint, slowDown } from "./lib/traffic.mjs";

const s = suite();
const KB = 1024;
const PAGES = {
  unit_issue: ["unit", "handler", "terms", "medium"],
  personal_issue: ["applicant", "handler", "terms", "medium"],
};
const applicants = {};

// An invented person with a new application of this kind.
async function applicant(kind) {
  if (!applicants[kind]) {
    const a = new Applicant(s.url);
    await a.register();
    await a.draft(kind);
    applicants[kind] = a;
  }
  return applicants[kind];
}

// A browser that is logged in and has nothing of this site in its cache.
async function fresh(kind, options) {
  const page = await s.page(options);
  await page.context().addCookies(await (await applicant(kind)).cookies());
  return page;
}

// -> bytes at the first visit, bytes at the next
async function visits(kind, path) {
  const page = await fresh(kind);
  const traffic = await countTraffic(page);
  const response = await page.goto(path, { waitUntil: "networkidle" });
  assert.equal(new URL(response.url()).pathname, path);
  const first = traffic.bytes();
  assert.ok(traffic.requests() <= 8, `${traffic.requests()} requests`);
  await page.goto(path, { waitUntil: "networkidle" });
  await page.context().close();
  return [first, traffic.bytes() - first];
}

function light(t, [first, next], most) {
  t.diagnostic(`${first} bytes at the first visit, ${next} at the next`);
  assert.ok(first <= 45 * KB, `${first} bytes at the first visit`);
  assert.ok(next <= most, `${next} bytes at the next visit`);
}

test("the front page", async (t) => light(t, await visits("unit_issue", "/"), 12 * KB));

for (const [kind, sections] of Object.entries(PAGES)) {
  test(`each page of the form ${kind}`, async (t) => {
    const { key } = await applicant(kind);
    for (const section of sections) {
      await t.test(section, async (one) => light(one, await visits(kind, `/case/${key}/form/${section}`), 12 * KB));
    }
  });
  // Everything at once, for who asks for it: the answers of all pages, never more than two pages weigh.
  test(`the whole form ${kind}, and its check page`, async (t) => {
    const { key } = await applicant(kind);
    light(t, await visits(kind, `/case/${key}/form/whole`), 24 * KB);
    light(t, await visits(kind, `/case/${key}/check`), 24 * KB);
  });
}

test("the question page is there within 3 s at 400 kbit/s and 400 ms", async () => {
  const page = await fresh("unit_issue", { width: 320 });
  await slowDown(page);
  await page.goto(`/case/${(await applicant("unit_issue")).key}/form/unit`);
  const ms = await largestPaint(page);
  assert.ok(ms <= 3000, `${Math.round(ms)} ms`);
  await page.context().close();
});
