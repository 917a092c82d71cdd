// SPDX-License-Identifier: Apache-2.0
// A page of the application form: wrong input keeps everything, right input is kept and shown again, twice is once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";
import { slowDown } from "./lib/traffic.mjs";

const s = suite();
const NUMBER = "430102199003070012";
let a;

// A form at the page of the handler, of a new draft.
async function open(options, page) {
  if (!a) {
    a = new Applicant(s.url);
    await a.register();
  }
  await a.draft();
  const at = page ?? await s.page(options);
  await a.enter(at);
  at.faults.length = 0;
  const response = await at.goto(`/case/${a.key}/form/handler`);
  return page ? response : at;
}

async function fill(page, { name = "张三", phone = "13800138000", email = "z@hall.example", number = NUMBER } = {}) {
  await page.fill("#handler_name", name);
  await page.fill("#handler_phone", phone);
  await page.fill("#handler_email", email);
  await page.fill("#handler_document_no", number);
}

const button = (page) => page.getByRole("button", { name: "保存并下一步", exact: true });

function send(page) {
  return Promise.all([page.waitForNavigation(), button(page).click()]);
}

async function sendEmpty(page) {
  await open({}, page);
  const [response] = await send(page);
  return response;
}

test("the form holds in every look", (t) => checkEverywhere(t, s, { name: "form", reach: (page) => open({}, page) }));
test("and with errors", (t) => checkEverywhere(t, s, { name: "form-errors", reach: sendEmpty, status: 422 }));

test("wrong input keeps everything and says each thing twice", async () => {
  const page = await open();
  await fill(page, { phone: "1380013" });
  const [response] = await send(page);
  assert.equal(response.status(), 422);
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  assert.equal(await page.locator(".govuk-error-summary__title").innerText(), "信息有误，请修改下面 1 处");
  const message = await page.locator(".govuk-error-summary a").innerText();
  assert.ok((await page.locator("#handler_phone-error").innerText()).includes(message));
  assert.equal(await page.inputValue("#handler_name"), "张三");
  assert.equal(await page.inputValue("#handler_phone"), "1380013");
  assert.equal(await page.inputValue("#handler_email"), "z@hall.example");
  assert.equal(await page.inputValue("#handler_document_no"), NUMBER);
  assert.ok(await page.getByLabel("居民身份证").isChecked());
  await page.locator(".govuk-error-summary a").click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "handler_phone");
  assertNoFaults(page);
  await page.context().close();
});

test("right input is stored and shown again; full-width digits and spaces are taken", async () => {
  const page = await open();
  await fill(page, { name: "李四", phone: "１３９ ００１３-9000" });
  await send(page);
  assert.match(page.url(), /\/form\/terms$/);
  await page.goto(`/case/${a.key}/check`);
  assert.match(await page.locator("main").innerText(), /李四[\s\S]*139 0013 9000/);
  await page.goto(`/case/${a.key}/form/handler`);
  assert.equal(await page.inputValue("#handler_phone"), "13900139000");
  assertNoFaults(page);
  await page.context().close();
});

test("by keyboard alone", async () => {
  const page = await open();
  await page.focus("#handler_name");
  await page.keyboard.type("王五");
  for (const text of ["13700137000", "w@hall.example", " ", NUMBER]) {
    await page.keyboard.press("Tab");
    await page.keyboard.type(text);
  }
  await page.keyboard.press("Tab");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(page.url(), /\/form\/terms$/);
  const { values } = await a.want("GET", `/api/v1/cases/${a.key}`);
  assert.deepEqual([values.handler_name, values.handler_phone, values.handler_document_type], ["王五", "13700137000", "idcard"]);
  await page.goto(`/case/${a.key}/form/handler`);
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 1, `${seen.length} of ${total}`);
  await page.context().close();
});

test("two clicks are one application", async () => {
  const page = await open();
  const count = async () => (await a.want("GET", "/api/v1/cases?limit=100")).items.length;
  const before = await count();
  await page.goto("/apply/unit_issue/agreement");
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.url()));
  await slowDown(page);
  // Bare clicks: a locator's would wait until the first has brought its page.
  const agree = page.getByRole("button", { name: "同意", exact: true });
  await agree.scrollIntoViewIfNeeded();
  const box = await agree.boundingBox();
  const arrived = page.waitForURL(/\/form\/unit$/);
  for (let i = 0; i < 2; i += 1) {
    await page.mouse.click(box.x + 5, box.y + 5);
    await page.waitForTimeout(100);
  }
  await arrived;
  assert.equal(posts.length, 1);
  assert.equal(await count(), before + 1);
  await page.context().close();
});

test("markup that was typed stays text", async () => {
  const markup = "\"><img src=x onerror=alert(1)><script>alert(1)</script>";
  const page = await open();
  await fill(page, { phone: "1", email: markup });
  await send(page);
  assert.equal(await page.inputValue("#handler_email"), markup);
  assert.equal(await page.locator("main img").count(), 0);
  assertNoFaults(page);
  await page.context().close();
});

test("a form of another browser is refused", async () => {
  const page = await open();
  await page.context().clearCookies({ name: "visit" });
  const [response] = await send(page);
  assert.equal(response.status(), 403);
  assert.match(await page.locator("main").innerText(), /页面已过期/);
  await page.context().close();
});
