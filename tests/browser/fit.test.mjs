// SPDX-License-Identifier: Apache-2.0
// Large letters, wide letters, paper: the parts still fit.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertReflows } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

test("the largest letters still fit", async () => {
  for (const width of [1280, 320]) {
    const page = await s.page({ width, elder: "3" });
    for (const path of ["/", "/try/parts"]) {
      await page.goto(path);
      await assertReflows(page, "with the largest letters");
    }
    await page.context().close();
  }
});

test("text spacing of WCAG 1.4.12 loses nothing", async () => {
  const page = await s.page({ width: 320 });
  await page.goto("/try/parts");
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }");
    document.adoptedStyleSheets = [sheet];
  });
  await assertReflows(page, "with wide spacing");
  await page.context().close();
});

test("on paper there is no navigation", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  await page.emulateMedia({ media: "print" });
  for (const gone of [".strip", ".nav", ".crumbs", ".menu", ".foot__links"]) {
    assert.ok(!(await page.locator(gone).first().isVisible()), `${gone} is printed`);
  }
  assert.ok(await page.locator("h1").isVisible());
  await page.context().close();
});
