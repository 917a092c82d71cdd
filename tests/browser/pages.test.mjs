// SPDX-License-Identifier: Apache-2.0
// The applicant's pages (S038–S062, S070–S112, S134–S145, S174–S183, S206–S219): each at both widths, with axe, valid HTML and no scrolling
// in two directions; what lists show and filter; what may be done in which state.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();

async function submitted(more) {
  const a = new Applicant(s.url);
  await a.register();
  await a.begin("unit_issue", more);
  return a;
}

async function draft() {
  const a = new Applicant(s.url);
  await a.register();
  const kinds = await a.want("GET", "/api/v1/kinds");
  a.key = (await a.want("POST", "/api/v1/cases", { kind: "unit_issue", agreement: kinds[0].agreement })).key;
  return a;
}

const reach = (a, path) => async (page) => {
  await a.enter(page);
  page.faults.length = 0;
  return page.goto(path.replace("{case}", `/case/${a.key}`));
};

test("pages of a draft", async (t) => {
  const a = await draft();
  for (const path of ["/apply/unit_issue/agreement", "{case}/form/unit", "{case}/form/terms", "{case}/form/whole", "{case}/check"]) {
    await checkEverywhere(t, s, { name: `draft${path.replace(/[^a-z]+/g, "-")}`, reach: reach(a, path), only: ["normal"] });
  }
});

test("pages of an application that was handed in", async (t) => {
  const a = await submitted();
  const paths = ["{case}", "{case}/more", "{case}/confirm", "{case}/print", "{case}/print/all", "{case}/cancel", "{case}/pay", "{case}/voucher",
    "{case}/invoice", "{case}/result", "/user", "/user/records", "/user/materials", "/user/vouchers", "/user/payments", "/user/downloads",
    "/user/certificates", "/query", "/user/account"];
  for (const path of paths) {
    await checkEverywhere(t, s, { name: `page${path.replace(/[^a-z]+/g, "-")}`, reach: reach(a, path), only: ["normal"] });
  }
});

test("the user centre counts, lists and filters", async () => {
  const a = await submitted();
  const page = await s.page();
  await a.enter(page);
  await page.goto("/user");
  const main = await page.locator("main").innerText();
  assert.match(main, /您好，.*欢迎您的到来/);
  assert.match(main, /1\s*正在办理的申请/);
  assert.match(main, /正在办理的制作申请\s*（1）[\s\S]*示范建筑工程有限公司[\s\S]*制作[\s\S]*等待材料[\s\S]*记录数 1 条/);
  await page.goto("/user?tab=finished");
  assert.match(await page.locator("main").innerText(), /暂时没有数据!/);
  await page.goto("/user/records?name=示范&state=materials&template=p256_unit");
  assert.match(await page.locator("main").innerText(), /记录数 1 条/);
  await page.goto("/user/records?name=别人");
  assert.match(await page.locator("main").innerText(), /记录数 0 条/);
  assertNoFaults(page);
});

test("a number leads to one's own application; a stranger's is as one that does not exist", async () => {
  const [a, b] = [await submitted(), await submitted()];
  const { number } = await b.want("GET", `/api/v1/cases/${b.key}`);
  const page = await s.page();
  await b.enter(page);
  await page.goto("/query");
  await page.fill("#number", `SFCA-${number.replace(/(.{4})/g, "$1 ")}`);
  await press(page, "查询");
  assert.match(page.url(), new RegExp(`/case/${b.key}$`));
  const other = await s.page();
  await a.enter(other);
  const found = await other.goto(`/query?number=${number}`);
  assert.equal(found.status(), 404);
  const foreign = await other.goto(`/case/${b.key}`);
  const absent = await other.goto(`/case/${"0".repeat(26)}`);
  assert.equal(foreign.status(), 404);
  assert.equal(absent.status(), 404);
});

test("a change after 提交数据 says first what it undoes; a price change closes the order (C28)", async () => {
  const a = await submitted();
  const page = await s.page();
  await a.enter(page);
  await page.goto(`/case/${a.key}/pay`);
  const before = await a.want("GET", `/api/v1/cases/${a.key}/order`);
  assert.equal(before.state, "open");
  await page.goto(`/case/${a.key}/form/terms`);
  await page.check("#years-3");
  await press(page, "保存并下一步");
  assert.match(await page.locator("main").innerText(), /保存后需要重新办理[\s\S]*重新打印[\s\S]*订单将关闭/);
  assert.ok(await page.isChecked("#years-3"));
  await press(page, "确认修改");
  const after = await a.want("GET", `/api/v1/cases/${a.key}/order`);
  assert.equal(after.state, "quote");
  assert.ok(after.total > before.total);
});

test("two windows: the later save of a stale page loses nothing and says so", async () => {
  const a = await draft();
  const [one, two] = [await s.page(), await s.page()];
  await a.enter(one);
  await a.enter(two);
  await one.goto(`/case/${a.key}/form/terms`);
  await two.goto(`/case/${a.key}/form/terms`);
  await one.check("#seal-2");
  await press(one, "保存并下一步");
  await two.check("#seal");
  const response = await press(two, "保存并下一步");
  assert.equal(response.status(), 409);
  assert.match(await two.locator("main").innerText(), /刚在另一个窗口中修改过/);
  assert.ok(await two.isChecked("#seal"));
  await press(two, "保存并下一步");
  assert.match(two.url(), /\/form\/medium$/);
});

test("cancel names the application, asks once, and is final", async () => {
  const a = await submitted();
  const page = await s.page();
  await a.enter(page);
  await page.goto(`/case/${a.key}`);
  await press(page, "取消申请", "link");
  assert.match(await page.locator("main").innerText(), /确认取消申请[\s\S]*示范建筑工程有限公司/);
  await press(page, "确认取消");
  assert.match(await page.locator("main").innerText(), /已取消/);
  assert.equal(await page.getByRole("link", { name: "取消申请", exact: true }).count(), 0);
  assert.equal((await page.goto(`/case/${a.key}/form/whole`)).status(), 409);
});

test("a similar application takes over the answers and opens on the check page (S208)", async () => {
  const a = await submitted();
  const page = await s.page();
  await a.enter(page);
  await page.goto(`/case/${a.key}`);
  await press(page, "类似申请证书", "link");
  await press(page, "同意");
  assert.match(page.url(), /\/check$/);
  assert.match(await page.locator("main").innerText(), /示范建筑工程有限公司/);
  await press(page, "提交数据");
  assert.match(await page.locator(".govuk-error-summary").innerText(), /用户名/);
});
