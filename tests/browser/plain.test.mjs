// SPDX-License-Identifier: Apache-2.0
// Without a script: everything that a script makes nicer works all the same.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

test("the form is filled wrongly, mended and stored", async () => {
  const a = new Applicant(s.url);
  await a.register();
  await a.draft();
  const page = await s.page({ javaScript: false });
  await a.enter(page);
  await page.goto(`/case/${a.key}/form/handler`);
  await page.fill("#handler_name", "孙七");
  await page.fill("#handler_email", "s@hall.example");
  await page.fill("#handler_document_no", "430102199003070012");
  await page.getByRole("button", { name: "保存并下一步", exact: true }).click();
  assert.match(await page.title(), /^错误：/);
  assert.equal(await page.inputValue("#handler_name"), "孙七");
  await page.locator(".govuk-error-summary a").click();
  assert.match(page.url(), /#handler_phone$/);
  await page.fill("#handler_phone", "13600136000");
  await page.getByRole("button", { name: "保存并下一步", exact: true }).click();
  assert.match(page.url(), /\/form\/terms$/);
  await page.goto(`/case/${a.key}/check`);
  assert.match(await page.locator("main").innerText(), /孙七/);
  await page.context().close();
});

test("the login tabs are links, and nothing is shown that needs a script", async () => {
  const page = await s.page({ javaScript: false });
  await page.goto("/");
  await page.getByRole("link", { name: "Ukey登录" }).click();
  assert.match(page.url(), /login=ukey/);
  assert.ok(await page.getByRole("link", { name: "UKey 登录", exact: true }).isVisible());
  await page.goto("/try/parts");
  assert.equal(await page.getByRole("button", { name: "复制到剪贴板" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: "显示密码" }).count(), 0);
  assert.ok(await page.getByRole("button", { name: "更新下级选项" }).isVisible());
  await page.context().close();
});
