// SPDX-License-Identifier: Apache-2.0
// The cashier (S216, C19): vouchers of transfers, money that fits no order, what goes back.
import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "./lib/applicant.mjs";
import { begin, done, findMoney, forgetRefusals, handIn, main, numberOf, openDesk, openMoney, openVoucher, order, pay, payTrade, until } from "./lib/paying.mjs";
import { applicant, open } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();

test("a wrong sum pays nothing; the cashier sends it back (C27)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  for (const habit of ["少付 0.01 元", "多付 0.01 元"]) {
    await page.goto(`/case/${a.key}/pay`);
    await pay(page, habit);
  }
  await page.waitForTimeout(600);
  await press(page, "我已支付，查询结果");
  assert.match(await main(page), /正在等待支付结果[\s\S]*金额不符或重复支付的款项会由收费人员核对后退回/);
  const desk = await openDesk(s);
  await desk.fill("#number", await numberOf(a));
  await press(desk, "查询");
  assert.match(await main(desk), /待付/);
  assert.equal(await openMoney(desk).count(), 2);
  await openMoney(desk).first().click();
  await desk.fill("#number", await numberOf(a));
  assert.equal((await press(desk, "入账")).status(), 409, "it is not the sum of the order");
  forgetRefusals(desk);
  assert.equal((await press(desk, "原路退回")).status(), 422, "without a reason");
  forgetRefusals(desk);
  await desk.fill("#why", "金额不符");
  await press(desk, "原路退回");
  await until(desk, /金额不符[\s\S]*已退款/);
  await done(desk);
  await done(page);
});

test("paid twice: one payment stands, the other waits for the cashier", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  const attempts = [];
  for (let i = 0; i < 2; i += 1) {
    await page.goto(`/case/${a.key}/pay`);
    await press(page, "立即支付");
    attempts.push(page.url());
  }
  for (const url of attempts) {
    await page.goto(url);
    await press(page, "确认付款");
    await until(page, /支付成功/);
  }
  const desk = await findMoney(s, a);
  assert.equal(await openMoney(desk).count(), 1);
  assert.match(await main(desk), /已付/);
  await done(desk);
  await done(page);
});

test("a transfer: refused with a reason, handed in again, confirmed by the bank's list (S216, C19)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/voucher");
  assert.match(await main(page), /主体名称[\s\S]*业务受理号[\s\S]*支付方式[\s\S]*转账或汇款/);
  assert.equal((await press(page, "材料登记")).status(), 422);
  await page.fill("#note", "保留");
  await page.setInputFiles("#scan", { name: "凭证.png", mimeType: "image/png", buffer: Buffer.from("%PDF-1.7".padEnd(400, "x")) });
  assert.equal((await press(page, "材料登记")).status(), 422);
  assert.equal(await page.inputValue("#note"), "保留");
  forgetRefusals(page);
  await handIn(page, "回单.png");
  assert.match(await main(page), /待确认/);
  const desk = await openDesk(s);
  await openVoucher(desk, a);
  assert.match(await main(desk), /示范公司基本户付款/);
  assert.ok(await desk.locator("img.scan").evaluate((image) => image.decode().then(() => image.naturalWidth === 1240)));
  assert.equal((await press(desk, "确认到账")).status(), 422);
  forgetRefusals(desk);
  await desk.selectOption("#reason", "not_arrived");
  await press(desk, "退回凭证");
  await page.reload();
  assert.match(await main(page), /未通过[\s\S]*尚未查到这笔款项/);
  await handIn(page, "回单 2.png");
  await openVoucher(desk, a);
  await desk.fill("#reference", `BANK${a.phone}`);
  await desk.fill("#yuan", String((await order(a)).total / 100));
  await press(desk, "确认到账");
  assert.equal((await order(a)).state, "paid");
  await page.goto(`/case/${a.key}/result`);
  assert.match(await main(page), new RegExp(`支付成功[\\s\\S]*银行流水号[\\s\\S]*BANK${a.phone}[\\s\\S]*转账或汇款`));
  await page.goto(`/case/${a.key}/voucher`);
  assert.match(await main(page), /费用已经到账[\s\S]*已确认/);
  await done(desk);
  await done(page);
});

test("one entry of the bank's list pays once; another sum is set aside", async () => {
  const [a, b] = [await applicant(s, "unit_issue"), await applicant(s, "unit_issue")];
  for (const one of [a, b]) {
    const page = await open(s, one, "/voucher", { javaScript: false });
    await handIn(page, "回单.png");
    await done(page);
  }
  const desk = await openDesk(s);
  const confirm = async (one, reference, yuan) => {
    await openVoucher(desk, one);
    await desk.fill("#reference", reference);
    await desk.fill("#yuan", yuan);
    return press(desk, "确认到账");
  };
  const { total } = await order(a);
  await confirm(a, `ONE${a.phone}`, String(total / 100));
  assert.equal((await confirm(b, `ONE${a.phone}`, String(total / 100))).status(), 409);
  assert.match(await main(desk), /这个银行流水号已经入账/);
  forgetRefusals(desk);
  await confirm(b, `TWO${a.phone}`, "1.5");
  assert.equal((await order(b)).state, "open");
  const page = await open(s, b, "/voucher");
  assert.match(await main(page), /未通过[\s\S]*银行到账 1\.50 元/);
  await desk.goto(`/staff/cashier/find?number=${await numberOf(b)}`);
  assert.match(await main(desk), new RegExp(`TWO${a.phone}`));
  await done(page);
  await done(desk);
});

test("vouchers and payments by the API, the cashier's part too", async () => {
  const a = await applicant(s, "unit_issue");
  const base = `/api/v1/cases/${a.key}`;
  const form = new FormData();
  form.set("note", "基本户");
  form.set("scan", new Blob([picture()], { type: "image/png" }), "回单.png");
  const made = await fetch(`${s.url}${base}/voucher`, { method: "POST", headers: { Authorization: `Bearer ${a.token}` }, body: form });
  const voucher = await made.json();
  assert.deepEqual([made.status, voucher.state, voucher.note], [201, "waiting", "基本户"]);
  const session = await a.want("POST", "/api/v1/sessions", { account: "cashier1", password: s.accounts.cashier1 }, { Authorization: "" });
  const desk = (method, path, value) => a.want(method, path, value, { Authorization: `Bearer ${session.token}` });
  const { items } = await desk("GET", "/api/v1/cashier/vouchers");
  assert.ok(items.some((one) => one.key === voucher.key));
  assert.equal((await a.ask("GET", "/api/v1/cashier/vouchers")).status, 403);
  await desk("POST", `/api/v1/cashier/vouchers/${voucher.key}/refuse`, { reason: "凭证不清" });
  assert.equal((await a.want("GET", `${base}/voucher`))[0].reason, "凭证不清");
  const outNo = await begin(a);
  assert.equal((await a.want("GET", `${base}/order/attempts/${outNo}`)).paid, false);
  await payTrade(a, outNo, "lost");
  const paid = await a.want("GET", `${base}/order/attempts/${outNo}`);
  assert.deepEqual([paid.paid, paid.order.state], [true, "paid"]);
  const money = await desk("GET", `/api/v1/cashier/cases/${await numberOf(a)}`);
  assert.deepEqual(money.receipts.map((one) => one.applied), [paid.fen]);
});
