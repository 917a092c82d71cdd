// SPDX-License-Identifier: Apache-2.0
// Orders that are closed (C6), the lists (S217–S219), and the pages of payment at both widths.
import assert from "node:assert/strict";
import { test } from "node:test";

import { enter } from "./lib/desk.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { begin, done, findMoney, handIn, main, numberOf, openMoney, openVoucher, order, payTrade, until } from "./lib/paying.mjs";
import { applicant, open, reach } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();

test("a change of what bears a price closes the order, at the gateway too; the next opening makes a new one (C6)", async () => {
  const a = await applicant(s, "unit_issue");
  const base = `/api/v1/cases/${a.key}`;
  const [late, lost] = [await begin(a), await begin(a)];
  await payTrade(a, lost, "lost");
  const before = await order(a);
  const tag = (await a.ask("GET", base)).headers.get("ETag");
  await a.want("PATCH", base, { values: { years: "2" }, sure: true }, { "If-Match": tag });
  const quote = await order(a);
  assert.deepEqual([quote.state, quote.key], ["quote", null]);
  assert.ok(quote.total > before.total);
  const page = await open(s, a, "/pay");
  const after = await order(a);
  assert.deepEqual([after.state, after.total], ["open", quote.total]);
  assert.notEqual(after.key, before.key);
  for (let i = 0; i < 40 && !/订单已关闭/.test(await main(page)); i += 1) {
    await page.waitForTimeout(100);
    await page.goto(`/try/cashier/${late}`);
  }
  assert.match(await main(page), /订单已关闭，不能付款/);
  const desk = await findMoney(s, a);
  assert.match(await main(desk), new RegExp(`TRY${lost}`), "what was paid before the order was closed is found by asking");
  assert.match(await main(desk), /待付[\s\S]*已关闭/);
  await done(desk);
  await done(page);
});

test("the lists of vouchers and payments (S217–S219)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  const number = await numberOf(a);
  for (const [path, words, link] of [
    ["/user/vouchers", ["业务受理号", "业务类型", "证书类型", "缴费金额", "上传缴费凭证", "查看"], "voucher"],
    ["/user/payments", ["业务受理号", "业务类型", "证书类型", "缴费状态", "缴费金额", "等待缴费"], "pay"]]) {
    await page.goto(path);
    const text = await main(page);
    for (const word of [...words, number.replace(/(\d{4})/g, "$1 ").trim().slice(0, 4)]) {
      assert.ok(text.includes(word), `${path}: ${word}`);
    }
    assert.equal(await page.locator(`a[href="/case/${a.key}/${link}"]`).count(), 1);
  }
  await a.want("POST", `/api/v1/cases/${a.key}/order/attempts`, { channel: "try" }).then(({ pay_at }) =>
    a.want("POST", `/api/v1/try/trades/${pay_at.split("/").pop()}`, { habit: "lost" }));
  await a.want("POST", `/api/v1/cases/${a.key}/order/query`, {});
  await page.goto("/user/vouchers");
  assert.equal(await page.locator(`a[href="/case/${a.key}/voucher"]`).count(), 0, "vouchers are for what is unpaid");
  await page.goto("/user/payments?payment=paid");
  assert.match(await main(page), /缴费完成[\s\S]*—/);
  await done(page);
});

// A cent too little comes in and goes back; its trade number.
async function giveBack(a) {
  const outNo = await begin(a);
  await payTrade(a, outNo, "less");
  const desk = await findMoney(s, a);
  await openMoney(desk).first().click();
  await desk.fill("#why", "金额不符");
  await press(desk, "原路退回");
  await until(desk, /金额不符[\s\S]*已退款/);
  await done(desk);
  return `TRY${outNo}`;
}

test("the pages of payment at both widths", async (t) => {
  const a = await applicant(s, "unit_issue");
  for (const path of ["pay", "result", "voucher", "invoice"]) {
    await checkEverywhere(t, s, { name: `case-${path}`, reach: reach(a, `/${path}`), only: ["normal"] });
  }
  const page = await open(s, a, "/voucher");
  await handIn(page, "回单.png");
  await done(page);
  const to = (path) => async (desk) => {
    await enter(s, desk, "cashier1");
    desk.faults.length = 0;
    return desk.goto(path);
  };
  const trade = await giveBack(a);
  await checkEverywhere(t, s, { name: "staff-cashier", reach: to("/staff/cashier"), only: ["normal"] });
  const found = "/staff/cashier/find?number=";
  await checkEverywhere(t, s, { name: "staff-money", reach: to(found + await numberOf(a)), only: ["normal"] });
  await checkEverywhere(t, s, { name: "staff-trade", reach: to(found + trade), only: ["normal"] });
  await checkEverywhere(t, s, { name: "staff-voucher", reach: async (desk) => {
    await to("/staff/cashier")(desk);
    return openVoucher(desk, a);
  }, only: ["normal"] });
});
