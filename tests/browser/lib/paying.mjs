// SPDX-License-Identifier: Apache-2.0
// paying: an applicant at the cashier of try-it mode, vouchers, and the desk of those who look after the money.
import assert from "node:assert/strict";

import { assertNoFaults } from "./checks.mjs";
import { enter } from "./desk.mjs";
import { png } from "./papers.mjs";
import { press } from "./walk.mjs";

export const main = (page) => page.locator("main").innerText();

// A refusal is an answer where it was asked for, not a fault.
export function forgetRefusals(page) {
  page.faults = page.faults.filter((fault) => !/^4(22|09): /.test(fault));
}

export const numberOf = async (a) => (await a.want("GET", `/api/v1/cases/${a.key}`)).number;
export const order = (a) => a.want("GET", `/api/v1/cases/${a.key}/order`);
export const begin = async (a) => (await a.want("POST", `/api/v1/cases/${a.key}/order/attempts`, { channel: "try" })).pay_at.split("/").pop();
export const payTrade = (a, outNo, habit) => a.want("POST", `/api/v1/try/trades/${outNo}`, { habit });

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

// The cashier's page; path: another of the desk.
export async function openDesk(s, path = "/staff/cashier") {
  const page = await s.page();
  await enter(s, page, "cashier1");
  page.faults.length = 0;
  await page.goto(path);
  return page;
}

// The links to what is to be dealt with.
export const openMoney = (desk) => desk.getByRole("link", { name: /^处理/ });

// All the money of an application at the desk, once there is something to deal with.
export async function findMoney(s, a) {
  const desk = await openDesk(s, `/staff/cashier/find?number=${await numberOf(a)}`);
  for (let i = 0; i < 40 && await openMoney(desk).count() === 0; i += 1) {
    await desk.waitForTimeout(200);
    await desk.reload();
  }
  return desk;
}

// From the desk to the voucher of an application.
export async function openVoucher(desk, a) {
  await desk.goto("/staff/cashier");
  const row = desk.locator("tr", { hasText: await numberOf(a) });
  const [response] = await Promise.all([desk.waitForNavigation(), row.getByRole("link", { name: /^核对/ }).click()]);
  return response;
}

export async function handIn(page, name) {
  await page.fill("#note", "示范公司基本户付款");
  await page.setInputFiles("#scan", png(name));
  await press(page, "材料登记");
}
