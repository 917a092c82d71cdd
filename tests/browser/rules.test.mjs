// SPDX-License-Identifier: Apache-2.0
// The rules editor in Chromium: from an edit to rules that are live and back, two windows at once, by keyboard alone, without a
// script, and what every page must pass.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertNoFaults, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import { press } from "./lib/counter.mjs";
import * as rules from "./lib/rules.mjs";
import { begin, replace } from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";
import { countTraffic } from "./lib/traffic.mjs";

const s = suite();
const PRICES = "file?name=prices.lua";

const desk = (login, options) => rules.desk(s, login, options);

async function shown(page) {
  await page.goto("/staff/rules");
  return page.locator("main").innerText();
}

test("edit, red, mend, check, propose, approved by the second, live, rolled back", async () => {
  const [first, second] = [await desk("admin1"), await desk("admin2")];
  const base = await begin(first, "开户费调整");
  await first.goto(`${base}/${PRICES}`);
  await first.locator(".cm-content").waitFor();
  await replace(first, "fen = 26000", "fen = 270.5");
  await first.locator("#findings .findings__one--error", { hasText: "以分为单位的整数" }).first().waitFor();
  await first.locator(".cm-lint-marker-error").first().waitFor();
  await replace(first, "fen = 270.5", "fen = 27000");
  await first.locator("#findings", { hasText: "没有发现问题" }).waitFor();
  await press(first, "保存");
  await first.goto(base);
  assert.equal(await first.locator(".tree li", { hasText: "prices.lua" }).locator(".govuk-tag").innerText(), "已修改");
  await press(first, "全面检查并测试");
  assert.match(await first.locator("main").innerText(), /检查未通过[\s\S]*一年的价格/);
  await first.goto(`${base}/file?name=tests/unit_issue.lua`);
  await first.locator(".cm-content").waitFor();
  await replace(first, "price = 26000", "price = 27000");
  await replace(first, "price = 62000", "price = 63000");
  await press(first, "保存");
  await first.goto(base);
  await press(first, "全面检查并测试");
  assert.match(await first.locator("main").innerText(), /检查通过/);
  await first.goto(`${base}/propose`);
  await first.fill("#reason", "按新的收费标准");
  await press(first, "检查并提交");
  const publication = first.url();
  assert.match(await first.locator("main").innerText(), /提交人不能批准自己的修改/);
  assert.equal(await first.getByRole("button", { name: "批准", exact: true }).count(), 0);
  await second.goto(publication);
  assert.match(await second.locator(".change__row--new").first().innerText(), /27000/);
  await press(second, "批准");
  assert.match(await second.locator(".notice").innerText(), /已经生效/);
  assert.match(await shown(second), /使用中/);
  await first.goto(`${await begin(first, "看")}/preview`);
  assert.match(await first.locator("main").innerText(), /270\.00/);
  await first.goto("/staff/rules");
  await first.getByRole("link", { name: "恢复上一版" }).click();
  await first.waitForURL(/rules\/back/);
  assert.equal((await press(first, "恢复上一版")).status(), 422);
  await first.fill("#reason", "标准推迟执行");
  await press(first, "恢复上一版");
  assert.match(await first.locator(".notice").innerText(), /已恢复上一版/);
  await first.goto(`${await begin(first, "再看")}/preview`);
  assert.match(await first.locator("main").innerText(), /260\.00/);
  assertNoFaults(first);
  assertNoFaults(second);
  await first.context().close();
  await second.context().close();
});

test("by keyboard alone: type, complete, leave the editor, save", async () => {
  const page = await desk("admin2");
  const base = await begin(page, "键盘");
  await page.goto(`${base}/file?name=lib/path.lua&line=1`);
  await page.locator(".cm-content").waitFor();
  await page.waitForFunction(() => document.activeElement?.classList.contains("cm-content"));
  await page.keyboard.type("-- text.norm");
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => !document.activeElement.classList.contains("cm-content")), "Escape, then Tab leaves the editor");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\n-- ");
  await page.keyboard.type("text.nor");
  await page.keyboard.press("Control+Space");
  await page.locator(".cm-tooltip-autocomplete").waitFor();
  await page.keyboard.press("Escape");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Control+s")]);
  assert.match(page.url(), /saved=1/);
  assertNoFaults(page);
  await page.context().close();
});

test("without a script the same form checks and saves", async () => {
  const page = await desk("admin1", { javaScript: false });
  const base = await begin(page, "无脚本");
  await page.goto(`${base}/${PRICES}`);
  await replace(page, "fen = 26000", "fen = -1");
  await press(page, "检查");
  assert.match(await page.locator("#findings").innerText(), /prices\.lua 第 19 行/);
  await replace(page, "fen = -1", "fen = 26500");
  await press(page, "保存");
  assert.match(await page.locator(".notice").innerText(), /已保存/);
  await press(page, "运行测试");
  assert.match(await page.locator("[data-tests]").innerText(), /未通过 tests\/unit_issue\.lua 第 \d+ 行 一年的价格/);
  await page.goto(`${base}/graph`);
  assert.match(await page.locator("table").innerText(), /提交数据（submit）/);
  await page.context().close();
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
  await replace(page, "quote_days = 30", "quote_days = 31");
  await press(page, "保存");
  for (const path of ["/staff/rules", "/staff/rules/back", base, `${base}?q=fen`, `${base}/${PRICES}`, `${base}/file?name=flows/parts.lua`, `${base}/diff`, `${base}/graph`, `${base}/preview`, `${base}/propose`]) {
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      const response = await page.goto(path);
      assert.equal(response.status(), 200, path);
      await assertAccessible(page);
      await assertReflows(page);
      await assertValidHtml(response);
    }
  }
  await page.goto(`${base}/graph`);
  await page.locator(".graph svg a").first().waitFor();
  assert.ok(await page.locator(".graph svg a").count() >= 10);
  assertNoFaults(page);
  await page.context().close();
});
