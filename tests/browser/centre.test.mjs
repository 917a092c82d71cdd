// SPDX-License-Identifier: Apache-2.0
// The user centre (S008, S038–S062, S206, S214–S219): greeting, counters, lists, filters, numbers, and a phone's width. The looks of
// every page are in pages.test.mjs; one application is in view.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertNoFaults, assertReflows } from "./lib/checks.mjs";
import { enter } from "./lib/entered.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();
const FIRM = "示范建筑工程有限公司";
const CENTRE = ["序号", "主体名称", "业务类型", "邮箱", "证书模板", "申请时间", "申请状态", "操作"];
const COUNTERS = ["正在办理的申请", "待补正", "已否决申请", "待下载证书", "可下载软证书", "我的证书", "即将到期的证书"];

// What may be done with the one row of a list, named with its number for those who hear it.
async function act(page, label, number) {
  const link = page.locator("main tbody a").filter({ hasText: new RegExp(`^${label}：${number}$`) });
  await Promise.all([page.waitForNavigation(), link.click()]);
}

const main = (page) => page.locator("main").innerText();
const columns = (page) => page.locator("main th").allInnerTexts();

test("the centre greets, leads on and counts (S038–S048)", async () => {
  const { page } = await enter(s, "begin");
  await page.goto("/user");
  const shown = await main(page);
  assert.match(shown, /您好，.+！欢迎您的到来，您可以通过下面的链接，快速完成业务操作。/);
  const shortcuts = page.locator(".shortcuts a");
  assert.deepEqual(await shortcuts.allInnerTexts(), ["证书申请", "查询证书申请状态", "下载已完成的证书", "在线支付"]);
  const tiles = await page.locator(".numbers a").evaluateAll((all) => all.map((a) => [a.querySelector("span").innerText, a.querySelector("strong").innerText, a.href]));
  assert.deepEqual(tiles.map(([label]) => label), COUNTERS);
  assert.deepEqual(tiles.map(([, count]) => count), ["1", "0", "0", "0", "0", "0", "0"]);
  const hrefs = await shortcuts.evaluateAll((all) => all.map((a) => a.href));
  for (const href of [...hrefs, ...tiles.map((tile) => tile[2])]) {
    assert.equal((await page.goto(href)).status(), 200, href);
  }
  assertNoFaults(page);
  await page.context().close();
});

test("applications stand in four tabs with eight columns; name and 查看 open one (S049–S053, S206)", async () => {
  const { a, page } = await enter(s, "begin");
  await page.goto("/user");
  const tabs = await page.locator("nav.tabs a").allTextContents();
  assert.deepEqual(tabs, ["正在办理的制作申请（1）", "正在办理的其他业务（0）", "可下载证书（0）", "已完成申请（0）"]);
  assert.deepEqual(await columns(page), CENTRE);
  const cells = await page.locator("main tbody td").allInnerTexts();
  assert.deepEqual([cells[0], cells[1], cells[2], cells[3], cells[6]], ["1", `${FIRM}\n${a.userName}`, "制作", a.email, "等待材料"]);
  await act(page, "查看", a.number);
  assert.match(page.url(), new RegExp(`/case/${a.key}$`));
  await page.goto("/user");
  await press(page, FIRM, "link");
  assert.match(page.url(), new RegExp(`/case/${a.key}$`));
  await page.context().close();
});

test("every list says that it is empty and how many rows it has (S008)", async () => {
  const { page } = await enter(s);
  const lists = ["/user", "/user?tab=other", "/user?tab=downloadable", "/user?tab=finished", "/user/records", "/user/materials",
    "/user/vouchers", "/user/payments", "/user/downloads", "/user/certificates", "/user/certificates?tab=frozen",
    "/user/certificates?tab=invalid", "/user/certificates?tab=soon"];
  for (const path of lists) {
    assert.equal((await page.goto(path)).status(), 200, path);
    assert.match(await main(page), /暂时没有数据!\s+记录数 0 条/, path);
  }
  await page.context().close();
});

test("the left menu has its groups; what may be applied for comes from the rules (S058–S062)", async () => {
  const { page } = await enter(s);
  await page.goto("/user");
  const shown = (await page.locator(".menu").first().textContent()).replace(/\s+/g, " ");
  for (const words of ["证书申请", "申请单位证书", "申请个人证书", "业务受理", "在线支付", "在线材料提交", "证书下载", "缴费凭证上传", "证书变更",
    "证书申请查询", "申请记录查询", "申请状态查询", "证书服务", "根证书/CRL下载"]) {
    assert.ok(shown.includes(words), words);
  }
  await page.context().close();
});

test("lists have the columns and filters of the old ones (S214–S219)", async () => {
  const { a, page } = await enter(s, "begin");
  const wanted = {
    materials: [["主体名称", "证书模板", "申请状态", "业务类型"], ["序号", "业务受理号", "业务类型", "证书模板", "申请时间", "申请状态", "操作"], "材料提交"],
    vouchers: [["主体名称", "业务类型"], ["序号", "业务受理号", "业务类型", "证书类型", "申请时间", "缴费金额", "操作"], "上传缴费凭证"],
    payments: [["主体名称", "业务受理号", "证书类型", "缴费状态", "业务类型"],
      ["序号", "业务受理号", "业务类型", "证书类型", "申请时间", "缴费状态", "缴费金额", "操作"], "缴费"],
  };
  for (const [name, [filters, heads, label]] of Object.entries(wanted)) {
    await page.goto(`/user/${name}`);
    assert.deepEqual(await page.locator(".filters label").allInnerTexts(), filters, name);
    assert.deepEqual(await columns(page), heads, name);
    assert.match(await main(page), new RegExp(`${a.number}[\\s\\S]*记录数 1 条`), name);
    for (const select of await page.locator(".filters select").all()) {
      assert.equal(await select.evaluate((e) => e.selectedOptions[0].text), "请选择", name);
    }
    await act(page, label, a.number);
    assert.match(page.url(), new RegExp(`/case/${a.key}/`), name);
  }
  await page.context().close();
});

test("a filter keeps what fits, and shows what was asked", async () => {
  const { a, page } = await enter(s, "begin");
  const cases = [
    ["records", "name=示范", 1], ["records", "name=%20", 1], ["records", "name=别人", 0], ["records", "state=materials", 1],
    ["records", "state=done", 0], ["records", "type=issue", 1], ["records", "type=revoke", 0], ["records", "template=none", 0],
    ["payments", `number=SFCA-${a.number.slice(0, 10)}%20${a.number.slice(10)}`, 1], ["payments", `number=${a.number.slice(4, 12)}`, 1],
    ["payments", "number=99999999999999999999", 0], ["payments", "number=abc", 0], ["payments", "certificate=unit", 1],
    ["payments", "certificate=person", 0], ["payments", "payment=open", 1], ["payments", "payment=paid", 0],
  ];
  for (const [list, query, count] of cases) {
    await page.goto(`/user/${list}?${query}`);
    assert.match(await main(page), new RegExp(`记录数 ${count} 条`), query);
  }
  await page.goto("/user/records");
  await page.fill("#name", "示范");
  await page.selectOption("#state", "materials");
  await press(page, "查询");
  assert.equal(await page.inputValue("#name"), "示范");
  assert.equal(await page.inputValue("#state"), "materials");
  await page.context().close();
});

test("a number is found with prefix and spaces; wrong, absent and a stranger's say why (S061)", async () => {
  const [{ a, page }, stranger] = [await enter(s, "begin"), await enter(s, "draft")];
  for (const number of [a.number, `SFCA-${a.number}`, a.number.replace(/(.{4})/g, "$1 "), ` sfca - ${a.number}`]) {
    await page.goto("/query");
    await page.fill("#number", number);
    await press(page, "查询");
    assert.match(page.url(), new RegExp(`/case/${a.key}$`), number);
  }
  const said = [];
  for (const number of [stranger.a.number, stranger.a.number, "123"]) {
    const response = await page.goto(`/query?number=${number}`);
    assert.equal(response.status(), 404);
    said.push(await page.locator(".govuk-error-summary").innerText());
    assert.equal(await page.inputValue("#number"), number);
  }
  assert.match(said[0], /没有找到这项申请/);
  assert.notEqual(said[2], said[0]);
  for (const path of ["", "/more", "/cancel", "/print", "/print.pdf", "/print/all", "/payment-notice.pdf"]) {
    const [other, none] = [`/case/${stranger.a.key}${path}`, `/case/${"0".repeat(26)}${path}`];
    const answers = [await page.goto(other), await page.goto(none)];
    assert.deepEqual(answers.map((r) => r.status()), [404, 404], path);
  }
  await page.context().close();
  await stranger.page.context().close();
});

test("on a phone rows are cards and nothing scrolls sideways", async () => {
  const { a, page } = await enter(s, "begin", { width: 320 });
  for (const path of ["/user", "/user/records", "/user/payments", "/query", `/case/${a.key}`, `/case/${a.key}/more`, `/case/${a.key}/print`]) {
    await page.goto(path);
    await assertReflows(page, path);
    await assertAccessible(page);
  }
  await page.goto("/user/payments");
  const card = page.locator("main tbody td").nth(1);
  assert.equal(await page.locator("main thead").isVisible() && (await page.locator("main thead").boundingBox()).height > 2, false);
  assert.match(await card.evaluate((e) => getComputedStyle(e, "::before").content), /业务受理号/);
  await page.context().close();
});
