// SPDX-License-Identifier: Apache-2.0
// The front page (S001 to S004, S009 to S022).
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

test("the front page holds in every look", (t) => checkEverywhere(t, s, { name: "home", path: "/" }));
test("so does its UKey tab", (t) => checkEverywhere(t, s, { name: "home-ukey", path: "/?login=ukey" }));

test("it has the entries, texts and panels users know", async () => {
  const page = await s.page();
  await page.goto("/");
  const nav = await page.locator(".nav a").allInnerTexts();
  assert.deepEqual(nav, ["首页", "证书申请", "业务受理", "证书变更", "帮助中心", "关于证书"]);
  const heads = await page.locator("main h2").allInnerTexts();
  for (const word of ["数字证书驱动", "根证书/CRL下载", "证书业务表格", "证书使用指南", "资讯信息", "友情链接", "联系我们"]) {
    assert.ok(heads.includes(word), `${word} is missing among ${heads}`);
  }
  const text = await page.locator("main").innerText();
  for (const word of ["用户自愿", "身份认证和电子签名", "证书咨询电话", "签章咨询电话", "客服QQ群"]) {
    assert.ok(text.includes(word), `${word} is missing`);
  }
  assert.equal(await page.getByRole("button", { name: "用户登录", exact: true }).count(), 1);
  assert.equal(await page.getByRole("link", { name: "新用户注册", exact: true }).getAttribute("href"), "/register");
  assert.match(await page.locator(".friends a").innerText(), /申报系统/);
  assert.match(await page.locator(".strip").innerText(), /请拨打我们的客服电话：\s*400-000-0000\s*0000-0000000/);
  assert.match(await page.locator(".try").innerText(), /签发端未隔离/);
  assert.match(await page.locator("footer").innerText(), /主办单位[\s\S]*备[\s\S]*公网安备[\s\S]*政府网站标识码/);
  assert.equal(await page.locator("#account").getAttribute("placeholder"), "请输入用户名");
  assertNoFaults(page);
  await page.context().close();
});

test("old kernels are told to use their newer one", async () => {
  const page = await s.page();
  await page.goto("/");
  assert.equal(await page.locator('meta[name="renderer"]').getAttribute("content"), "webkit");
  assert.equal(await page.locator('meta[name="force-rendering"]').getAttribute("content"), "webkit");
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  await page.context().close();
});

test("the keyboard reaches everything, first the way past the navigation", async () => {
  const page = await s.page();
  await page.goto("/");
  const { seen, total } = await walkByTab(page);
  assert.match(seen[0], /跳到主要内容/);
  assert.ok(seen.length >= total, `${seen.length} of ${total} controls were reached`);
  await page.goto("/");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.context().close();
});

test("the password can be shown and hidden again", async () => {
  const page = await s.page();
  await page.goto("/");
  await page.fill("#password", "geheim");
  await page.getByRole("button", { name: "显示密码" }).click();
  assert.equal(await page.locator("#password").getAttribute("type"), "text");
  await page.getByRole("button", { name: "隐藏密码" }).click();
  assert.equal(await page.locator("#password").getAttribute("type"), "password");
  await page.context().close();
});
