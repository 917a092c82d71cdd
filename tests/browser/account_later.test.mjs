// SPDX-License-Identifier: Apache-2.0
// What happens to accounts later: a forgotten password, a session that ends in the middle of a form, a first application.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PASSWORD, captchaOf, codeFor, fillRegistration, inbox, logIn, makeAccount, newPhone, press } from "./lib/account.mjs";
import { assertAccessible, assertNoFaults } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

async function close(page) {
  assertNoFaults(page);
  await page.context().close();
}

test("a forgotten password: a code, a new one, and all sessions are over", async () => {
  const { phone } = await makeAccount(s.url);
  const before = await s.page();
  await logIn(before, phone);
  // The registration's code was sent within this minute: the hall lets a number have the next one later.
  const page = await s.page();
  await page.goto("/forgot");
  await page.fill("#account", phone);
  await page.getByRole("button", { name: "发送验证码" }).click();
  await page.getByText(/发送得太频繁/).first().waitFor();
  await page.context().close();
  const { mail } = await confirmMail(before, phone);
  await resetByMail(mail);
  await before.goto("/user/account");
  assert.equal(new URL(before.url()).pathname, "/login");
  assert.match((await inbox(s.url, "sms", phone))[0].text, /密码/);
  await before.context().close();
});

async function confirmMail(page, phone) {
  await page.goto("/user/account");
  const mail = (await page.locator("main").innerText()).match(/\S+@hall\.example/)[0].replace("（未确认）", "");
  const [letter] = await inbox(s.url, "mail", mail);
  await page.goto(/http\S+\/confirm\/\S+/.exec(letter.text)[0]);
  await press(page, "确认邮箱");
  return { mail, phone };
}

async function resetByMail(mail) {
  const page = await s.page(), fresh = `${PASSWORD}-neu`;
  await page.goto("/forgot");
  await page.fill("#account", mail);
  await page.getByRole("button", { name: "发送验证码" }).click();
  await page.getByText("验证码已发送，请查收", { exact: true }).first().waitFor();
  await page.fill("#sms", await codeFor(s.url, "mail", mail));
  await page.fill("#password", fresh);
  await page.fill("#password2", fresh);
  await press(page, "设置新密码");
  assert.match(await page.locator(".notice").innerText(), /密码已重新设置/);
  assert.equal((await logIn(page, mail)).status(), 422);
  await logIn(page, mail, fresh);
  assert.equal(new URL(page.url()).pathname, "/user");
  await close(page);
}

test("a session that ends in the middle of a form: logged in again, it goes on", async () => {
  const { phone } = await makeAccount(s.url);
  const page = await s.page(), other = await s.page();
  await logIn(page, phone);
  await page.goto("/user/account/email");
  await page.fill("#email", "next@hall.example");
  await page.fill("#current", PASSWORD);
  await logIn(other, phone);
  await other.goto("/user/account");
  await press(other, "退出其他全部设备");
  await press(page, "发送确认邮件");
  assert.match(await page.locator(".notice").innerText(), /登录已失效/);
  await page.fill("#account", phone);
  await page.fill("#password", PASSWORD);
  await press(page, "用户登录");
  assert.match(await page.locator("h1").innerText(), /继续提交/);
  await assertAccessible(page);
  await press(page, "继续提交");
  assert.equal(await page.inputValue("#email"), "next@hall.example");
  assert.match(await page.locator("#current-error").innerText(), /请输入现在的密码/);
  await close(page);
  await other.context().close();
});

test("who has no mobile number is asked for one before the first application", async () => {
  const page = await s.page();
  await page.goto("/register");
  const { mail } = await fillRegistration(page, { phone: `0731-8${String(Date.now()).slice(-7)}` });
  await page.fill("#captcha", await captchaOf(page, s.url));
  await press(page, "注册");
  const [letter] = await inbox(s.url, "mail", mail);
  await page.goto(/http\S+\/confirm\/\S+/.exec(letter.text)[0]);
  await press(page, "确认邮箱");
  await logIn(page, mail);
  await page.goto("/apply/unit_issue/agreement");
  assert.match(await page.locator("main").innerText(), /申请证书前请先确认手机号码/);
  await assertAccessible(page);
  const phone = newPhone();
  await page.fill("#current", PASSWORD);
  await page.fill("#phone", phone);
  await page.getByRole("button", { name: "发送验证码" }).click();
  await page.getByText("验证码已发送，请查收", { exact: true }).first().waitFor();
  await page.fill("#sms", await codeFor(s.url, "sms", phone));
  await press(page, "确定");
  assert.equal(new URL(page.url()).pathname, "/apply/unit_issue/agreement");
  await close(page);
});
