// SPDX-License-Identifier: Apache-2.0
// The rules editor in Chromium: from an edit to rules that are live, by keyboard alone and without a script, what it weighs, and what
// every page must pass. With mouse and script the way is walked by guide.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { shoot } from "./lib/browser.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import { press } from "./lib/counter.mjs";
import { enter, tabTo } from "./lib/keys.mjs";
import * as rules from "./lib/rules.mjs";
import { begin, main, replace } from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";
import { countTraffic } from "./lib/traffic.mjs";

const s = suite();
const PRICES = "file?name=prices.lua";

const desk = (login, options) => rules.desk(s, login, options);

// Looks for a text in the editor, types over it and saves, all by keys.
async function typeByKeys(page, wanted, typed) {
  await page.keyboard.press("Control+f");
  await page.keyboard.type(wanted);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.keyboard.type(typed);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+s")]);
  assert.match(await main(page), /已保存/);
}

test("by keyboard alone: a draft, the editor, its words, proposed, approved by the second", async () => {
  const [first, second] = [await desk("admin1"), await desk("admin2")];
  await enter(first, "业务规则");
  await enter(first, "草稿名称", "键盘");
  await enter(first, "prices.lua");
  await first.locator(".cm-content").waitFor();
  await tabTo(first, "prices.lua 的内容");
  await typeByKeys(first, "quote_days = 30", "quote_days = 29");
  await first.locator(".cm-content").waitFor();
  await tabTo(first, "prices.lua 的内容");
  await first.keyboard.type("-- text.nor");
  await first.keyboard.press("Control+Space");
  await first.locator(".cm-tooltip-autocomplete", { hasText: "text.normalize" }).waitFor();
  await first.keyboard.press("Escape");
  await first.keyboard.press("Escape");
  await first.keyboard.press("Tab");
  assert.ok(await first.evaluate(() => !document.activeElement.classList.contains("cm-content")), "Escape, then Tab leaves the editor");
  await enter(first, "提交批准");
  await enter(first, "修改的原因", "报价有效期");
  assert.match(await main(first), /提交人不能批准自己的修改/);
  await second.goto(first.url());
  await enter(second, "批准");
  assert.match(await main(second), /新的规则已经生效/);
  assertNoFaults(first);
  assertNoFaults(second);
  await first.context().close();
  await second.context().close();
});

async function backToBefore(page, reason) {
  await page.goto("/staff/rules");
  await page.getByRole("link", { name: "恢复上一版" }).click();
  await page.waitForURL(/rules\/back/);
  assert.equal((await press(page, "恢复上一版")).status(), 422, "a reason is asked for");
  await page.fill("#reason", reason);
  await press(page, "恢复上一版");
  assert.match(await page.locator(".notice").innerText(), /已恢复上一版/);
}

test("without a script: the same checks and tests, proposed, approved by the second, rolled back", async () => {
  const [page, second] = [await desk("admin1", { javaScript: false }), await desk("admin2", { javaScript: false })];
  const base = await begin(page, "无脚本");
  await page.goto(`${base}/${PRICES}`);
  await replace(page, "fen = 26000", "fen = -1");
  await press(page, "检查");
  assert.match(await page.locator("#findings li").first().innerText(), /prices\.lua 第 19 行/);
  await replace(page, "fen = -1", "fen = 26500");
  await press(page, "保存");
  await press(page, "运行测试");
  assert.match(await page.locator("[data-tests]").innerText(), /未通过 tests\/unit_issue\.lua 第 \d+ 行 一年的价格/);
  await page.goto(`${base}/file?name=tests/unit_issue.lua`);
  await replace(page, "price = 26000", "price = 26500");
  await replace(page, "price = 62000", "price = 62500");
  await press(page, "保存");
  await page.goto(`${base}/graph`);
  assert.match(await page.locator("table").innerText(), /提交数据（submit）/);
  await page.goto(base);
  assert.equal(await page.locator(".tree li", { hasText: "prices.lua" }).locator(".govuk-tag").innerText(), "已修改");
  await page.goto(`${base}?q=quote_days`);
  assert.match(await page.locator(".tree").innerText(), /^prices\.lua[\s\S]*第 \d+ 行 quote_days = /, "a search names the lines");
  const publication = await rules.publish(page, second, base, "按新的收费标准");
  await page.goto(publication);
  assert.equal(await page.getByRole("button", { name: "批准", exact: true }).count(), 0, "the author does not approve");
  await page.goto("/apply/unit_issue");
  assert.match(await main(page), /265\.00/);
  await backToBefore(page, "标准推迟执行");
  await page.goto("/apply/unit_issue");
  assert.match(await main(page), /260\.00/);
  await page.context().close();
  await second.context().close();
});

test("the editor weighs at most 200 KB, with the flow beside it 280 KB", async (t) => {
  for (const [file, most] of [["prices.lua", 200], ["flows/parts.lua", 280]]) {
    const page = await desk("admin1");
    const base = await begin(page, "重量");
    const traffic = await countTraffic(page);
    await page.goto(`${base}/file?name=${file}`, { waitUntil: "networkidle" });
    await page.locator(most > 200 ? ".graph svg" : ".cm-content").waitFor();
    t.diagnostic(`${file}: ${Math.round(traffic.bytes() / 1024)} KB`);
    assert.ok(traffic.bytes() <= most * 1024, `${file}: ${traffic.bytes()} bytes`);
    await page.context().close();
  }
});

test("pages: axe, valid, no scrolling sideways at 1280 and 320", async () => {
  const page = await desk("admin1");
  const base = await begin(page, "各页");
  await page.goto(`${base}/${PRICES}`);
  await page.locator(".cm-content").waitFor();
  await replace(page, "permille = 900", "permille = 850");
  await press(page, "保存");
  for (const path of ["/staff/rules", "/staff/rules/back", base, `${base}?q=fen`, `${base}/${PRICES}`, `${base}/file?name=flows/parts.lua`, `${base}/diff`, `${base}/graph`, `${base}/preview`, `${base}/propose`]) {
    const response = await page.goto(path);
    assert.equal(response.status(), 200, path);
    await assertValidHtml(response);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await assertAccessible(page);
      await assertReflows(page);
      await shoot(page, `rules-${new URL(page.url()).pathname.split("/").slice(3).join("-").replace(/[0-9a-z]{26}/u, "one")}-${width}`);
    }
  }
  await page.goto(`${base}/graph`);
  await page.locator(".graph svg a").first().waitFor();
  assert.ok(await page.locator(".graph svg a").count() >= 10);
  assertNoFaults(page);
  await page.context().close();
});
