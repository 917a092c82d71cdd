// SPDX-License-Identifier: Apache-2.0
// The registration page by the lines of the acceptance list: what it asks, what a landline is good for, which name is shown, and what
// is judged while typing (S023, S024, S026, S027, C31). The whole way in is in account.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PASSWORD, captchaOf, codeFor, fillRegistration, inbox, logIn, newPhone, press } from "./lib/account.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const path = (page) => new URL(page.url()).pathname;

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

async function openMailedLink(page, mail) {
  const [letter] = await inbox(s.url, "mail", mail);
  await page.goto(/http\S+\/confirm\/\S+/.exec(letter.text)[0]);
  await press(page, "确认邮箱");
}

const shownName = (page) => page.locator(".strip__user").innerText();

test("it is headed and asks as users know it (S023, S024, S026, S027)", async () => {
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    await page.goto("/register");
    assert.equal(await page.locator("h1").innerText(), "请录入注册网站的必要信息");
    assert.match(await page.locator("nav.crumbs").innerText(), /首页\s*新用户注册/);
    for (const label of ["请输入您的手机号码或主要联系电话", "请输入您的常用电子邮箱地址", "请输入您的密码", "请再次输入您的密码", "请输入下面图片的字符"]) {
      assert.ok(await page.getByLabel(label).first().isVisible(), label);
    }
    const choice = page.getByRole("group", { name: /作为网站登录用户名/ });
    assert.deepEqual(await choice.getByRole("radio").evaluateAll((all) => all.map((one) => [one.value, one.checked])), [["phone", true], ["email", false]]);
    assert.match(await page.locator("#password-hint").innerText(),
      /请输入登录网站的密码作为第一次登录网站的密码。以后您可以在用户中心修改自己的密码。/);
    await done(page);
  }
});

test("a landline is contact and login name; the picture and a mailed link confirm it (S024)", async () => {
  const page = await s.page();
  await page.goto("/register");
  const phone = `0731-8${String(Date.now()).slice(-7)}`;
  const { mail } = await fillRegistration(page, { phone });
  await page.fill("#captcha", await captchaOf(page, s.url));
  await press(page, "注册");
  assert.match(await page.locator("main").innerText(), new RegExp(`网站登录用户名\\s*${phone}[\\s\\S]*联系电话`));
  assert.equal((await logIn(page, phone)).status(), 422);
  await openMailedLink(page, mail);
  await logIn(page, phone);
  assert.equal(path(page), "/user");
  await page.goto("/apply/unit_issue/agreement");
  assert.match(await page.locator("main").innerText(), /申请证书前请先确认手机号码/);
  await done(page);
});

test("the chosen name is shown, both are good for logging in once confirmed (S026)", async () => {
  const page = await s.page(), phone = newPhone();
  await page.goto("/register?way=sms");
  await page.fill("#phone", phone);
  await page.getByRole("button", { name: "发送验证码" }).click();
  await page.getByText("验证码已发送，请查收", { exact: true }).first().waitFor();
  const { mail } = await fillRegistration(page, { phone });
  await page.getByLabel("电子邮箱", { exact: true }).check();
  await page.fill("#sms", await codeFor(s.url, "sms", phone));
  await press(page, "注册");
  assert.match(await page.locator("main").innerText(), new RegExp(`网站登录用户名\\s*${mail}`));
  assert.equal((await logIn(page, mail)).status(), 422);
  await openMailedLink(page, mail);
  for (const name of [phone, mail]) {
    await page.context().clearCookies();
    await logIn(page, name);
    assert.equal(path(page), "/user", name);
    assert.equal(await shownName(page), mail);
  }
  await done(page);
});

test("the repeated password may be pasted and looked at, and is compared when the form is sent (C31)", async () => {
  const page = await s.page();
  await page.goto("/register");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.evaluate((text) => navigator.clipboard.writeText(text), PASSWORD);
  for (const id of ["#password", "#password2"]) {
    await page.press(id, "Control+V");
    assert.equal(await page.inputValue(id), PASSWORD, id);
    await page.locator(`[aria-controls=${id.slice(1)}]`).click();
    assert.equal(await page.getAttribute(id, "type"), "text", id);
  }
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.fill("#password2", "");
  await page.type("#password2", "another");
  await page.type("#phone", "12");
  await page.press("#phone", "Tab");
  await page.waitForTimeout(300);
  assert.deepEqual([asked, await page.locator(".govuk-error-message").count()], [[], 0]);
  assert.equal(await page.getByText(/^密码强度：/).innerText(), "密码强度：强");
  await press(page, "注册");
  assert.match(await page.locator("#password2-error").innerText(), /两次输入的密码不一致/);
  assert.match(await page.locator("#phone-error").innerText(), /./);
  await page.context().close();
});
