// SPDX-License-Identifier: Apache-2.0
// Two at once: changes of different lines are merged, the same lines are chosen between by buttons; nothing is lost.
import assert from "node:assert/strict";
import { test } from "node:test";

import { shoot } from "./lib/browser.mjs";
import { assertAccessible, assertReflows } from "./lib/checks.mjs";
import * as rules from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const PRICES = "file?name=prices.lua";

async function choose(page, value) {
  await Promise.all([page.waitForNavigation(), page.locator(`button[value="${value}"]`).click()]);
}

// One draft open in two windows on one file.
async function twoWindows(title, options) {
  const page = await rules.desk(s, "admin1", options);
  const base = await rules.begin(page, title);
  const other = await page.context().newPage();
  await page.goto(`${base}/${PRICES}`);
  await other.goto(new URL(`${base}/${PRICES}`, s.url).href);
  await rules.area(other).waitFor({ state: "attached" });
  return { page, other, base };
}

test("two windows on one file: other lines are merged, the same lines must be chosen", async () => {
  const { page, other, base } = await twoWindows("两个窗口");
  await rules.replace(page, "fen = 26000", "fen = 26100");
  await rules.press(page, "保存");
  await rules.replace(other, "quote_days = 30", "quote_days = 29");
  await rules.press(other, "保存");
  assert.match(await other.locator(".notice").innerText(), /合并了另一个窗口的修改/);
  assert.match(await rules.area(other).inputValue(), /fen = 26100[\s\S]*quote_days = 29/);
  await rules.replace(page, "quote_days = 30", "quote_days = 31");
  assert.equal((await rules.press(page, "保存")).status(), 409);
  assert.match(await rules.area(page).inputValue(), /<<<<<<< 我的修改\n[^\n]*31,\n=======\n[^\n]*29,\n>>>>>>> 另一个窗口的版本/);
  assert.match(await page.locator(".conflicts").innerText(), /quote_days = 31[\s\S]*quote_days = 29/);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await assertAccessible(page);
    await assertReflows(page);
    await shoot(page, `rules-conflict-${width}`);
  }
  await choose(page, "keep:1:mine");
  assert.match(await page.locator(".notice").innerText(), /已保存所选的内容/);
  await page.goto(`${base}/${PRICES}`);
  assert.match(await rules.area(page).inputValue(), /fen = 26100[\s\S]*quote_days = 31/);
  await page.context().close();
});

test("two administrators on one file: the second merges and chooses, also without a script", async () => {
  const [first, second] = [await rules.desk(s, "admin1", { javaScript: false }), await rules.desk(s, "admin2")];
  const bases = [await rules.begin(first, "甲的修改"), await rules.begin(second, "乙的修改")];
  await first.goto(`${bases[0]}/file?name=messages/sms.lua`);
  await rules.replace(first, "业务受理号 {number}：身份识别已通过。", "业务受理号 {number}：本人身份识别已通过。");
  await rules.press(first, "保存");
  await second.goto(`${bases[1]}/file?name=messages/sms.lua`);
  await second.locator(".cm-content").waitFor();
  await rules.replace(second, "业务受理号 {number}：身份识别已通过。", "业务受理号 {number}：您的身份识别已通过。");
  await rules.press(second, "保存");
  await rules.publish(second, first, bases[1], "短信用语");
  await first.goto(bases[0]);
  await rules.press(first, "合并新发布的规则");
  await first.getByRole("alert").getByRole("link", { name: "messages/sms.lua" }).click();
  await first.waitForURL(/name=messages/);
  assert.match(await first.locator(".conflicts").innerText(), /本人身份识别[\s\S]*您的身份识别/);
  await choose(first, "keep:1:theirs");
  assert.match(await rules.area(first).inputValue(), /您的身份识别/);
  assert.doesNotMatch(await rules.area(first).inputValue(), /<<<<<<<|本人身份识别已通过/);
  await first.goto(`${bases[0]}/diff`);
  assert.match(await first.locator("main").innerText(), /没有任何修改/);
  await first.context().close();
  await second.context().close();
});
