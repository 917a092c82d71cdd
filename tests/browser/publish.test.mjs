// SPDX-License-Identifier: Apache-2.0
// Rules on their way to be live, in Chromium: an open application that would be left without a state is listed and mapped, the
// second administrator sees for whom everything changes, approves, and watches the application being moved. What each page on
// that way must pass.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import { press } from "./lib/counter.mjs";
import { enter } from "./lib/desk.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

// 材料 becomes 资料: the old state is gone.
const RENAMED = {
  "flows/parts.lua": [["path = { \"materials\",", "path = { \"papers\","], ["\"returned\", \"materials\", \"identity\"", "\"returned\", \"papers\", \"identity\""],
    ["materials = { label = \"等待材料\"", "papers = { label = \"等待资料\""]],
  "flows/unit_issue.lua": [["\"submitted\", \"materials\",", "\"submitted\", \"papers\","]],
  "flows/personal_issue.lua": [["\"submitted\", \"materials\",", "\"submitted\", \"papers\","]],
  "lib/path.lua": [["return \"materials\"", "return \"papers\""]],
  "tests/unit_issue.lua": [["state = \"materials\"", "state = \"papers\""]],
  "tests/personal_issue.lua": [["state = \"materials\"", "state = \"papers\""]],
  "site.lua": [["400-000-0000", "400-000-1111"]],
};

async function desk(login, options) {
  const page = await s.page(options);
  page.setDefaultTimeout(60_000);
  await enter(s, page, login);
  return page;
}

// A draft with all of that; its address.
async function drafted() {
  const page = await desk("admin1", { javaScript: false });
  await page.goto("/staff/rules");
  await page.fill("#title", "材料改称资料");
  await press(page, "新建草稿");
  const base = new URL(page.url()).pathname;
  for (const [name, swaps] of Object.entries(RENAMED)) {
    await page.goto(`${base}/file?name=${name}`);
    const area = page.locator("textarea[name=body]");
    await area.fill(swaps.reduce((body, [from, to]) => body.replaceAll(from, to), await area.inputValue()));
    await press(page, "保存");
  }
  await page.context().close();
  return base;
}

const words = (page) => page.locator("main").innerText();

async function assertSound(page, path) {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    const response = await page.goto(path);
    assert.equal(response.status(), 200, path);
    await assertAccessible(page);
    await assertReflows(page);
    await assertValidHtml(response);
  }
}

// The way from the draft to a publication, with what is refused on it; its address.
async function proposed(page, base) {
  await page.goto(`${base}/propose`);
  assert.match(await words(page), /立即对所有申请生效（1 个文件）[\s\S]*site\.lua[\s\S]*只对新提交的申请生效（4 个文件）/);
  await page.fill("#reason", "材料改称资料");
  await page.getByLabel("改按新规则办理").check();
  assert.equal((await press(page, "检查并提交")).status(), 422);
  await assertAccessible(page);
  assert.match(await words(page), /有申请处于新规则没有的状态/);
  await page.getByRole("link", { name: "请选择单位证书“等待材料”的申请改为哪个状态" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.name), "move.unit_issue:materials");
  await page.getByLabel("单位证书“等待材料”的 1 项申请改为").selectOption({ label: "等待资料" });
  await press(page, "检查并提交");
  assert.match(await words(page), /已提交，等待另一位管理员批准/);
  return new URL(page.url()).pathname;
}

test("an open application is mapped, moved after the approval, and everything stays to be read", async () => {
  const a = new Applicant(s.url);
  await a.register();
  await a.begin();
  const [first, second] = [await desk("admin1"), await desk("admin2")];
  const base = await drafted();
  await first.goto(base);
  const path = await proposed(first, base);
  await first.goto(path);
  assert.equal(await first.getByRole("button", { name: "批准", exact: true }).count(), 0, "never by the author");
  await second.goto(path);
  assert.match(await words(second), /重演[\s\S]*“选择领取方式”（submitted）：1 次[\s\S]*等待资料（papers）[\s\S]*等待材料\s+1\s+等待资料/);
  await assertSound(second, path);
  await press(second, "批准");
  await second.locator("#progress").getByText("已完成：已移动 1 项").waitFor();
  assert.equal(await a.state(), "papers");
  await first.goto("/staff/rules/history");
  await first.getByRole("link", { name: "材料改称资料" }).click();
  await first.waitForURL((url) => url.pathname === path);
  assert.match(await words(first), /使用中[\s\S]*管理员甲[\s\S]*管理员乙[\s\S]*检查通过/);
  const version = await first.getByRole("link", { name: /这个版本的全部文件/ }).getAttribute("href");
  for (const one of [path, "/staff/rules/history", version, `${version}/file?name=lib/path.lua`]) {
    await assertSound(first, one);
  }
  assertNoFaults(first);
  assertNoFaults(second);
  await first.context().close();
  await second.context().close();
});
