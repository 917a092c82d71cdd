// SPDX-License-Identifier: Apache-2.0
// The public site as a whole: its links lead somewhere, guides say what the rules say, old browsers and WeChat are told what to
// do, refusals look like the rest.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import { root } from "./lib/hall.mjs";
import { missing, routes } from "./lib/public.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const AGENTS = {
  trident: "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
  ie8: "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; 360SE)",
  wechat: "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 MicroMessenger/8.0.49",
};

const get = (path, agent, more = {}) => fetch(s.url + path, { headers: { accept: "text/html", ...agent && { "user-agent": agent }, ...more } });

// The links of a page: path -> id of the place on it, or "".
async function linksOf(path) {
  const html = await (await get(path)).text();
  return [...html.matchAll(/<a\b[^>]*\bhref="(\/[^"]*|#[^"]*)"/g)].map(([, href]) => href.replaceAll("&amp;", "&"))
    .map((href) => (href.startsWith("#") ? path + href : href));
}

test("every link of every public page leads to a page, and to a place on it that is there", async () => {
  const links = new Map();
  for (const path of routes) {
    for (const link of await linksOf(path)) {
      links.set(link, path);
    }
  }
  assert.ok(links.size > 60, `${links.size} links`);
  const bad = [];
  for (const [link, from] of links) {
    const [path, place] = link.split("#");
    const response = await get(path);
    const text = place ? await response.text() : "";
    if (response.status !== 200 || place && !text.includes(`id="${place}"`)) {
      bad.push(`${link} on ${from}: ${response.status}`);
    }
  }
  assert.deepEqual(bad.filter((line) => !missing.includes(line.split(/[# ]/)[0])), []);
});

test("links of the kind that the entrance guards lead to the login and back (S058 to S062)", async () => {
  for (const path of ["/user", "/user/payments", "/user/materials", "/user/downloads", "/user/vouchers", "/user/records", "/user/certificates"]) {
    const response = await fetch(s.url + path, { redirect: "manual" });
    assert.equal(response.status, 303, path);
    assert.equal(response.headers.get("location"), `/login?to=${path}`);
  }
});

test("the guide says what the rules ask for, cost and take", async () => {
  const page = await s.page();
  await page.goto("/apply/unit_issue");
  const text = await page.locator("main").innerText();
  for (const word of ["办理条件", "办理流程", "材料清单", "费用", "办理时限", "受理点", "单位授权委托书", "签章印模", "组织机构代码证", "¥260.00", "2 个工作日"]) {
    assert.ok(text.includes(word), `${word} is missing`);
  }
  assert.equal(await page.locator("main .govuk-button").count(), 1);
  await page.getByRole("link", { name: /空白表下载/ }).first().waitFor();
  const blank = await page.getByRole("link", { name: /空白表下载/ }).first().getAttribute("href");
  const response = await fetch(s.url + blank);
  assert.equal(response.headers.get("content-type"), "application/pdf");
  await page.getByRole("link", { name: "开始申请" }).click();
  assert.match(page.url(), /\/login\?to=\/apply\/unit_issue\/agreement$/);
  assertNoFaults(page);
  await page.context().close();
});

test("the panels of the front page lead to what they name (S017 to S022)", async () => {
  const page = await s.page();
  await page.goto("/");
  const hrefs = {};
  for (const link of await page.locator("main .links a").all()) {
    const [label] = (await link.innerText()).split("\n");
    hrefs[label.trim()] = await link.getAttribute("href");
  }
  const wanted = {
    数字证书驱动: "/drivers#driver", 一签通客户端软件: "/drivers#client", 根证书下载: "/ca", CRL下载: "/ca",
    单位数字证书业务受理表: "/files/unit_form.pdf", 个人签章印模表: "/files/personal_imprint.pdf", 单位签章印模表: "/files/unit_imprint.pdf",
    电子认证服务协议: "/files/agreement.pdf", 数字证书使用说明书: "/guides/manual", 证书与签章的安装教程: "/guides/install",
    数字证书在线申请教程: "/guides/apply", 数字证书业务变更在线申请教程: "/news/change", 数字证书常见问题处理: "/news/problems",
    PDF前端批量签章软件操作手册: "/news/batch_seal", PDF阅读器软件操作手册: "/news/reader", 数字证书下载指南: "/guides/download",
  };
  for (const [label, href] of Object.entries(wanted)) {
    assert.equal(hrefs[label], href, label);
    const response = await get(href.split("#")[0]);
    assert.equal(response.headers.get("content-type"), href.endsWith(".pdf") ? "application/pdf" : "text/html; charset=utf-8", label);
  }
  await page.context().close();
});

test("the entrances have the entries users know (S058, S059, S061)", async () => {
  const page = await s.page();
  await page.goto("/apply");
  assert.deepEqual(await page.locator("main .tiles strong").allInnerTexts(), ["申请单位证书", "申请个人证书"]);
  await page.goto("/business");
  assert.deepEqual(await page.locator("main .tiles strong").allInnerTexts(),
    ["在线支付", "在线材料提交", "证书下载", "缴费凭证上传", "申请记录查询", "申请状态查询"]);
  await page.context().close();
});

test("names stand in business/site.lua only (S001)", () => {
  const source = readFileSync(join(root, "scripts/business/site.lua"), "utf8");
  const names = ["title", "host", "name", "company", "short", "mark"].map((key) => source.match(new RegExp(`\\b${key} = "([^"]+)"`))[1]);
  const found = [];
  for (const folder of ["view", "system", "lib"]) {
    for (const file of readdirSync(join(root, "scripts", folder), { recursive: true }).filter((one) => /\.(html|lua)$/.test(one))) {
      const text = readFileSync(join(root, "scripts", folder, file), "utf8");
      found.push(...names.filter((name) => text.includes(name)).map((name) => `${folder}/${file}: ${name}`));
    }
  }
  assert.deepEqual(found, []);
});

test("changes that are not open yet say what to do meanwhile", async () => {
  const page = await s.page();
  await page.goto("/change");
  const closed = await page.locator(".tiles__closed").allInnerTexts();
  const open = await page.locator(".tiles a").allInnerTexts();
  assert.deepEqual(["证书冻结", "证书撤销"].filter((word) => !open.some((text) => text.startsWith(word))), []);
  for (const text of closed) {
    assert.match(text, /目前请：.+/);
  }
  await page.context().close();
});

test("a Trident browser gets one plain page on every route (C22)", async () => {
  for (const agent of [AGENTS.trident, AGENTS.ie8]) {
    for (const path of routes) {
      const response = await get(path, agent);
      const text = await response.text();
      assert.match(text, /<h1>请切换到极速模式<\/h1>/, path);
      assert.doesNotMatch(text, /<link|<script|<form/, path);
    }
  }
  const response = await get("/", AGENTS.trident);
  await assertValidHtml({ text: () => response.text(), url: () => "/ for Trident" });
});

test("inside WeChat the pages about money say how to leave it, the others do not", async () => {
  const a = new Applicant(s.url);
  await a.register();
  await a.draft();
  const cookie = (await a.cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const hints = async (path, agent) => /在浏览器中打开/.test(await (await get(path, agent, { cookie })).text());
  assert.ok(await hints("/user/payments", AGENTS.wechat));
  assert.ok(!await hints("/user/payments"));
  assert.ok(!await hints("/user", AGENTS.wechat));
});

test("what is refused has the look of the site, for programs it is a problem", async () => {
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    const response = await page.goto("/news/nothing");
    assert.equal(response.status(), 404);
    assert.equal(await page.locator("h1").innerText(), "没有找到");
    assert.match(await page.locator("main").innerText(), /状态 404　编号 [0-9a-f]{16}/);
    assert.equal(await page.locator(".nav a").count(), 6);
    await assertAccessible(page);
    await assertReflows(page);
    await assertValidHtml(response);
    await page.context().close();
  }
  const problem = await (await get("/news/nothing", undefined, { accept: "application/json" })).json();
  assert.deepEqual([problem.status, problem.detail], [404, "没有这篇文章"]);
});

test("who is logged in sees it, and can leave (S004)", async () => {
  const a = new Applicant(s.url);
  await a.register();
  const page = await s.page();
  await a.enter(page);
  await page.goto("/about");
  const tools = page.locator(".strip__tools");
  assert.match(await tools.innerText(), new RegExp(`用户中心[\\s\\S]*${a.phone.slice(0, 3)}\\*\\*\\*\\*${a.phone.slice(-4)}[\\s\\S]*退出登录`));
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "退出登录" }).click()]);
  await page.goto("/about");
  assert.match(await tools.innerText(), /登录[\s\S]*注册/);
  await page.context().close();
});
