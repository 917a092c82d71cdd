// SPDX-License-Identifier: Apache-2.0
// Review in Chromium: two people review, return, see it mended, refuse; by mouse, by keyboard alone, without a script (S188, S191,
// C20, C28).
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { enter, look, makeCase, mend, press } from "./lib/counter.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite("staff");

async function desk(login, options) {
  const page = await s.page(options);
  await enter(s, page, login);
  return page;
}

async function open(page, made) {
  return page.goto(`/staff/case/${made.key}`);
}

async function claim(page, made) {
  await open(page, made);
  return press(page, "领取并审核");
}

const notice = (page) => page.locator(".notice").innerText();

test("two people review; a claim of one is seen by the other", async () => {
  const made = await makeCase(s, { fen: 1_500_000 });
  const [first, second] = [await desk("reviewer1"), await desk("reviewer2")];
  await claim(first, made);
  await open(second, made);
  assert.match(await second.locator(".states").innerText(), /审核员甲 正在审核/);
  assert.equal(await second.getByRole("button", { name: "领取并审核" }).count(), 0);
  await press(first, "初审通过");
  assert.match(await notice(first), /已审核通过/);
  await first.keyboard.press("Tab");
  assert.equal(await first.evaluate(() => document.activeElement.textContent), "领取下一件");
  await claim(second, made);
  await press(second, "复审通过");
  assert.equal((await look(s, made)).state, "paper");
  assertNoFaults(first);
  assertNoFaults(second);
  await first.context().close();
  await second.context().close();
});

test("two items returned, mended, reviewed again; errors keep everything", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer1");
  await claim(page, made);
  await page.locator("#tick-material-form").check();
  await page.locator("#material-form").selectOption("no_stamp");
  await page.locator("#tick-field-unit_phone").check();
  await page.locator("#words-field-unit_phone").fill("");
  await page.locator("#mark-authorization").fill("ABC");
  assert.equal((await press(page, "退回补正")).status(), 422);
  assert.equal(await page.locator(".govuk-error-summary a").innerText(), "请为“单位联系电话”选择或写明退回原因");
  await page.locator(".govuk-error-summary a").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "field-unit_phone");
  assert.equal(await page.locator("#material-form").inputValue(), "no_stamp");
  assert.equal(await page.locator("#mark-authorization").inputValue(), "ABC");
  await page.locator("#field-unit_phone").selectOption("unreachable");
  await page.locator("#words-field-unit_phone").fill("请留手机");
  await press(page, "退回补正");
  assert.match(await notice(page), /已退回补正/);
  const row = await look(s, made);
  assert.deepEqual(row.returned.map((one) => one.item), ["material:form", "field:unit_phone"]);
  await mend(s, { key: made.key, values: { unit_phone: "13900139000" } });
  await mend(s, { key: made.key, material: "form" });
  // The phone is printed on both: what was signed before is void (C28).
  assert.equal((await mend(s, { key: made.key, material: "authorization" })).state, "review");
  await claim(page, made);
  assert.equal(await page.locator(".govuk-tag", { hasText: "已补正" }).count(), 2);
  assert.match(await page.locator(".returns").innerText(), /未加盖单位公章[\s\S]*请留手机/);
  await press(page, "审核通过");
  assert.equal((await look(s, made)).state, "paper");
  assertNoFaults(page);
  await page.context().close();
});

test("a reason opens with its tick", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer2");
  await claim(page, made);
  assert.ok(!await page.locator("#field-unit_name").isVisible());
  await page.locator("#tick-field-unit_name").check();
  assert.ok(await page.locator("#field-unit_name").isVisible());
  await press(page, "放回队列");
  await page.context().close();
});

test("refused on a page of its own that names it", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer1");
  await claim(page, made);
  await page.locator("#refuse").selectOption("deregistered");
  await press(page, "否决申请");
  assert.match(await page.locator("main").innerText(), /不能恢复[\s\S]*单位已注销或吊销/);
  await assertAccessible(page);
  await press(page, "确认否决");
  assert.match(await notice(page), /已否决/);
  assert.equal((await look(s, made)).state, "refused");
  await page.context().close();
});

test("pictures turn in place, and ← → go through them", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer1");
  await claim(page, made);
  const frame = page.locator("#scan-form .scan__frame");
  await page.locator("#tick-field-unit_name").check();
  await page.locator('button[value="turn:form:1"]').click();
  assert.match(await frame.getAttribute("class"), /scan__frame--1/);
  assert.ok(await page.locator("#tick-field-unit_name").isChecked(), "nothing was posted");
  await page.locator('button[value="turn:form:3"]').click();
  assert.match(await frame.getAttribute("class"), /scan__frame--0/);
  await page.locator("[data-scans]").focus();
  await page.keyboard.press("r");
  assert.match(await frame.getAttribute("class"), /scan__frame--1/);
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.evaluate(() => document.activeElement.id), "scan-unit_document");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await page.evaluate(() => document.activeElement.id), "scan-form");
  const width = await page.locator("#scan-form img").evaluate((img) => img.naturalWidth);
  assert.ok(width > 0, "the picture is there");
  await press(page, "放回队列");
  assertNoFaults(page);
  await page.context().close();
});

test("by keyboard alone: next case, tick, reason, return", async () => {
  const page = await desk("reviewer2");
  await makeCase(s);
  await page.goto("/staff/review");
  await page.getByRole("button", { name: "领取下一件" }).focus();
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 2, `${seen.length} of ${total}`);
  await page.locator("#tick-material-form").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("第二页");
  await page.getByRole("button", { name: "退回补正" }).focus();
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await notice(page), /已退回补正/);
  await page.context().close();
});

test("without a script: claim, turn, return, approve", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer1", { javaScript: false });
  await claim(page, made);
  await page.locator("#tick-material-form").check();
  await page.locator("#words-material-form").fill("写了一半");
  await Promise.all([page.waitForNavigation(), page.locator('button[value="turn:form:1"]').click()]);
  assert.match(await page.locator("#scan-form .scan__frame").getAttribute("class"), /scan__frame--1/);
  assert.equal(await page.locator("#words-material-form").inputValue(), "写了一半");
  await press(page, "退回补正");
  assert.match(await notice(page), /已退回补正/);
  await mend(s, { key: made.key, material: "form" });
  await claim(page, made);
  await press(page, "审核通过");
  assert.equal((await look(s, made)).state, "paper");
  await page.context().close();
});
