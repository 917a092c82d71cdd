// SPDX-License-Identifier: Apache-2.0
// matrix: one path in every look and width, with every check that holds for any page.
import assert from "node:assert/strict";

import { looks, shoot, widths } from "./browser.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertReflowsEnlarged, assertTargets, assertValidHtml } from "./checks.mjs";

const TARGET = { normal: 44, elder: 60, forced: 44 };

async function checkOne(page, response, name, look) {
  await assertAccessible(page);
  await assertReflows(page);
  await assertTargets(page, TARGET[look]);
  await shoot(page, `${name}-${look}-${page.viewportSize().width}`);
  if (look === "normal") {
    await assertValidHtml(response);
    await assertReflowsEnlarged(page);
  }
  assertNoFaults(page);
}

// Calls t.test for each cell. reach(page) -> response: gets to the page; status: the one expected; only: names of looks.
export async function checkEverywhere(t, s, { name, path, reach, status = 200, only = Object.keys(looks) }) {
  for (const [look, options] of Object.entries(looks).filter(([word]) => only.includes(word))) {
    for (const width of widths) {
      await t.test(`${name}, ${look}, ${width} px`, async () => {
        const page = await s.page({ ...options, width });
        const response = await (reach ? reach(page) : page.goto(path));
        assert.equal(response.status(), status);
        await checkOne(page, response, name, look);
        await page.context().close();
      });
    }
  }
}
