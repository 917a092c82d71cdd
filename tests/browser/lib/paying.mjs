// SPDX-License-Identifier: Apache-2.0
// paying: an applicant at the payment pages, and the cashier at hers.
import assert from "node:assert/strict";

import { assertNoFaults } from "./checks.mjs";
import { enter } from "./desk.mjs";
import { press } from "./walk.mjs";

export const main = (page) => page.locator("main").innerText();
export const forgetRefusals = (page) => {
  page.faults = page.faults.filter((fault) => !/^4(22|09): /.test(fault));
};

export const numberOf = async (a) => (await a.want("GET", `/api/v1/cases/${a.key}`)).number;
export const order = (a) => a.want("GET", `/api/v1/cases/${a.key}/order`);

// From the payment page to the result page, as the cashier's habit has it.
export async function pay(page, habit) {
  await press(page, "立即支付");
  assert.match(page.url(), /\/try\/cashier\//);
  await page.getByLabel(habit, { exact: true }).check();
  await press(page, "确认付款");
  assert.match(page.url(), /\/result/);
}

export async function until(page, wanted) {
  for (let i = 0; i < 40 && !wanted.test(await main(page)); i += 1) {
    await page.waitForTimeout(250);
    await page.goto(page.url().replace(/\?.*/, ""));
  }
  assert.match(await main(page), wanted);
}

export async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

export async function cashier(s, options) {
  const page = await s.page(options);
  await enter(s, page, "cashier1");
  page.faults.length = 0;
  await page.goto("/staff/cashier");
  return page;
}
