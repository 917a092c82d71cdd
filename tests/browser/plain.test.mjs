// SPDX-License-Identifier: Apache-2.0
// Without a script: everything that a script makes nicer works all the same.
import assert from "node:assert/strict";
import { test } from "node:test";

import { suite } from "./lib/suite.mjs";

const s = suite();

test("the form is filled wrongly, mended and stored", async () => {
  const page = await s.page({ javaScript: false });
  await page.goto("/demo");
  await page.fill("#name", "孙七");
  await page.getByLabel("个人证书").check();
  await page.getByRole("button", { name: "提交", exact: true }).click();
  assert.match(await page.title(), /^错误：/);
  assert.equal(await page.inputValue("#name"), "孙七");
  await page.locator(".govuk-error-summary a").click();
  assert.match(page.url(), /#phone$/);
  await page.fill("#phone", "13600136000");
  await page.getByRole("button", { name: "提交", exact: true }).click();
  assert.match(await page.locator(".notice").innerText(), /孙七/);
  await page.context().close();
});

test("the login tabs are links, and nothing is shown that needs a script", async () => {
  const page = await s.page({ javaScript: false });
  await page.goto("/");
  await page.getByRole("link", { name: "Ukey登录" }).click();
  assert.match(page.url(), /login=ukey/);
  assert.ok(await page.getByRole("link", { name: "UKey 登录", exact: true }).isVisible());
  await page.goto("/demo/parts");
  assert.equal(await page.getByRole("button", { name: "复制到剪贴板" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "显示密码" }).count(), 0);
  assert.ok(await page.getByRole("button", { name: "更新下级选项" }).isVisible());
  await page.context().close();
});
