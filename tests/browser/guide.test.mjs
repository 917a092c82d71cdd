// SPDX-License-Identifier: Apache-2.0
// The administrators' guide, done exactly as written: its steps are read from docs/administrators.md. GUIDE_IMAGES=1 takes its pictures anew.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { openPage } from "./lib/browser.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { follow, stepsOf } from "./lib/guide.mjs";
import { root } from "./lib/hall.mjs";
import { inReview } from "./lib/issue.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const docs = join(root, "docs");
const text = readFileSync(join(docs, "administrators.md"), "utf8");
const SIGNS_A_MINUTE = 250; // read with care
const STEP_SECONDS = 15;
const MINUTES = 20;
const HEIGHT = 1000;
const MARGIN = 12;

// What the pictures of this hall show beyond the steps: its two applications pay another price.
const expected = { "rules-approve.png": (page) => page.locator("main", { hasText: /原来：合计 260\.00[\s\S]*现在：合计 270\.00/u }).waitFor() };

// One person, one browser.
function people() {
  const pages = {};
  const who = { accounts: s.accounts, pages };
  who.is = async (name) => {
    pages[name] ??= await openPage(s.browser, s.url);
    who.page = pages[name];
    return who.page;
  };
  return who;
}

// Where the picture begins: at the top of the page, or above what the step before was told to see when that stands far below.
async function topOf(page, seen) {
  const scrolled = await page.evaluate(() => window.scrollY);
  const [main, said] = [await page.locator("main").boundingBox(), await page.locator("main").getByText(seen).first().boundingBox()];
  const [top, at] = [main.y + scrolled - MARGIN, (said?.y ?? 0) + scrolled];
  return { y: Math.max(at > top + HEIGHT * 0.9 ? at - HEIGHT / 2 : top, 0), bottom: main.y + scrolled + main.height + MARGIN };
}

async function picture({ page, seen }, name) {
  const folder = process.env.GUIDE_IMAGES ? join(docs, "img") : join(root, "build/screenshots");
  mkdirSync(folder, { recursive: true });
  await page.evaluate(() => document.activeElement?.classList.contains("notice") && document.activeElement.blur());
  const { y, bottom } = await topOf(page, seen);
  await page.screenshot({ path: join(folder, basename(name)), fullPage: true, clip: { x: 0, y, width: 1280, height: Math.min(bottom - y, HEIGHT) } });
}

test("the guide, done as it is written", async (t) => {
  const who = people();
  await who.is("one");
  await inReview(s);
  const a = new Applicant(s.url);
  await a.register();
  await a.begin("unit_issue");
  for (const one of stepsOf(text)) {
    if (one.image) {
      assert.ok(process.env.GUIDE_IMAGES || existsSync(join(docs, one.image)), `${one.image} is missing`);
      await (expected[basename(one.image)] ?? (() => {}))(who.page);
      await picture(who, one.image);
    } else {
      await follow(who, one);
    }
    t.diagnostic(one.image ?? `${one.title}: ${one.step.slice(0, 60)}`);
  }
  for (const page of Object.values(who.pages)) {
    assertNoFaults(page);
  }
});

test("the first published change takes 20 minutes to read and do", (t) => {
  const first = text.slice(0, text.indexOf("\n## 7."));
  const steps = stepsOf(first).filter((one) => one.step);
  assert.ok(steps.length >= 20 && steps.at(-1).title.startsWith("6."), "the steps of sections 1 to 6");
  const signs = first.replace(/!\[.*\)|[\s|#*`-]/gu, "").length;
  const minutes = signs / SIGNS_A_MINUTE + steps.length * STEP_SECONDS / 60;
  t.diagnostic(`${signs} signs, ${steps.length} steps: ${minutes.toFixed(1)} minutes`);
  assert.ok(minutes <= MINUTES, `${minutes.toFixed(1)} minutes`);
});
