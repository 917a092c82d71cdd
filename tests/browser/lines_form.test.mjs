// SPDX-License-Identifier: Apache-2.0
// Applying by the lines of the acceptance list: small things of the form, the names a certificate goes by, and the values of lists (S076,
// S107, S116, S132, S137, S138, S220–S227, C5, C11, C13, C29). Headings and fields are in words.test.mjs, the way in lines_way.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { enter } from "./lib/entered.mjs";
import { upload } from "./lib/papers.mjs";
import { picture } from "./lib/applicant.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();
const main = (page) => page.locator("main").innerText();

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

// What a summary says under a label.
const said = (page, label) => page.locator(".govuk-summary-list__row", { hasText: label }).first().locator("dd").first().innerText();

test("the number is copied by a button (S076)", async () => {
  const { a, page } = await enter(s, "draft");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto(`/case/${a.key}/form/unit`);
  await page.getByRole("button", { name: "复制到剪贴板" }).click();
  await page.getByRole("button", { name: "已复制" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), a.number);
  await done(page);
});

test("who forgot the answer is told what to do (S107)", async () => {
  const { a, page } = await enter(s, "draft");
  await page.goto(`/case/${a.key}/form/medium`);
  await press(page, "忘记验证答案？", "link");
  assert.match(await main(page), /忘记验证答案[\s\S]*填写新的答案后保存[\s\S]*短信验证码[\s\S]*审核员/);
  await done(page);
});

test("同意 on the way of a person leads to the form of a person, whose last button is its own (C5, S116, S132)", async () => {
  const { a, page } = await enter(s);
  await page.goto("/apply/personal_issue/agreement");
  await press(page, "同意");
  a.key = /\/case\/(\w+)\/form\/applicant$/.exec(page.url())[1];
  assert.equal(await page.locator("h1").innerText(), "一、申请人信息");
  assert.match(await main(page), /申请人姓名[\s\S]*性别/);
  assert.doesNotMatch(await main(page), /单位传真/);
  await page.goto(`/case/${a.key}/check`);
  assert.ok(await page.getByRole("button", { name: "提交证书申请", exact: true }).isVisible());
  assert.equal(await page.getByRole("button", { name: "提交数据" }).count(), 0);
  await done(page);
});

test("a person's sex follows the number of the identity card (S116)", async () => {
  const { a, page } = await enter(s);
  for (const [number, sex] of [["430102199003070012", "男"], ["430102199003070020", "女"]]) {
    a.userName = `w${a.phone.slice(2)}${number.slice(-2)}`;
    await a.begin("personal_issue", { applicant_document_no: number });
    await page.goto(`/case/${a.key}`);
    assert.equal(await said(page, "性别"), sex, number);
  }
  await done(page);
});

test("licence and tax numbers follow a credit code, and are asked with the old code (C13)", async () => {
  const { a, page } = await enter(s, "begin");
  await page.goto(`/case/${a.key}/form/unit`);
  const code = await page.inputValue("#unit_document_no");
  for (const id of ["licence_no", "tax_no"]) {
    assert.equal(await page.locator(`[name=${id}]`).count(), 0);
    assert.equal(await page.locator(`#${id} + .given`).innerText(), code);
  }
  assert.match(await main(page), /单位传真（选填）/);
  await a.draft();
  await page.goto(`/case/${a.key}/form/unit`);
  await page.check("input[name=unit_document_type][value=orgcode]");
  await press(page, "保存并下一步");
  const errors = await page.locator(".govuk-error-summary__list").innerText();
  assert.match(errors, /工商营业执照号[\s\S]*税务登记证号/);
  assert.doesNotMatch(errors, /传真/);
  assert.ok(await page.locator("input[name=licence_no]").isVisible());
  page.faults = page.faults.filter((fault) => !/^422: /.test(fault));
  await done(page);
});

test("the user name stands wherever a certificate is named, the legal name is the link of lists (S227, C10)", async () => {
  const { a, page } = await enter(s, "begin");
  for (const [path, label] of [["confirm", "主体名称"], ["materials", "主体名称"], ["pay", "证书名称"], ["voucher", "主体名称"]]) {
    await page.goto(`/case/${a.key}/${path}`);
    assert.equal(await said(page, label), a.userName, path);
  }
  for (const path of ["/user", "/user/records"]) {
    await page.goto(path);
    const cell = page.locator("main tbody td[data-label=主体名称]");
    assert.equal(await cell.getByRole("link").innerText(), "示范建筑工程有限公司", path);
    assert.match(await cell.innerText(), new RegExp(`\\n${a.userName}$`), path);
  }
  for (const name of [a.userName, "示范建筑"]) {
    await page.goto(`/user/records?name=${encodeURIComponent(name)}`);
    assert.match(await main(page), /记录数 1 条/, name);
  }
  await done(page);
});

test("business types and the states have their words, templates their names (S220, S222, S223, S225)", async () => {
  const { a, page } = await enter(s, "begin");
  await page.goto("/user/records");
  assert.deepEqual(await page.locator("#type option").allInnerTexts(),
    ["请选择", "制作", "更新", "变更", "补办", "冻结", "解冻", "撤销", "密钥恢复"]);
  assert.deepEqual((await page.locator("#template option").allInnerTexts()).slice(0, 3), ["请选择", "SM2机构证书", "ZJT个人证书"]);
  const states = await page.locator("#state option").allInnerTexts();
  for (const word of ["提交成功", "等待材料", "激活完成", "已否决"]) {
    assert.ok(states.includes(word), word);
  }
  await page.goto(`/case/${a.key}/materials`);
  const button = page.locator("#material-form button[type=submit]");
  assert.match(await button.innerText(), /^请点击提交材料/);
  await upload(page, "form", { name: "form.png", mimeType: "image/png", buffer: picture() });
  assert.equal(await button.count(), 0);
  assert.match(await page.locator("#submitted-form").innerText(), /已提交/);
  await done(page);
});

test("a UKey asks how it is handed over, a soft certificate does not (S137, S138, C11)", async () => {
  const { a, page } = await enter(s);
  await a.begin("unit_issue");
  await page.goto(`/case/${a.key}/confirm`);
  assert.match(await main(page), /软证书在线下载，无需邮寄。/);
  assert.equal(await page.locator("input[name=delivery]").count(), 0);
  a.userName = `v${a.userName.slice(1)}`;
  await a.begin("unit_issue", { medium: "ukey" }, { delivery: "onsite", point: "center" });
  await page.goto(`/case/${a.key}/confirm`);
  assert.match(await main(page), /证书领取方式确认[\s\S]*快递邮寄[\s\S]*现场领取/);
  await page.getByLabel("快递邮寄").check();
  await page.waitForSelector("#receiver_name");
  assert.equal(await page.inputValue("#receiver_name"), "张三");
  assert.equal(await page.inputValue("#receiver_phone"), a.phone);
  assert.match(await main(page), /收货姓名[\s\S]*电话号码[\s\S]*地址/);
  await page.getByLabel("现场领取").check();
  await page.waitForSelector("#receiver_name", { state: "detached" });
  assert.match(await main(page), /受理点/);
  await done(page);
});

test("a seal is asked for by both forms and has its line in the price (C29)", async () => {
  const { a, page } = await enter(s, "draft");
  await page.goto(`/case/${a.key}/form/terms`);
  const lines = async () => (await page.locator("#price tbody tr").allInnerTexts()).map((line) => line.split("\t")[0].trim());
  await page.check("#years-3");
  await page.check("input[name=seal][value=yes]");
  await page.waitForFunction(() => document.querySelectorAll("#price tbody tr").length > 1);
  assert.match((await lines()).join("；"), /开户费（含一年维护服务费）.*维护服务费/);
  assert.match(await main(page), /是否同时办理电子签章？[\s\S]*办理[\s\S]*不办理/);
  await a.draft("personal_issue");
  await page.goto(`/case/${a.key}/form/terms`);
  assert.match(await main(page), /是否同时办理电子签章？[\s\S]*是否办理电子签名？/);
  await done(page);
});
