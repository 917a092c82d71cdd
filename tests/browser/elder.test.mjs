// SPDX-License-Identifier: Apache-2.0
// 长辈版: on the first screen, remembered, and without loss of what was typed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

const size = (page) => page.evaluate(() => parseFloat(getComputedStyle(document.querySelector("main p")).fontSize));

for (const javaScript of [true, false]) {
  test(`it is switched on, made larger, remembered and left, ${javaScript ? "with" : "without"} a script`, async () => {
    const page = await s.page({ javaScript });
    await page.goto("/");
    const tool = page.getByRole("button", { name: "长辈版", exact: true });
    assert.ok((await tool.boundingBox()).y < 100, "it stands on the first screen");
    assert.equal(await size(page), 16);
    const press = async (name) => {
      const done = page.waitForResponse((r) => r.url().endsWith("/elder"));
      await page.getByRole("button", { name, exact: true }).click();
      await done;
      await page.waitForLoadState();
    };
    await press("长辈版");
    assert.equal(await size(page), 24);
    await press("最大");
    assert.equal(await size(page), 40);
    await page.goto("/register");
    assert.equal(await size(page), 40);
    await press("退出长辈版");
    assert.equal(new URL(page.url()).pathname, "/register");
    assert.equal(await size(page), 16);
    await page.goto("/");
    assert.equal(await size(page), 16);
    assertNoFaults(page);
    await page.context().close();
  });
}

test("nothing that was typed is lost", async () => {
  const page = await s.page();
  await page.goto("/register");
  await page.fill("#phone", "还没有提交");
  await page.getByRole("button", { name: "长辈版", exact: true }).click();
  assert.equal(await page.inputValue("#phone"), "还没有提交");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "标准大字");
  await page.context().close();
});

test("it leads back to this site only", async () => {
  for (const [from, to] of [["https://example.cn//x", "/"], ["/\\example.cn", "/"], ["", "/"], [`${s.url}/register?a=1`, "/register?a=1"]]) {
    const response = await fetch(`${s.url}/elder`, {
      method: "POST", redirect: "manual", body: new URLSearchParams({ size: "1" }),
      headers: { origin: s.url, "sec-fetch-site": "same-origin", referer: from },
    });
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), to, from);
  }
});
