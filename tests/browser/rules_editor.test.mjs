// SPDX-License-Identifier: Apache-2.0
// What the editor does while somebody works in it: findings soon after the last key, words completed and explained, tests green
// and red, the flow beside the code.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { root } from "./lib/hall.mjs";
import * as rules from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const WAIT_MS = 100; // of the island: how long nobody types
const TRIES = 6;
const BURST = "= = = = = = = =";

// Milliseconds from the last key to the mark in the gutter.
async function delay(page, key) {
  const marked = page.evaluate(() => new Promise((resolve) => {
    const began = window.performance.now();
    const look = () => document.querySelector(".cm-lint-marker-error") ? resolve(window.performance.now() - began) : window.requestAnimationFrame(look);
    look();
  }));
  await page.keyboard.type(key);
  return marked;
}

// Milliseconds of the whole check with its tests, by the same request.
function fullCheck(page) {
  return page.evaluate(async () => {
    const { dataset, elements } = document.querySelector("[data-editor]");
    const body = new URLSearchParams({ _csrf: elements._csrf.value, name: dataset.name, body: elements.body.value, tests: "1" });
    const began = window.performance.now();
    await (await fetch(dataset.check, { method: "POST", headers: { Accept: "application/json" }, body })).json();
    return window.performance.now() - began;
  });
}

async function repeated(measure) {
  const times = [];
  for (let i = 0; i < TRIES; i += 1) {
    times.push(Math.round(await measure()));
  }
  return times.sort((a, b) => a - b);
}

test("a mistake is red in the gutter when nobody types, after one request, sooner than the full check", async (t) => {
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "快慢");
  await rules.openFile(page, base, "regions.lua");
  await rules.clean(page);
  await rules.typeBelow(page, "return {", "");
  const marks = await repeated(async () => {
    const ms = await delay(page, "=");
    await page.keyboard.press("Backspace");
    await page.waitForFunction(() => !document.querySelector(".cm-lint-marker-error"));
    return ms;
  });
  const full = await repeated(() => fullCheck(page));
  t.diagnostic(`from the last key to the mark, ${WAIT_MS} ms of waiting in it: ${marks.join(" ")} ms; full check with tests: ${full.join(" ")} ms`);
  assert.ok(marks[0] - WAIT_MS < full[0], "the check while typing is the smaller one");
  let asked = 0;
  page.on("request", (request) => {
    asked += request.url().endsWith("/typed") ? 1 : 0;
  });
  await page.keyboard.type(BURST);
  await page.locator(".cm-lint-marker-error").waitFor();
  assert.ok(asked < BURST.length / 4, `${asked} requests for ${BURST.length} keys`);
  assertNoFaults(page);
  await page.context().close();
});

const options = (page) => page.locator(".cm-tooltip-autocomplete li").allInnerTexts();

async function complete(page, typed) {
  await page.keyboard.type(typed);
  await page.keyboard.press("Control+Space");
  await page.locator(".cm-tooltip-autocomplete").waitFor();
  const found = await options(page);
  await page.keyboard.press("Escape");
  return found.join("\n");
}

test("names of the draft, effects, events, facts and properties are completed where they fit", async () => {
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "补全");
  await rules.openFile(page, base, "flows/parts.lua");
  await rules.typeBelow(page, "local onward", "local a = ");
  assert.match(await complete(page, "facts.ap"), /facts\.approvals/);
  await page.keyboard.type(", { effe");
  assert.match(await complete(page, ""), /effects/);
  await page.keyboard.type(', "que');
  assert.match(await complete(page, ""), /queue_review/);
  await page.keyboard.type('", "identity_l');
  assert.match(await complete(page, ""), /identity_link/);
  await page.keyboard.type('", "seal_i');
  assert.match(await complete(page, ""), /seal_imprint/);
  await page.context().close();
});

test("a word under the pointer is explained", async () => {
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "说明");
  await rules.openFile(page, base, "flows/parts.lua");
  await rules.clean(page);
  await page.keyboard.press("Control+Home");
  for (const [wanted, said] of [['"reserve_name"', /保留用户名/], ["facts.claimed", /已有审核员领取/], ["notify = ", /事件发出的消息/]]) {
    await page.locator(".cm-content").focus();
    await page.keyboard.press("Control+f");
    await page.locator(".cm-search input[name=search]").fill(wanted);
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Escape");
    const box = await page.locator(".cm-selectionBackground").first().boundingBox();
    await page.mouse.move(0, 0);
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
    await page.locator(".tip", { hasText: said }).waitFor();
  }
  await page.context().close();
});

test("every name that the checks know has its sentence", async () => {
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "词汇");
  const response = await page.request.get(`${s.url}${base}/words`);
  const known = new Map((await response.json()).map(([label, , info]) => [label, info]));
  const folder = join(root, "scripts/lib/bundle_check");
  const names = new Set();
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const [, name] of text.matchAll(/(\w+) = "(?:text|list|table|integer|boolean|flag|any|date|fen)!?"/gu)) {
      names.add(name);
    }
  }
  names.delete("source");
  assert.ok(names.size > 80);
  assert.deepEqual([...names].filter((name) => !known.get(name)), []);
  await page.context().close();
});

test("tests are run in the editor, each green or red with its line", async () => {
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "测试");
  await rules.openFile(page, base, "tests/unit_issue.lua");
  await rules.typeOver(page, "price = 26000", "price = 26001");
  await page.getByRole("button", { name: "运行测试" }).click();
  const list = page.locator("[data-tests]");
  await list.locator(".govuk-tag--red").first().waitFor();
  assert.equal(await list.locator(".govuk-tag--red").count(), 1);
  assert.ok(await list.locator(".govuk-tag--green").count() >= 15);
  await page.locator(".cm-lint-marker-error").first().waitFor();
  await list.locator("li", { hasText: "一年的价格" }).getByRole("link").click();
  await page.locator(".cm-activeLine", { hasText: "一年的价格" }).waitFor();
  assert.match(await rules.area(page).inputValue(), /price = 26001/, "what was typed stays");
  assertNoFaults(page);
  await page.context().close();
});

test("the flow stands beside the code: states count their cases and lead to their lines, by keyboard too", async () => {
  const a = new Applicant(s.url);
  await a.register();
  await a.begin("unit_issue");
  const page = await rules.desk(s, "admin1");
  const base = await rules.begin(page, "流程");
  await rules.openFile(page, base, "flows/parts.lua");
  const state = page.locator(".graph a", { hasText: "等待纸质材料" });
  await state.waitFor();
  const [code, graph] = [await page.locator(".code--live").boundingBox(), await page.locator(".editor__graph").boundingBox()];
  assert.ok(graph.x >= code.x + code.width, "beside, not below");
  await state.focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator(".cm-activeLine").innerText(), /paper = \{ label = "等待纸质材料"/);
  await page.locator("summary", { hasText: "以表格显示流程" }).press("Enter");
  const [drawn, rows] = [await page.locator(".graph a").count(), await page.locator(".editor__graph tbody tr").allInnerTexts()];
  assert.equal(drawn, 14);
  assert.deepEqual(await page.locator(".graph a", { hasText: "1 件" }).allTextContents(), ["等待材料1 件"]);
  assert.ok(rows.every((row) => /^等待材料/.test(row) === /\t1\t/.test(row)), "the table counts the same");
  assert.ok(rows.some((row) => /等待纸质材料[\s\S]*收件登记（received）[\s\S]*激活完成/.test(row)));
  await page.context().close();
});
