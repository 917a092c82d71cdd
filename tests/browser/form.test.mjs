// SPDX-License-Identifier: Apache-2.0
// The demonstration form: wrong input keeps everything, right input ends in the list, twice is once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";
import { slowDown } from "./lib/traffic.mjs";

const s = suite();

async function fill(page, { name = "张三", phone = "13800138000", kind = "单位证书", note = "" } = {}) {
  await page.goto("/demo");
  await page.fill("#name", name);
  await page.fill("#phone", phone);
  await page.getByLabel(kind).check();
  await page.fill("#note", note);
}

function send(page) {
  return Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "提交", exact: true }).click()]);
}

async function sendEmpty(page) {
  await page.goto("/demo");
  const [response] = await send(page);
  return response;
}

test("the form holds in every look", (t) => checkEverywhere(t, s, { name: "form", path: "/demo" }));
test("and with errors", (t) => checkEverywhere(t, s, { name: "form-errors", reach: sendEmpty, status: 422 }));

test("wrong input keeps everything and says each thing twice", async () => {
  const page = await s.page();
  await fill(page, { phone: "1380013", note: "请尽快" });
  const [response] = await send(page);
  assert.equal(response.status(), 422);
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  assert.equal(await page.locator(".govuk-error-summary__title").innerText(), "信息有误，请修改下面 1 处");
  const message = await page.locator(".govuk-error-summary a").innerText();
  assert.ok((await page.locator("#phone-error").innerText()).includes(message));
  assert.equal(await page.inputValue("#name"), "张三");
  assert.equal(await page.inputValue("#phone"), "1380013");
  assert.equal(await page.inputValue("#note"), "请尽快");
  assert.ok(await page.getByLabel("单位证书").isChecked());
  await page.locator(".govuk-error-summary a").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "phone");
  assertNoFaults(page);
  await page.context().close();
});

test("right input is stored, said, and listed; full-width digits and spaces are taken", async () => {
  const page = await s.page();
  await fill(page, { name: "李四", phone: "１３９ ００１３-9000", kind: "个人证书" });
  await send(page);
  assert.match(page.url(), /\/demo\?saved=/);
  assert.equal(await page.evaluate(() => document.activeElement.className), "notice notice--good");
  assert.match(await page.locator(".notice").innerText(), /李四，您的编号是 \d+。/);
  const row = page.locator(".table tbody tr").first();
  assert.match(await row.innerText(), /李四[\s\S]*139\*\*\*\*9000/);
  assertNoFaults(page);
  await page.context().close();
});

test("by keyboard alone", async () => {
  const page = await s.page();
  await page.goto("/demo");
  await page.focus("#name");
  await page.keyboard.type("王五");
  await page.keyboard.press("Tab");
  await page.keyboard.type("13700137000");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.type("用键盘填写");
  await page.keyboard.press("Tab");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await page.locator(".notice").innerText(), /王五/);
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 1, `${seen.length} of ${total}`);
  await page.context().close();
});

test("two clicks are one entry", async () => {
  const page = await s.page();
  await fill(page, { name: "赵六" });
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  await slowDown(page);
  // Bare clicks: a locator's would wait until the first has brought its page.
  const button = page.getByRole("button", { name: "提交", exact: true });
  await button.scrollIntoViewIfNeeded();
  const box = await button.boundingBox();
  const arrived = page.waitForURL(/saved=/);
  for (let i = 0; i < 2; i += 1) {
    await page.mouse.click(box.x + 5, box.y + 5);
    await page.waitForTimeout(100);
  }
  await arrived;
  assert.equal(posts.length, 1);
  const rows = await page.locator(".table tbody tr", { hasText: "赵六" }).count();
  assert.equal(rows, 1);
  await page.context().close();
});

test("markup that was typed stays text", async () => {
  const page = await s.page();
  await fill(page, { phone: "1", note: "</textarea><img src=x onerror=alert(1)><script>alert(1)</script>" });
  await send(page);
  assert.equal(await page.inputValue("#note"), "</textarea><img src=x onerror=alert(1)><script>alert(1)</script>");
  assert.equal(await page.locator("main img").count(), 0);
  assertNoFaults(page);
  await page.context().close();
});

test("a form of another browser is refused", async () => {
  const page = await s.page();
  await page.goto("/demo");
  await page.context().clearCookies();
  const [response] = await send(page);
  assert.equal(response.status(), 403);
  assert.match(await page.locator("main").innerText(), /页面已过期/);
  await page.context().close();
});
