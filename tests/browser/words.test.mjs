// SPDX-License-Identifier: Apache-2.0
// What users know by its words: headings, labels, columns and buttons of the applicant's pages, by the lines of the acceptance list.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";
import { press } from "./lib/walk.mjs";

const s = suite();

async function visit(make) {
  const a = new Applicant(s.url);
  await a.register();
  await make(a);
  const page = await s.page();
  await a.enter(page);
  return { a, page };
}

const read = (page) => page.locator("main").innerText();
const columns = (page) => page.locator("main th[scope=col]").allInnerTexts();
const filters = (page) => page.locator("form.filters label").allInnerTexts();
const crumbs = (page) => page.locator("nav.crumbs").innerText();
const step = (page) => page.locator(".steps [aria-current=step]").innerText();

// In this order.
async function assertSays(page, ...words) {
  const text = await read(page);
  let at = 0;
  for (const word of words) {
    const found = text.indexOf(word, at);
    assert.ok(found >= 0, `${page.url()} lacks ${word}`);
    at = found;
  }
}

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

test("the user centre greets, leads and counts (S038–S049, S053)", async () => {
  const { a, page } = await visit((one) => one.begin("unit_issue"));
  await page.goto("/user");
  await assertSays(page, "您好，", "！欢迎您的到来，您可以通过下面的链接，快速完成业务操作。");
  assert.deepEqual(await page.locator(".shortcuts a").allInnerTexts(), ["证书申请", "查询证书申请状态", "下载已完成的证书", "在线支付"]);
  const numbers = await page.locator(".numbers a").allInnerTexts();
  assert.deepEqual(numbers.map((text) => text.replace(/\s+/g, " ").trim()),
    ["1 正在办理的申请", "0 待补正", "0 已否决申请", "0 待下载证书", "0 可下载软证书", "0 我的证书", "0 即将到期的证书"]);
  for (const link of await page.locator(".numbers a, .shortcuts a").all()) {
    assert.equal((await page.request.get(await link.getAttribute("href"))).status(), 200);
  }
  assert.deepEqual(await columns(page), ["序号", "主体名称", "业务类型", "邮箱", "证书模板", "申请时间", "申请状态", "操作"]);
  await assertSays(page, "证书申请", "正在办理的制作申请", "正在办理的其他业务", "可下载证书", "已完成申请", "制作", a.email, "等待材料", "查看");
  await done(page);
});

test("each tab of the lists is there, an empty one says so (S008, S050–S052, S054–S056)", async () => {
  const { page } = await visit((one) => one.draft());
  await page.goto("/user");
  for (const tab of ["正在办理的其他业务", "可下载证书", "已完成申请"]) {
    await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: new RegExp(tab) }).first().click()]);
    await assertSays(page, "暂时没有数据!", "记录数 0 条");
  }
  await page.goto("/user/certificates");
  await assertSays(page, "我的证书", "有效的证书", "冻结的证书", "失效的证书", "暂时没有数据!", "记录数 0 条");
  await done(page);
});

test("lists have the columns and filters users know (S214, S215, S217–S219, S221, S223, S224, C16, C27)", async () => {
  const { page } = await visit((one) => one.begin("unit_issue"));
  const wanted = {
    materials: [["主体名称", "证书模板", "申请状态", "业务类型"], ["业务受理号", "业务类型", "证书模板", "申请时间", "申请状态", "操作"], "等待材料", "材料提交"],
    vouchers: [["主体名称", "业务类型"], ["业务受理号", "业务类型", "证书类型", "申请时间", "缴费金额", "操作"], "单位证书", "上传缴费凭证"],
    payments: [["主体名称", "业务受理号", "证书类型", "缴费状态", "业务类型"], ["业务受理号", "业务类型", "证书类型", "申请时间", "缴费状态", "缴费金额", "操作"], "等待缴费", "缴费"],
  };
  for (const [path, [asked, shown, ...words]] of Object.entries(wanted)) {
    await page.goto(`/user/${path}`);
    assert.deepEqual(await filters(page), asked, path);
    assert.deepEqual((await columns(page)).slice(-shown.length), shown, path);
    await assertSays(page, "查询", "制作", ...words, "记录数 1 条");
    assert.match(await crumbs(page), /首页\s*用户中心/);
    for (const select of await page.locator("form.filters select").all()) {
      assert.match(await select.locator("option").first().innerText(), /^请选择$/);
    }
  }
  assert.deepEqual(await page.locator("#certificate option").allInnerTexts(), ["请选择", "单位证书", "个人证书"]);
  await done(page);
});

test("the form is headed and noted as users know it (S070, S078, S091, S089, S090, S097–S104, S111, S112, C24)", async () => {
  const { a, page } = await visit((one) => one.draft());
  for (const [section, heading] of [["unit", "申请单位信息"], ["handler", "经办人信息"], ["terms", "证书价格"], ["medium", "验证问题提示"]]) {
    await page.goto(`/case/${a.key}/form/${section}`);
    assert.equal(await page.locator("h1").innerText(), heading);
    assert.match(await step(page), /在线申请/);
    await assertSays(page, "业务受理号：", "复制到剪贴板", "带 *的为必填项", "带 * 的为必填项，请仔细核对填写信息。", "申请信息", "以备将来使用");
  }
  await page.goto(`/case/${a.key}/form/unit`);
  await assertSays(page, "*单位名称", "单位传真（选填）", "工商营业执照号", "税务登记证号");
  await page.goto(`/case/${a.key}/form/terms`);
  const expires = async (years) => {
    await assertSays(page, "证书有效期是多久？", "一年", "五年");
    assert.match(await read(page), new RegExp(`证书到期时间\\s*${new Date().getFullYear() + years}年`));
  };
  await expires(1);
  assert.deepEqual(await columns(page), ["计费项目", "有效期", "有效期单位", "价格", "优惠折扣", "总价"]);
  await assertSays(page, "单位证书开户费（含一年维护服务费）", "年", "¥260.00", "无优惠", "总价", "¥260.00", "备注：", "含一年维护服务费，不含签章费");
  await page.check("#years-3");
  await page.check("#seal-2");
  await press(page, "保存并下一步");
  await page.goto(`/case/${a.key}/form/terms`);
  await expires(3);
  await done(page);
});

test("who disagrees has no application (S072, S074)", async () => {
  const { a, page } = await visit(async () => {});
  await page.goto("/apply/unit_issue/agreement");
  await assertSays(page, "协议", "申请用户已阅读，理解本服务协议的所有条款，并愿意接受上述条款内容。", "同意");
  await press(page, "不同意，返回", "link");
  assert.deepEqual((await a.want("GET", "/api/v1/cases")).items, []);
  await done(page);
});

test("a person's form has its fields and the same parts (S113–S131, S133)", async () => {
  const { a, page } = await visit((one) => one.draft("personal_issue"));
  await page.goto(`/case/${a.key}/form/whole`);
  const labels = (await page.locator("main label, main legend").allInnerTexts()).map((text) => text.replace(/^\*/, "").trim());
  for (const label of ["申请人姓名", "用户名", "申请人证件类型", "居民身份证", "申请人证件号码", "您的工作单位", "您的工作部门", "您的邮箱地址",
    "您的联系电话", "您的移动电话", "经办人是否就是申请人？", "与申请人相同", "另有经办人", "您的验证问题提示", "您的验证答案", "证书介质", "UKey", "软证书"]) {
    assert.ok(labels.includes(label), `${label} in ${labels}`);
  }
  for (const label of ["通讯地址", "详细地址", "邮政编码"]) {
    assert.ok(labels.some((one) => one.includes(label)), `${label} in ${labels}`);
  }
  await assertSays(page, "申请人信息", "经办人信息", "证书有效期是多久？", "一年", "五年", "证书到期时间", "验证问题提示", "带 * 的为必填项，请仔细核对填写信息。", "以备将来使用");
  await done(page);
});

test("after 提交数据: number, certificate, printing (S075–S077, S134, S136, S140, S144, S145)", async () => {
  const { a, page } = await visit((one) => one.begin("unit_issue"));
  const { number } = await a.want("GET", `/api/v1/cases/${a.key}`);
  await page.goto(`/case/${a.key}/confirm`);
  await assertSays(page, number, "复制到剪贴板", "尊敬的客户：", "欢迎您办理数字证书", "下一步（打印）", "主体名称", "电子邮件", "联系地址", "有效日期", "证书价格", "¥260.00");
  assert.match(number, /^20\d{18}$/);
  assert.match(await crumbs(page), /证书申请确认/);
  await page.goto(`/case/${a.key}/print`);
  await assertSays(page, "请确认打印机可以正常使用", "“签字”并“盖章”", "共 3 页 A4", "下一步操作：材料上传", "证书申请制作、更新、密钥恢复", "如果不方便形成图片", "下一步");
  await Promise.all([page.waitForNavigation(), page.getByRole("link", { name: "查看申请状态信息" }).click()]);
  await assertSays(page, "申请状态：", "等待材料");
  await done(page);
});

test("an application shows all of it and what may be done (S206, S207, S209–S212, C4)", async () => {
  const { a, page } = await visit((one) => one.begin("unit_issue"));
  for (const name of [/示范建筑工程有限公司/, /^查看/]) {
    await page.goto("/user");
    await Promise.all([page.waitForNavigation(), page.locator("main table").getByRole("link", { name }).first().click()]);
    assert.match(page.url(), new RegExp(`/case/${a.key}$`));
  }
  await assertSays(page, "申请单位信息", a.userName, "示范建筑工程有限公司", "经办人信息", "张三", "证书价格", "一年", "验证问题提示", "已填写", "软证书");
  assert.deepEqual(await page.locator(".buttons a").allInnerTexts(), ["类似申请证书", "修改证书申请", "取消申请", "打印申请表", "扩展信息"]);
  await press(page, "打印申请表", "link");
  await assertSays(page, "单位数字证书业务受理表", "电子认证服务协议", "单位授权委托书");
  await page.goto(`/case/${a.key}`);
  await press(page, "修改证书申请", "link");
  assert.match(page.url(), /\/(form|check)/);
  await page.goto(`/case/${a.key}/more`);
  await assertSays(page, "扩展信息", "数据标记", "办件进度", "技术信息（一般无需查看）");
  await done(page);
});

test("left midway, gone on with after a new login: form, print, payment, voucher (S213, S067)", async () => {
  const a = new Applicant(s.url);
  await a.register();
  const again = async (path, wanted) => {
    const page = await s.page();
    await a.enter(page);
    await page.goto("/user");
    await Promise.all([page.waitForNavigation(), page.locator("main table").getByRole("link", { name: /^查看/ }).first().click()]);
    await page.goto(`/case/${a.key}${path}`);
    await assertSays(page, wanted);
    const at = await step(page);
    await done(page);
    return at;
  };
  await a.draft();
  assert.match(await again("/form/handler", "经办人信息"), /在线申请/);
  const form = new Applicant(s.url);
  Object.assign(form, { phone: a.phone, email: a.email, token: a.token, password: a.password });
  a.key = await form.begin("unit_issue");
  assert.match(await again("/print", "受理打印"), /在线申请/);
  assert.match(await again("/pay", "费用支付"), /费用支付/);
  assert.match(await again("/voucher", "上传缴费凭证"), /上传缴费凭证/);
});
