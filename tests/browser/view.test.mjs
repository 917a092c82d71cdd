// SPDX-License-Identifier: Apache-2.0
// The page of one application (S207–S213): what it shows, what is legal in which state, cancelling, and all of it without a script.
import assert from "node:assert/strict";
import { test } from "node:test";

import { enter } from "./lib/entered.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();
const FIRM = "示范建筑工程有限公司";
const main = (page) => page.locator("main").innerText();
const acts = (page) => page.locator("section .buttons a").allInnerTexts();

test("an application shows its answers, its way and what is legal (S207–S212)", async () => {
  const { a, page } = await enter(s, "begin");
  await page.goto(`/case/${a.key}`);
  const shown = await main(page);
  for (const words of [FIRM, "申请状态：", "等待材料", "办件进度", "单位信息", "经办人信息", "请在 "]) {
    assert.ok(shown.includes(words), words);
  }
  assert.equal(await page.locator("main .govuk-button:not(.govuk-button--secondary)").count(), 1, "one main button");
  assert.deepEqual(await acts(page), ["类似申请证书", "修改证书申请", "取消申请", "打印申请表", "扩展信息"]);
  assert.ok(!shown.includes("红楼梦"), "the answer of the question is nobody's to read");
  await press(page, "扩展信息", "link");
  assert.equal(await page.locator("details.technical").getAttribute("open"), null);
  assert.ok(!(await main(page)).includes("SHA-256"));
  await page.locator("details.technical summary").click();
  assert.match(await page.locator("details.technical").innerText(), /SHA-256[\s\S]*[0-9a-f]{64}/);
  await page.context().close();
});

test("a draft cannot be printed, and goes on where it stopped (S213)", async () => {
  const { a, page } = await enter(s, "draft");
  await page.goto(`/case/${a.key}`);
  assert.deepEqual(await acts(page), ["类似申请证书", "修改证书申请", "取消申请", "扩展信息"]);
  assert.equal((await page.goto(`/case/${a.key}/print`)).status(), 409);
  assert.match(await main(page), /提交数据后才能打印/);
  await page.goto(`/case/${a.key}`);
  await press(page, "继续填写", "link");
  assert.match(page.url(), /\/form\//);
  await page.context().close();
});

test("cancelled once, with a page that asks; then only what is legal is left (S210)", async () => {
  const { a, page } = await enter(s, "begin");
  await page.goto(`/case/${a.key}/cancel`);
  assert.match(await main(page), /不能恢复/);
  assert.equal(await a.state(), "materials", "asking changes nothing");
  await press(page, "确认取消");
  assert.equal(await a.state(), "cancelled");
  assert.deepEqual(await acts(page), ["类似申请证书", "打印申请表", "扩展信息"]);
  assert.equal((await page.goto(`/case/${a.key}/cancel`)).status(), 409);
  await page.goto("/user?tab=finished");
  assert.match(await main(page), /已取消[\s\S]*记录数 1 条/);
  await page.goto("/user/payments");
  assert.equal(await page.locator("main tbody a").filter({ hasText: "缴费" }).count(), 0);
  await page.context().close();
});

test("without a script lists are filtered, numbers found, papers printed and applications cancelled", async () => {
  const { a, page } = await enter(s, "begin", { javaScript: false });
  await page.goto("/user/records");
  await page.fill("#name", "别人");
  await press(page, "查询");
  assert.match(await main(page), /记录数 0 条/);
  await page.goto("/query");
  await page.fill("#number", a.number);
  await press(page, "查询");
  assert.match(page.url(), new RegExp(`/case/${a.key}$`));
  await press(page, "打印申请表", "link");
  await press(page, "打印（共 3 页 A4）", "link");
  assert.equal(await page.locator("article.paper").count(), 3);
  await page.goto(`/case/${a.key}/cancel`);
  await press(page, "确认取消");
  assert.equal(await a.state(), "cancelled");
  await page.context().close();
});
