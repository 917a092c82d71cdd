// SPDX-License-Identifier: Apache-2.0
// Payment (S174–S184, S216, C6, C19, C27): every way in which a payment company misbehaves, the voucher of a transfer, and the cashier.
import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { applicant, open, png, reach } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";
import { enter, press } from "./lib/walk.mjs";

const s = suite();
const main = (page) => page.locator("main").innerText();
const forgetRefusals = (page) => {
  page.faults = page.faults.filter((fault) => !/^4(22|09): /.test(fault));
};

const numberOf = async (a) => (await a.want("GET", `/api/v1/cases/${a.key}`)).number;
const order = (a) => a.want("GET", `/api/v1/cases/${a.key}/order`);

// From the payment page to the result page, as the cashier's habit has it.
async function pay(page, habit) {
  await press(page, "立即支付");
  assert.match(page.url(), /\/try\/cashier\//);
  await page.getByLabel(habit, { exact: true }).check();
  await press(page, "确认付款");
  assert.match(page.url(), /\/result/);
}

async function until(page, wanted) {
  for (let i = 0; i < 40 && !wanted.test(await main(page)); i += 1) {
    await page.waitForTimeout(250);
    await page.goto(page.url().replace(/\?.*/, ""));
  }
  assert.match(await main(page), wanted);
}

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

async function cashier(options) {
  const page = await s.page(options);
  await enter(s, page, "cashier1");
  page.faults.length = 0;
  await page.goto("/staff/cashier");
  return page;
}

test("the payment page says what is paid for, and both ways (S174–S179, S183)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/pay");
  const text = await main(page);
  for (const word of ["证书申请业务类型", "业务受理号", "证书名称", "经办人姓名", "申请时间", "总金额", "户名：", "账号：", "开户行：", "在线支付（推荐）"]) {
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
  const desk = await cashier();
  await desk.fill("#number", await numberOf(a));
  await press(desk, "查询");
  assert.match(await main(desk), /待付/);
  assert.equal(await desk.getByRole("link", { name: /^处理/ }).count(), 2);
  await desk.getByRole("link", { name: /^处理/ }).first().click();
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
  const desk = await cashier();
  await desk.goto(`/staff/cashier/find?number=${await numberOf(a)}`);
  for (let i = 0; i < 20 && await desk.getByRole("link", { name: /^处理/ }).count() === 0; i += 1) {
    await desk.waitForTimeout(200);
    await desk.reload();
  }
  assert.equal(await desk.getByRole("link", { name: /^处理/ }).count(), 1);
  assert.match(await main(desk), /已付/);
  await done(desk);
  await done(page);
});

async function handIn(page, name) {
  await page.fill("#note", "示范公司基本户付款");
  await page.setInputFiles("#scan", png(name));
  await press(page, "材料登记");
}

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
  const desk = await cashier();
  const mine = desk.locator("tr", { hasText: await numberOf(a) });
  await Promise.all([desk.waitForNavigation(), mine.getByRole("link", { name: /^核对/ }).click()]);
  assert.match(await main(desk), /示范公司基本户付款/);
  assert.ok(await desk.locator("img.scan").evaluate((image) => image.decode().then(() => image.naturalWidth === 1240)));
  assert.equal((await press(desk, "确认到账")).status(), 422);
  forgetRefusals(desk);
  await desk.selectOption("#reason", "not_arrived");
  await press(desk, "退回凭证");
  await page.reload();
  assert.match(await main(page), /未通过[\s\S]*尚未查到这笔款项/);
  await handIn(page, "回单 2.png");
  await desk.goto("/staff/cashier");
  await Promise.all([desk.waitForNavigation(), mine.getByRole("link", { name: /^核对/ }).click()]);
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
  const desk = await cashier();
  const confirm = async (one, reference, yuan) => {
    await desk.goto("/staff/cashier");
    await Promise.all([desk.waitForNavigation(), desk.locator("tr", { hasText: await numberOf(one) }).getByRole("link", { name: /^核对/ }).click()]);
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
  const { pay_at } = await a.want("POST", `${base}/order/attempts`, { channel: "try" });
  const outNo = pay_at.split("/").pop();
  assert.equal((await a.want("GET", `${base}/order/attempts/${outNo}`)).paid, false);
  await a.want("POST", `/api/v1/try/trades/${outNo}`, { habit: "lost" });
  const paid = await a.want("GET", `${base}/order/attempts/${outNo}`);
  assert.deepEqual([paid.paid, paid.order.state], [true, "paid"]);
  const money = await desk("GET", `/api/v1/cashier/cases/${await numberOf(a)}`);
  assert.deepEqual(money.receipts.map((one) => one.applied), [paid.fen]);
});

test("the pages of payment in every look", async (t) => {
  const a = await applicant(s, "unit_issue");
  for (const path of ["pay", "result", "voucher", "invoice"]) {
    await checkEverywhere(t, s, { name: `case-${path}`, reach: reach(a, `/${path}`), only: path === "pay" ? undefined : ["normal"] });
  }
  const page = await open(s, a, "/voucher");
  await handIn(page, "回单.png");
  await done(page);
  const to = (path) => async (desk) => {
    await enter(s, desk, "cashier1");
    desk.faults.length = 0;
    return desk.goto(path);
  };
  await checkEverywhere(t, s, { name: "staff-cashier", reach: to("/staff/cashier"), only: ["normal"] });
  const found = `/staff/cashier/find?number=${await numberOf(a)}`;
  await checkEverywhere(t, s, { name: "staff-money", reach: to(found), only: ["normal"] });
  await checkEverywhere(t, s, { name: "staff-voucher", reach: async (desk) => {
    await to("/staff/cashier")(desk);
    const link = desk.locator("tr", { hasText: await numberOf(a) }).getByRole("link", { name: /^核对/ });
    const [response] = await Promise.all([desk.waitForNavigation(), link.click()]);
    return response;
  }, only: ["normal"] });
});
