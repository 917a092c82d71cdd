// SPDX-License-Identifier: Apache-2.0
// Every public page in every look and width (S001 to S022, S058 to S062, S193, S231 to S233).
import assert from "node:assert/strict";
import { test } from "node:test";

import { looks, widths } from "./lib/browser.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertReflowsEnlarged, assertValidHtml } from "./lib/checks.mjs";
import { routes } from "./lib/public.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const SITE = "数字证书及签章服务网";

// One heading that the title repeats, and the place of every page but the first.
async function assertPlaced(page, path) {
  assert.equal(await page.locator("h1").count(), 1, `${path}: one h1`);
  const title = await page.title();
  assert.ok(title.endsWith(` - ${SITE}`) && title.length > SITE.length + 3, `${path}: the title is ${title}`);
  const crumbs = page.locator("nav.crumbs");
  assert.equal(await crumbs.count(), path === "/" ? 0 : 1, `${path}: one place`);
  if (path !== "/") {
    assert.match(await crumbs.innerText(), /当前位置：\s*首页/);
    assert.equal(await crumbs.locator("[aria-current=page]").count(), 1, path);
  }
}

for (const [look, options] of Object.entries(looks)) {
  for (const width of widths) {
    test(`every public page: ${look}, ${width} px`, async (t) => {
      const page = await s.page({ ...options, width });
      for (const path of routes) {
        await t.test(path, async () => {
          page.faults.length = 0;
          const response = await page.goto(path);
          assert.equal(response.status(), 200);
          await assertAccessible(page);
          await assertReflows(page);
          if (look === "normal") {
            await assertPlaced(page, path);
            await assertValidHtml(response);
            await assertReflowsEnlarged(page);
          }
          assertNoFaults(page);
        });
      }
      await page.context().close();
    });
  }
}
