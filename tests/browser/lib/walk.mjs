// SPDX-License-Identifier: Apache-2.0
// walk: the pages of an application, one function each, as a person goes through them; with a wrong answer first where asked.
import assert from "node:assert/strict";

import { Applicant, creditCode, idNumber, picture } from "./applicant.mjs";

// Presses a button (or follows a link that looks like one) and waits for the page behind it.
export async function press(page, name, role = "button") {
  const [response] = await Promise.all([page.waitForNavigation(), page.getByRole(role, { name, exact: true }).first().click()]);
  return response;
}

const scripted = (page) => page.evaluate(() => document.body.classList.contains("js-enabled"));

export async function heading(page) {
  return page.locator("h1").first().innerText();
}

// After a refused form the list of errors has the focus and each error stands at its field.
export async function assertRefused(page, response, wanted) {
  assert.equal(response.status(), 422, page.url());
  assert.match(await page.title(), /^错误：/);
  const items = await page.locator(".govuk-error-summary__list a").allInnerTexts();
  assert.ok(items.some((text) => wanted.test(text)), `${items.join("；")} lacks ${wanted}`);
}

async function read(s, wanted) {
  for (let i = 0; i < 100; i += 1) {
    const { items } = await (await fetch(`${s.url}/api/v1/try/inbox`)).json();
    const found = items.find(wanted);
    if (found) {
      return found;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("no such message in the inbox");
}

// What the newest captcha says: the inbox of try-it mode is the only other way to know.
export async function captcha(s) {
  return (await read(s, (m) => m.channel === "captcha")).params.text;
}

export async function mailedCode(s, email) {
  return /授权码：([0-9A-Za-z]{20})/.exec((await read(s, (m) => m.id === "download" && m.to === email)).text)[1];
}

export async function register(s, page) {
  const a = new Applicant(s.url);
  await page.goto("/register");
  await page.fill("#phone", "12");
  await page.fill("#email", a.email);
  await page.fill("#password", a.password);
  await page.fill("#password2", `${a.password}x`);
  await page.fill("#captcha", "wrong");
  await assertRefused(page, await press(page, "注册"), /密码/);
  assert.equal(await page.inputValue("#email"), a.email);
  await page.goto("/register?way=sms");
  await page.fill("#phone", a.phone);
  if (await scripted(page)) {
    await page.getByRole("button", { name: "发送验证码" }).click();
    await page.getByText("验证码已发送，请查收", { exact: true }).first().waitFor();
  } else {
    await press(page, "发送验证码");
  }
  await page.fill("#email", a.email);
  await page.fill("#password", a.password);
  await page.fill("#password2", a.password);
  await page.fill("#sms", (await read(s, (m) => m.channel === "sms" && m.to === a.phone)).params.code);
  await press(page, "注册");
  return a;
}

export async function logIn(page, a) {
  await page.goto("/login");
  await page.fill("#account", a.phone);
  await page.fill("#password", a.password);
  await press(page, "用户登录");
}

const SECTIONS = {
  unit: { wrong: ["unit_document_no", "91430102000000000X"], fill: async (page, a) => {
    await page.fill("#user_name", a.userName);
    await page.fill("#unit_name", "示范建筑工程有限公司");
    await page.fill("#unit_phone", "０７３１-84510000");
    await page.fill("#unit_email", a.email);
    for (const [id, value] of [["unit_region", "湖南省"], ["unit_region-2", "长沙市"], ["unit_region-3", "芙蓉区"]]) {
      const there = await page.locator(`[id="${id}"] option:text-is("${value}")`).count() > 0;
      if (!there && !await scripted(page)) {
        await press(page, "更新下级选项");
      }
      await page.waitForSelector(`[id="${id}"] option:text-is("${value}")`, { state: "attached" });
      await page.selectOption(`[id="${id}"]`, value);
    }
    await page.fill("#unit_address", "示范路 12 号 3 层");
    await page.fill("#unit_postcode", "410000");
    await page.fill("#unit_document_no", creditCode());
  } },
  handler: { wrong: ["handler_document_no", "430102199001010010"], fill: async (page, a) => {
    await page.fill("#handler_name", "张三");
    await page.fill("#handler_phone", a.phone);
    await page.fill("#handler_email", a.email);
    await page.fill("#handler_document_no", idNumber());
  } },
  terms: { fill: async (page) => {
    await page.check("#years-2");
    await page.check("#seal-2");
  } },
  medium: { wrong: ["answer", ""], fill: async (page, a) => {
    await page.selectOption("#question", "book");
    await page.fill("#answer", "红楼梦");
    await page.check(`input[name=medium][value=${a.medium ?? "soft"}]`);
  } },
};

// From 申请单位证书, or the page of another kind, to the check page: each section with one wrong answer first.
export async function fillIn(page, a, kind = "unit_issue") {
  await page.goto(`/apply/${kind}`);
  await press(page, "开始申请", "link");
  await press(page, "同意");
  a.key = /\/case\/([0-9a-z]{26})\//.exec(page.url())[1];
  for (const [id, section] of Object.entries(SECTIONS)) {
    assert.match(page.url(), new RegExp(`/form/${id}$`));
    await section.fill(page, a);
    if (section.wrong) {
      const [field, value] = section.wrong;
      const good = await page.inputValue(`#${field}`);
      await page.fill(`#${field}`, value);
      await assertRefused(page, await press(page, "保存并下一步"), /./);
      await page.fill(`#${field}`, good);
      await section.fill(page, a);
    }
    await press(page, "保存并下一步");
  }
  assert.match(page.url(), /\/check$/);
}

export async function handIn(page) {
  await press(page, "提交数据");
  assert.match(page.url(), /\/confirm$/);
  await press(page, "下一步（打印）");
  assert.match(page.url(), /\/print$/);
  await press(page, "下一步", "link");
  assert.match(page.url(), /\/materials$/);
}

// One form for each material; works with and without a script.
export async function uploadAll(page, more = []) {
  for (const type of ["form", "unit_document", "authorization", "handler_document", ...more]) {
    await page.setInputFiles(`#file-${type}`, { name: `${type}.png`, mimeType: "image/png", buffer: picture() });
    if (await scripted(page)) {
      await page.waitForSelector(`#submitted-${type}`);
    } else {
      await Promise.all([page.waitForNavigation(), page.locator(`form:has(#file-${type}) button[type=submit]`).first().click()]);
    }
  }
  await Promise.all([page.waitForNavigation(), page.locator("#onward").click()]);
  assert.match(page.url(), /\/identity$/);
}

// The phone is a second browser; the page of the PC goes on by itself.
export async function identify(s, page, options) {
  const link = await page.locator(".hand a").first().getAttribute("href");
  const phone = await s.page({ ...options, width: 320 });
  await phone.goto(link);
  for (let i = 0; i < 6 && await phone.getByRole("button", { name: "通过", exact: true }).count() === 0; i += 1) {
    for (const box of await phone.locator("input[type=checkbox]:not(:checked)").all()) {
      await box.check();
    }
    await Promise.all([phone.waitForNavigation(), phone.locator("main form button[type=submit]").first().click()]);
  }
  await press(phone, "通过");
  await phone.context().close();
  if (options?.javaScript === false) {
    await page.reload();
  }
  await page.waitForSelector("#passed");
  await Promise.all([page.waitForNavigation(), page.locator("#onward").click()]);
  assert.match(page.url(), /\/pay$/);
}

export async function payOnline(page, habit = "正常支付") {
  await press(page, "立即支付");
  await page.getByLabel(habit, { exact: true }).check();
  await press(page, "确认付款");
  for (let i = 0; i < 50 && !/支付成功/.test(await page.locator("main").innerText()); i += 1) {
    await page.waitForTimeout(100);
    await page.goto(page.url().replace(/\?.*/, ""));
  }
  assert.match(await page.locator("main").innerText(), /支付成功[\s\S]*交易成功/);
}
