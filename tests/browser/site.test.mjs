// SPDX-License-Identifier: Apache-2.0
// The public site (S001–S022, S058–S062, S193, S198, S231–S233, C22): every page in every width, its links, the plain page for old browsers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

const everyLook = ["/", "/apply/unit_issue", "/help"];
const normal = [
  "/apply", "/apply/personal_issue", "/business", "/change", "/faq", "/news", "/news/change", "/guides", "/guides/download", "/points",
  "/drivers", "/forms", "/agreement", "/about", "/accessibility", "/privacy", "/ca", "/login", "/login?way=ukey", "/register", "/forgot",
];

const nameOf = (path) => `site${path.replace(/[^a-z]+/g, "-")}`;

test("pages in every look", async (t) => {
  for (const path of everyLook) {
    await checkEverywhere(t, s, { name: nameOf(path), path });
  }
});

test("all other pages", async (t) => {
  for (const path of normal) {
    await checkEverywhere(t, s, { name: nameOf(path), path, only: ["normal"] });
  }
});

test("each page has one heading, a title of its own and its place; no link leads nowhere", async () => {
  const page = await s.page();
  const asked = new Map();
  for (const path of [...everyLook, ...normal]) {
    await page.goto(path);
    assert.equal(await page.locator("h1").count(), 1, path);
    assert.match(await page.title(), / - 数字证书及签章服务网$/, path);
    if (path !== "/") {
      assert.equal(await page.locator(".crumbs [aria-current=page]").count(), 1, path);
    }
    for (const href of await page.evaluate(() => [...document.querySelectorAll("a[href^='/']")].map((a) => a.getAttribute("href")))) {
      asked.set(href.replace(/#.*/, ""), path);
    }
  }
  for (const [href, from] of asked) {
    const response = await fetch(s.url + href, { redirect: "manual" });
    assert.ok(response.status < 400, `${from} links to ${href}: ${response.status}`);
  }
  assertNoFaults(page);
});

test("names come from the rules of the site and nowhere else (S001)", async () => {
  const page = await s.page();
  await page.goto("/");
  const text = await page.locator("body").innerText();
  for (const wanted of ["数字证书及签章服务网", "示范数字认证中心", "400-000-0000", "主办单位：示范证书服务中心", "数字证书驱动", "根证书下载",
    "单位数字证书业务受理表", "数字证书使用说明书", "数字证书在线申请教程", "友情链接", "用户自愿"]) {
    assert.ok(text.includes(wanted), wanted);
  }
});

test("an old browser gets one plain page that says how to switch (C22)", async () => {
  for (const agent of ["Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)"]) {
    const text = await (await fetch(`${s.url}/apply`, { headers: { "User-Agent": agent } })).text();
    assert.match(text, /<h1>请切换到极速模式<\/h1>/);
    assert.ok(!/<script|stylesheet/.test(text));
  }
});
