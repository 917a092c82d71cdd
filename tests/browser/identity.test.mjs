// SPDX-License-Identifier: Apache-2.0
// Identity check (S171–S173, C30): phone and PC, SMS, comparison by staff; and the way from materials on without a script.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertNoFaults, assertReflows } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { applicant, open, png, reach } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

async function passOnPhone(href, words = ["通过"]) {
  const phone = await s.page({ width: 320 });
  await phone.goto(href);
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  assert.match(await phone.locator("#agree-error").innerText(), /请先勾选同意/);
  await phone.check("#agree");
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  await phone.waitForSelector("#face");
  await assertAccessible(phone);
  await assertReflows(phone);
  for (const word of words) {
    await phone.waitForSelector("#face");
    await phone.getByRole("button", { name: word, exact: true }).click();
  }
  await phone.waitForSelector(".notice--good");
  await assertAccessible(phone);
  phone.faults = phone.faults.filter((fault) => !/^422: /.test(fault));
  assertNoFaults(phone);
  return phone;
}

test("the phone passes the identity check and the PC shows it by itself (S171–S173)", async () => {
  const a = await applicant(s, "unit_issue");
  await a.putAll();
  const page = await open(s, a, "/identity");
  assert.match(await page.locator("main").innerText(), /经办人本人（张\*）/);
  const href = await page.getByRole("link", { name: "在本机打开手机页面" }).getAttribute("href");
  const phone = await passOnPhone(href, ["超时", "不通过", "通过"]);
  await page.waitForSelector("#passed");
  assert.equal(await a.state(), "payment");
  assert.match(await page.locator("#onward").innerText(), /费用支付/);
  assert.ok(await page.locator("#onward").getAttribute("href").then((to) => to.endsWith("/pay")));
  assertNoFaults(page);
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("the link goes by SMS to a person who is elsewhere, and works without logging in (C30)", async () => {
  const a = await applicant(s, "unit_issue", { handler_phone: "19912345678" });
  await a.putAll();
  const page = await open(s, a, "/identity");
  let found;
  for (let i = 0; i < 50 && !found; i += 1) {
    const { items } = await a.want("GET", "/api/v1/try/inbox?to=19912345678");
    found = items.find((one) => one.id === "identity_link" && one.text.includes("/h/"));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(found, "the SMS with the link came by itself");
  await page.reload();
  assert.match(await page.locator("main").innerText(), /已用短信发送到 199\*\*\*\*5678/);
  const phone = await passOnPhone(found.text.match(/http\S+\/h\/[\w-]+/)[0]);
  await page.waitForSelector("#passed");
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("comparison by staff is the other way on", async () => {
  const a = await applicant(s, "unit_issue");
  await a.putAll();
  const page = await open(s, a, "/identity");
  await page.getByRole("button", { name: "选择人工比对" }).click();
  await page.waitForSelector("#manual");
  assert.equal(await a.state(), "payment");
  assertNoFaults(page);
  await page.context().close();
});

test("without a script: upload, refusal, delete, identity", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/materials", { javaScript: false });
  const send = async (type, chosen) => {
    if (chosen) {
      await page.setInputFiles(`#file-${type}`, chosen);
    }
    await Promise.all([page.waitForNavigation(), page.locator(`#material-${type}`).getByRole("button", { name: "请点击提交材料" }).click()]);
  };
  await send("form");
  assert.match(await page.locator("#file-form-error").innerText(), /请先选择图片文件/);
  assert.match(await page.title(), /^错误：/);
  await send("form", png("大.png", { noise: 1754, width: 1800 }));
  assert.match(await page.locator("#file-form-error").innerText(), /超过 2 MB/);
  for (const type of ["form", "unit_document", "authorization", "handler_document"]) {
    await send(type, png(`${type}.png`));
    assert.equal(await page.locator(`#submitted-${type}`).count(), 1);
  }
  await page.locator("#onward").click();
  assert.match(page.url(), /\/identity$/);
  const href = await page.locator("#hand a.govuk-button").getAttribute("href");
  const phone = await s.page({ javaScript: false, width: 320 });
  await phone.goto(href);
  await phone.check("#agree");
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  await phone.getByRole("button", { name: "通过", exact: true }).click();
  assert.match(await phone.locator("main").innerText(), /身份识别已通过/);
  await page.waitForSelector("#passed", { timeout: 15_000 });
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("the pages of the check hold in every look", async (t) => {
  const a = await applicant(s, "unit_issue");
  await a.putAll();
  await checkEverywhere(t, s, { name: "identity", reach: reach(a, "/identity") });
  const { url } = await a.want("POST", `/api/v1/cases/${a.key}/identity/link`, {});
  await checkEverywhere(t, s, { name: "hand-consent", path: new URL(url).pathname });
});
