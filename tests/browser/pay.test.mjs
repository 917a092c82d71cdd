// SPDX-License-Identifier: Apache-2.0
// Payment (S174–S184, C27): every way in which a payment company misbehaves.
import assert from "node:assert/strict";
import { test } from "node:test";

import { done, forgetRefusals, main, numberOf, order, pay, until } from "./lib/paying.mjs";
import { applicant, open } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();

test("the payment page says what is paid for, and both ways (S174–S179, S183)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  const text = await main(page);
  for (const word of ["证书申请业务类型", "业务受理号", "证书名称", "经办人姓名", "申请时间", "总金额", "在线支付方式", "支付宝", "户名：", "账号：", "开户行：", "在线支付（推荐）"]) {
    assert.ok(text.includes(word), word);
  }
  assert.ok(text.includes(`附言：${await numberOf(a)}`));
  assert.match(text, /元整/);
  const { state, total, key } = await order(a);
  assert.deepEqual([state, total > 0], ["open", true], "opening the page made an order");
  await page.reload();
  assert.equal((await order(a)).key, key, "and only one");
  const notice = await page.request.get(await page.getByRole("link", { name: /缴费单/ }).getAttribute("href"));
  assert.deepEqual([notice.status(), (await notice.body()).subarray(0, 5).toString()], [200, "%PDF-"]);
  await page.goto(`/case/${a.key}/invoice`);
  await page.fill("#invoice_title", "");
  assert.equal((await press(page, "保存")).status(), 422);
  forgetRefusals(page);
  await page.fill("#invoice_title", "示范建筑分公司");
  await press(page, "保存");
  assert.match(await main(page), /示范建筑分公司/);
  await done(page);
});

test("paid in the ordinary way: transaction, sum in capitals, nothing left to pay (S180–S182, S184)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  await press(page, "立即支付");
  assert.match(await main(page), /收款方[\s\S]*订单名称[\s\S]*登录支付宝账户付款[\s\S]*手机支付宝扫一扫付款/);
  assert.ok(await page.locator("main svg").count() > 0);
  await press(page, "确认付款");
  await until(page, /支付成功[\s\S]*支付宝交易号[\s\S]*总金额[\s\S]*元整[\s\S]*业务号[\s\S]*订单名称[\s\S]*买家支付宝[\s\S]*交易成功/);
  assert.match(await main(page), /费用支付完成后，即完成了线上申请办理手续/);
  assert.ok(await page.getByRole("button", { name: "打印支付结果" }).isVisible());
  await page.goto(`/case/${a.key}/pay`);
  assert.match(page.url(), /\/result$/);
  assert.equal(await a.state(), "materials", "money does not stand in for papers (C27)");
  await page.goto("/user/payments");
  assert.match(await main(page), /缴费完成/);
  await page.goto(`/case/${a.key}/invoice`);
  assert.match(await main(page), /不能再修改/);
  await done(page);
});

test("a late notice: the page that waits moves on by itself", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  await pay(page, "支付成功，通知延迟 5 秒");
  assert.match(await main(page), /正在等待支付结果/);
  await page.waitForSelector("text=支付成功", { timeout: 20_000 });
  await done(page);
});

test("a lost notice: asked for, it is booked; without a script too", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay", { javaScript: false });
  await pay(page, "支付成功，通知丢失");
  assert.match(await main(page), /正在等待支付结果/);
  assert.equal((await order(a)).state, "open", "the way back from the cashier books nothing");
  await press(page, "我已支付，查询结果");
  assert.match(await main(page), /支付成功[\s\S]*交易成功/);
  await done(page);
});

test("a notice three times is one payment", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  await pay(page, "支付成功，通知重复三次");
  await until(page, /支付成功/);
  await page.waitForTimeout(2000);
  await page.reload();
  assert.equal((await main(page)).match(/支付宝交易号/g).length, 1);
  const found = await a.want("GET", `/api/v1/cases/${a.key}`);
  assert.equal(found.state, "materials");
  await done(page);
});

test("a failed payment is tried again", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  await pay(page, "支付失败");
  assert.match(await main(page), /正在等待支付结果/);
  await press(page, "返回费用支付", "link");
  await pay(page, "正常支付");
  await until(page, /支付成功/);
  await done(page);
});

test("another seller, or a false signature: nothing is booked", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  for (const habit of ["通知中的收款方不符", "通知的签名无效"]) {
    await page.goto(`/case/${a.key}/pay`);
    await pay(page, habit);
    await page.waitForTimeout(600);
    await page.reload();
    assert.match(await main(page), /正在等待支付结果/, habit);
    assert.equal((await order(a)).state, "open", habit);
  }
  await press(page, "我已支付，查询结果");
  assert.match(await main(page), /支付成功/, "what the company says when it is asked is true");
  await done(page);
});
