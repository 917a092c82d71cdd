// SPDX-License-Identifier: Apache-2.0
// Accounts in the browser: registering with a picture and with a code, logging in and out; by keyboard, without scripts,
// narrow and wide.
import assert from "node:assert/strict";
import { test } from "node:test";

import { PASSWORD, captchaOf, codeFor, fillRegistration, inbox, logIn, makeAccount, newMail, newPhone, press } from "./lib/account.mjs";
import { assertAccessible, assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

async function close(page) {
  assertNoFaults(page);
  await page.context().close();
}

async function reachSettings(page) {
  const { phone } = await makeAccount(s.url);
  await logIn(page, phone);
  return page.goto("/user/account");
}

async function reachErrors(page) {
  await page.goto("/register");
  const [response] = await press(page, "注册");
  return response;
}

async function reachCode(page) {
  await page.goto("/register");
  const [response] = await press(page, "改用短信验证码");
  return response;
}

test("the pages hold in every look", async (t) => {
  for (const [name, path] of [["register", "/register"], ["login-ukey", "/login?way=ukey"], ["forgot", "/forgot"]]) {
    await checkEverywhere(t, s, { name, path });
  }
  await checkEverywhere(t, s, { name: "register-errors", reach: reachErrors, status: 422 });
  await checkEverywhere(t, s, { name: "register-code", reach: reachCode });
  await checkEverywhere(t, s, { name: "account", reach: reachSettings });
});

test("a link that is used up says what to do", async () => {
  const page = await s.page({ width: 320 });
  const response = await page.goto("/confirm/AAAAAAAAAAAAAAAAAAAAAA");
  assert.equal(response.status(), 404);
  assert.match(await page.locator("main").innerText(), /链接已失效[\s\S]*去登录/);
  await assertAccessible(page);
  await close(page);
});

test("register with the picture; the mailed link makes the mailbox good for logging in", async () => {
  const page = await s.page();
  await page.goto("/register");
  const { mail } = await fillRegistration(page);
  await page.fill("#captcha", await captchaOf(page, s.url));
  await press(page, "注册");
  assert.match(await page.locator("main").innerText(), /注册成功[\s\S]*请牢记您的用户名和密码/);
  assert.equal((await logIn(page, mail)).status(), 422);
  const [letter] = await inbox(s.url, "mail", mail);
  await page.goto(/http\S+\/confirm\/\S+/.exec(letter.text)[0]);
  await assertAccessible(page);
  await press(page, "确认邮箱");
  assert.match(await page.locator("h1").innerText(), /邮箱已确认/);
  await logIn(page, mail);
  assert.equal(new URL(page.url()).pathname, "/user");
  await close(page);
});

test("another picture is another captcha", async () => {
  const page = await s.page();
  await page.goto("/register");
  const first = await captchaOf(page, s.url);
  await Promise.all([page.waitForResponse(/captcha/), page.getByRole("link", { name: "看不清，换一张" }).click()]);
  await fillRegistration(page);
  await page.fill("#captcha", first);
  await press(page, "注册");
  assert.match(await page.locator("#captcha-error").innerText(), /图片验证码不正确/);
  await close(page);
});

test("register with a code: sent in place, nothing typed is lost", async () => {
  const page = await s.page();
  await page.goto("/register");
  const { phone } = await fillRegistration(page);
  await press(page, "改用短信验证码");
  assert.equal(await page.inputValue("#phone"), phone);
  await page.fill("#password", PASSWORD);
  await page.fill("#password2", PASSWORD);
  await page.getByRole("button", { name: "发送验证码" }).click();
  await page.getByText("验证码已发送，请查收", { exact: true }).first().waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "sms");
  assert.ok(await page.getByRole("button", { name: /秒后可重新发送/ }).isDisabled());
  assert.equal(await page.inputValue("#password"), PASSWORD);
  await page.fill("#sms", await codeFor(s.url, "sms", phone));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "注册成功" }).waitFor();
  await logIn(page, phone);
  assert.equal(new URL(page.url()).pathname, "/user");
  await close(page);
});

test("wrong input keeps what was typed, but never a password", async () => {
  const page = await s.page();
  await page.goto("/register");
  const { mail } = await fillRegistration(page, { phone: "1380013", repeat: "another" });
  await page.getByLabel("电子邮箱", { exact: true }).check();
  const [response] = await press(page, "注册");
  assert.equal(response.status(), 422);
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  assert.deepEqual([await page.inputValue("#phone"), await page.inputValue("#email"), await page.inputValue("#password")], ["1380013", mail, ""]);
  assert.ok(await page.getByLabel("电子邮箱", { exact: true }).isChecked());
  assert.match(await page.locator("#password2-error").innerText(), /两次输入的密码不一致/);
  assert.match(await page.locator("#captcha-error").innerText(), /请输入下面图片的字符/);
  await close(page);
});

test("the strength of a password is said while it is typed, and it can be looked at", async () => {
  const page = await s.page();
  await page.goto("/register");
  const strength = page.getByText(/^密码强度：/);
  await page.fill("#password", "12345678");
  assert.equal(await strength.innerText(), "密码强度：太简单");
  await page.fill("#password", PASSWORD);
  assert.equal(await strength.innerText(), "密码强度：强");
  await page.getByRole("button", { name: "显示密码" }).first().click();
  assert.equal(await page.getAttribute("#password", "type"), "text");
  await close(page);
});

test("by keyboard alone: register, log in, out", async () => {
  const page = await s.page();
  await page.goto("/register");
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 3, `${seen.length} of ${total}`);
  await page.goto("/register");
  const phone = newPhone(), mail = newMail();
  await page.focus("#phone");
  // Between mailbox and password stand the radios, between the passwords the button that shows the first.
  for (const text of [phone, "\t", mail, "\t", "\t", PASSWORD, "\t", "\t", PASSWORD]) {
    await (text === "\t" ? page.keyboard.press("Tab") : page.keyboard.type(text));
  }
  await page.focus("#captcha");
  await page.keyboard.type(await captchaOf(page, s.url));
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await page.locator("h1").innerText(), /注册成功/);
  const made = await makeAccount(s.url);
  await page.goto("/login");
  await page.focus("#account");
  await page.keyboard.type(made.phone);
  await page.keyboard.press("Tab");
  await page.keyboard.type(PASSWORD);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.equal(new URL(page.url()).pathname, "/user");
  await page.goto("/user/account");
  await page.getByRole("button", { name: "退出登录" }).focus();
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(await page.locator(".notice").innerText(), /您已退出登录/);
  await page.goto("/user/account");
  assert.equal(new URL(page.url()).pathname, "/login");
  await close(page);
});

test("without scripts: a code, a registration, a login", async () => {
  const page = await s.page({ javaScript: false, width: 320 });
  await page.goto("/register?way=sms");
  const phone = newPhone();
  await page.fill("#phone", phone);
  await press(page, "发送验证码");
  assert.match(await page.locator("main").innerText(), /验证码已发送/);
  await fillRegistration(page, { phone });
  await page.fill("#sms", await codeFor(s.url, "sms", phone));
  await press(page, "注册");
  assert.match(await page.locator("h1").innerText(), /注册成功/);
  await logIn(page, phone);
  assert.equal(new URL(page.url()).pathname, "/user");
  await page.context().close();
});
