// SPDX-License-Identifier: Apache-2.0
// The page of all parts: each part in each state (pages.md's closed set of fields, lists, states, panels).
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

async function sendEmpty(page) {
  await page.goto("/try/parts");
  const [response] = await Promise.all([
    page.waitForResponse((r) => r.request().method() === "POST"),
    page.getByRole("button", { name: "保存并下一步" }).click(),
  ]);
  await page.waitForLoadState();
  return response;
}

test("the parts hold in every look", (t) => checkEverywhere(t, s, { name: "parts", path: "/try/parts" }));
test("and so they do with errors", (t) =>
  checkEverywhere(t, s, { name: "parts-errors", reach: sendEmpty, status: 422 }));
test("the confirm page holds", (t) => checkEverywhere(t, s, { name: "confirm", path: "/try/confirm" }));
test("the page of an error holds", (t) => checkEverywhere(t, s, { name: "problem", path: "/try/problem", status: 500 }));

test("the keyboard reaches every part", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  const { seen, total } = await walkByTab(page);
  // Of a group of radios only one is a stop.
  assert.ok(seen.length >= total - 3 - 5, `${seen.length} of ${total} controls were reached`);
  await page.context().close();
});

test("errors: the list has the focus, its links lead to the fields, everything typed is kept", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  await page.fill("#unit", "示例公司");
  await page.fill("#uscc", "９１33");
  await page.fill("#mobile", "0571-87654321");
  await page.getByLabel("二年").check();
  await page.getByLabel("电子邮件").check();
  await page.fill("#note", "第一行\n第二行");
  await page.fill("#password", "不会回填的密码");
  await Promise.all([page.waitForNavigation(), page.getByRole("button", { name: "保存并下一步" }).click()]);
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  assert.match(await page.title(), /^错误：/);
  const links = page.locator(".govuk-error-summary a");
  assert.equal(await page.locator(".govuk-error-summary__title").innerText(), `信息有误，请修改下面 ${await links.count()} 处`);
  assert.equal(await page.inputValue("#unit"), "示例公司");
  assert.equal(await page.inputValue("#uscc"), "9133");
  assert.equal(await page.inputValue("#note"), "第一行\n第二行");
  assert.equal(await page.inputValue("#password"), "");
  assert.ok(await page.getByLabel("二年").isChecked());
  assert.ok(await page.getByLabel("电子邮件").isChecked());
  assert.match(await page.locator("#mobile-error").innerText(), /此处须填手机号，用于接收短信/);
  assert.equal(await page.locator("#uscc").getAttribute("aria-describedby"), "uscc-hint uscc-error");
  await links.filter({ hasText: "请填写经办人姓名" }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "person");
  assertNoFaults(page);
  await page.context().close();
});

test("a date that is none is given back as text", async () => {
  const page = await s.page({ javaScript: false });
  await page.goto("/try/parts");
  assert.equal(await page.locator("#day").getAttribute("type"), "date");
  await page.context().close();
});

test("the region goes on from province to district, with a script and without", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  assert.equal(await page.getByRole("button", { name: "更新下级选项" }).count(), 0);
  await page.fill("#unit", "还没有保存");
  await page.focus("#region"); // as somebody does who chooses by hand
  await page.selectOption("#region", { label: "浙江省" });
  await page.waitForSelector("#region-2 option:text('杭州市')", { state: "attached" });
  assert.equal(await page.evaluate(() => document.activeElement.id), "region");
  await page.selectOption("#region-2", { label: "杭州市" });
  await page.waitForSelector("#region-3 option:text('西湖区')", { state: "attached" });
  assert.equal(await page.inputValue("#unit"), "还没有保存");
  assertNoFaults(page);
  await page.context().close();

  const plain = await s.page({ javaScript: false });
  await plain.goto("/try/parts");
  await plain.fill("#unit", "还没有保存");
  await plain.selectOption("#region", { label: "浙江省" });
  await plain.getByRole("button", { name: "更新下级选项" }).click();
  await plain.selectOption("#region-2", { label: "宁波市" });
  assert.equal(await plain.inputValue("#unit"), "还没有保存");
  assert.equal(await plain.locator(".govuk-error-summary").count(), 0);
  await plain.context().close();
});

test("a file is shown with name, size and picture, and shrunk when it is too large", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  const png = await page.evaluate(async () => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1600, height: 1200 });
    const context = canvas.getContext("2d");
    const noise = context.createImageData(1600, 1200);
    let seed = 7;
    for (let i = 0; i < noise.data.length; i += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      noise.data[i] = i % 4 === 3 ? 255 : (seed >> 16) % 256;
    }
    context.putImageData(noise, 0, 0);
    const blob = await new Promise((resolve) => {
      canvas.toBlob(resolve, "image/png");
    });
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return Array.from(bytes, (b) => String.fromCharCode(b)).join("");
  });
  const buffer = Buffer.from(png, "latin1");
  assert.ok(buffer.length > 2 * 1024 * 1024);
  await page.setInputFiles("#scan", { name: "执照.png", mimeType: "image/png", buffer });
  await page.waitForSelector("#scan-chosen img");
  assert.match(await page.locator("#scan-chosen").innerText(), /已选择：执照\.jpg（[\d.]+ (KB|MB)，已自动缩小）/);
  const size = await page.evaluate(() => document.getElementById("scan").files[0].size);
  assert.ok(size <= 2 * 1024 * 1024, `${size} bytes`);
  assertNoFaults(page);
  await page.context().close();
});

test("the number can be copied, the captcha changed, the characters counted", async () => {
  const page = await s.page();
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/try/parts");
  await page.getByRole("button", { name: "复制到剪贴板" }).click();
  await page.getByRole("button", { name: "已复制" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "20261123000000000017");
  const before = await page.locator("#captcha-image").getAttribute("src");
  await page.getByText("看不清，换一张").click();
  assert.notEqual(await page.locator("#captcha-image").getAttribute("src"), before);
  await page.fill("#note", "𠮷".repeat(101));
  assert.equal(await page.locator("#note-count").innerText(), "超出 1 个字");
  assertNoFaults(page);
  await page.context().close();
});

test("a fragment is fetched in place, by a script or by its link", async () => {
  const page = await s.page();
  await page.goto("/try/parts");
  await page.fill("#unit", "还没有保存");
  const at = () => page.locator("#live [data-at]").getAttribute("data-at");
  const before = await at();
  await page.getByText("刷新状态").click();
  await page.waitForFunction((old) => document.querySelector("#live [data-at]").dataset.at !== old, before);
  assert.equal(await page.inputValue("#unit"), "还没有保存");
  assertNoFaults(page);
  await page.context().close();
  const plain = await s.page({ javaScript: false });
  await plain.goto("/try/parts");
  await plain.getByText("刷新状态").click();
  assert.match(plain.url(), /\/try\/parts#lives$/);
  await plain.context().close();
});

test("rows become cards where there is no room, and say their columns", async () => {
  const page = await s.page({ width: 320 });
  await page.goto("/try/parts");
  const cell = page.locator(".table tbody td").first();
  assert.equal(await cell.evaluate((e) => getComputedStyle(e).display), "flex");
  assert.match(await cell.evaluate((e) => getComputedStyle(e, "::before").content), /序号/);
  assert.match(await page.locator(".table__none").innerText(), /暂时没有数据!/);
  assert.equal(await page.locator(".table__foot").first().innerText(), "记录数 43 条");
  await page.context().close();
});
