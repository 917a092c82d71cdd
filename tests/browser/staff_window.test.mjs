// SPDX-License-Identifier: Apache-2.0
// The window in Chromium: paper is booked, parcels go out and get lost, a case is found by its QR code (S185, S189, S192, S234).
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults, assertReflows } from "./lib/checks.mjs";
import { enter, makeCase, press } from "./lib/counter.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite("staff");
const PAPERS = ["form", "agreement", "unit_document", "authorization", "handler_document"];
const notice = (page) => page.locator(".notice").innerText();

async function desk(login, options) {
  const page = await s.page(options);
  await enter(s, page, login);
  return page;
}

test("paper is ticked off, a parcel is sent and lost", async () => {
  const made = await makeCase(s);
  const page = await desk("reviewer2");
  await page.goto(`/staff/case/${made.key}`);
  await press(page, "领取并审核");
  await press(page, "审核通过");
  await page.goto(`/staff/case/${made.key}`);
  await page.locator("#paper-form").check();
  assert.equal((await press(page, "登记收到")).status(), 422);
  assert.ok(await page.locator("#paper-form").isChecked());
  for (const id of PAPERS) {
    await page.locator(`#paper-${id}`).check();
  }
  await press(page, "登记收到");
  assert.match(await notice(page), /已登记收到纸质材料/);
  await page.goto("/staff/shipments");
  const parcel = page.locator(".parcel", { hasText: made.number });
  assert.match(await parcel.innerText(), /李示范[\s\S]*示范路/);
  await parcel.getByLabel("快递公司").fill("示范快递");
  await parcel.getByLabel("运单号").fill("SF20261124");
  await Promise.all([page.waitForNavigation(), parcel.getByRole("button", { name: "登记寄出" }).click()]);
  assert.match(await notice(page), /已登记寄出/);
  await page.goto("/staff/shipments?state=sent");
  await Promise.all([page.waitForNavigation(), page.locator(".parcel", { hasText: made.number }).getByRole("link", { name: "途中遗失" }).click()]);
  await press(page, "确认遗失");
  assert.match(await notice(page), /已登记遗失/);
  assertNoFaults(page);
  await page.context().close();
});

test("the counter finds a case by what the scanner types", async () => {
  const made = await makeCase(s);
  const page = await desk("counter1", { width: 320 });
  await page.goto("/staff/counter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "number");
  await page.keyboard.type(`${s.url}/query?number=${made.number}`);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.ok(page.url().includes(made.key));
  await assertReflows(page);
  await page.goto("/staff/counter?number=20261124999999999999");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /业务受理号|没有找到/);
  await page.context().close();
});
