// SPDX-License-Identifier: Apache-2.0
// The download pages by the lines of the acceptance list: the way to them, what they say and ask, their progress, and which mail carries
// the code (S194–S199, S204, S226, C15, C18). Errors and the file itself are in softcert.test.mjs.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { activated, certificates, fillDownload, look, save } from "./lib/issue.mjs";
import { suite } from "./lib/suite.mjs";
import { mailedCode, press } from "./lib/walk.mjs";

const s = suite();
const made = {};

// One application of each medium serves all tests.
const active = (medium) => (made[medium] ??= activated(s, medium, { handler_email: "clerk@hall.example" }));

const main = (page) => page.locator("main").innerText();

async function enter(a, options) {
  const page = await s.page(options);
  await page.context().addCookies(await a.cookies());
  return page;
}

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

test("the counter leads to a list that leads to the download (S194, S226)", async () => {
  const ukey = await active("ukey");
  const page = await enter(ukey);
  await page.goto("/user");
  const tile = page.locator(".numbers a", { hasText: "待下载证书" });
  assert.equal(await tile.locator("strong").innerText(), "1");
  await Promise.all([page.waitForNavigation(), tile.click()]);
  assert.match(await main(page), /激活完成[\s\S]*状态为【激活完成】的，可等待邮寄的 UKey 并下载证书。/);
  await Promise.all([page.waitForNavigation(), page.locator("main tbody").getByRole("link", { name: /^证书下载/ }).click()]);
  assert.match(page.url(), new RegExp(`/case/${ukey.key}/download$`));
  assert.match(await main(page), /一签通客户端软件[\s\S]*下载过程中请不要拔出 UKey。/);
  await press(page, "返回用户中心", "link");
  await page.goto(`/case/${ukey.key}`);
  assert.match(await main(page), /激活完成[\s\S]*可等待邮寄的 UKey/);
  await done(page);
});

test("the page says what to enter, and what to do without the mail (S196–S199)", async () => {
  const soft = await active("soft");
  for (const width of [1280, 320]) {
    const page = await enter(soft, { width });
    await page.goto(`/case/${soft.key}/download`);
    assert.match(await page.locator("nav.crumbs").innerText(), /首页[\s\S]*用户中心[\s\S]*证书下载/);
    assert.match(await main(page), /请输入邮件提供的证书下载授权码和业务受理号（参考码）执行证书下载。/);
    assert.match(await main(page), /没有收到证书下载邮件，请回到用户中心确认该申请是否可以执行证书下载，或重新发送证书下载邮件。/);
    assert.equal(await page.getByRole("link", { name: "《数字证书下载指南》" }).getAttribute("href"), "/guides/download");
    for (const [id, hint] of [["number", /请输入证书申请完成时提供的业务受理号/], ["code", /请输入证书下载邮件提供的授权码/]]) {
      assert.match(await page.locator(`#${id}-hint`).innerText(), hint);
    }
    assert.match(await page.getByLabel("业务受理号（参考码）").inputValue(), /^\d{20}$/);
    await page.goto("/guides/download");
    assert.equal(await page.locator("h1").innerText(), "数字证书下载指南");
    await done(page);
  }
});

test("the code is mailed again from the page, to the certificate's address alone (S195, S197, C18)", async () => {
  const soft = await active("soft");
  const page = await enter(soft);
  const first = await mailedCode(s, soft.email);
  await page.goto(`/case/${soft.key}/download`);
  await press(page, "重新发送证书下载邮件", "link");
  assert.match(await main(page), new RegExp(`${soft.email}[\\s\\S]*还可发送 3 次`));
  await press(page, "重新发送");
  assert.match(await page.locator(".notice").innerText(), /已重新发送/);
  const second = await mailedCode(s, soft.email);
  assert.notEqual(second, first);
  const { items } = await (await fetch(`${s.url}/api/v1/try/inbox?limit=100`)).json();
  const told = items.filter((m) => m.text.includes(first) || m.text.includes(second));
  assert.deepEqual([...new Set(told.map((m) => `${m.channel} ${m.to}`))], [`mail ${soft.email}`]);
  await page.goto(`/case/${soft.key}/download?way=sms`);
  assert.ok(await page.locator("#sms").isVisible(), "an SMS code instead of the picture");
  await done(page);
});

test("progress is shown to its end, and the way back (S204)", async () => {
  const soft = await active("soft");
  const page = await enter(soft);
  await fillDownload(s, page, soft);
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  await page.route(/\/download$/, async (route) => {
    await (route.request().method() === "POST" ? held : null);
    await route.continue();
  });
  const bar = page.locator("[data-softcert-progress] progress");
  assert.equal(await bar.isVisible(), false);
  await page.getByRole("button", { name: "证书下载" }).click();
  await page.getByText("正在申请证书").waitFor();
  assert.match(await main(page), /正在执行证书下载/);
  assert.ok(await bar.evaluate((e) => e.value > 0 && e.value < e.max));
  assert.equal(await page.getByRole("heading", { name: "下载完成" }).last().isVisible(), false);
  release();
  await save(page);
  assert.ok(await bar.evaluate((e) => e.value === 100 && e.max === 100));
  assert.match(await main(page), /下载完成/);
  await press(page, "返回用户中心", "link");
  assert.match(page.url(), /\/user$/);
  await done(page);
});

test("who forgot the answer, or gave a wrong mail address, asks for another (S107, C12, C18)", async () => {
  const soft = await active("soft");
  for (const width of [1280, 320]) {
    const page = await enter(soft, { width });
    await look(page, `/case/${soft.key}/answer`, "wish-answer");
    assert.match(await main(page), /验证问题：[\s\S]*新的验证答案[\s\S]*短信验证码/);
    await look(page, `/case/${soft.key}/mail`, "wish-mail");
    assert.match(await main(page), new RegExp(`现在的邮箱：${soft.email}[\\s\\S]*新的邮箱[\\s\\S]*短信验证码`));
    await done(page);
  }
});

test("a certificate offers what is legal, never a bare 恢复 (C15, S057)", async () => {
  const soft = await active("soft");
  const page = await enter(soft);
  const [{ key }] = await certificates(soft);
  const acts = async (tab) => {
    await page.goto(`/user/certificates?tab=${tab}`);
    assert.deepEqual(await page.locator("main th").allInnerTexts(),
      ["序号", "主体名称", "业务类型", "邮箱", "证书模板", "申请时间", "证书状态", "操作"]);
    return (await page.locator("tbody .table__acts a").allInnerTexts()).map((text) => text.split("：")[0].trim());
  };
  assert.deepEqual(await acts("valid"), ["查看", "冻结", "撤销"]);
  assert.deepEqual((await page.locator("tbody td").allInnerTexts()).slice(1, 5),
    [`示范建筑工程有限公司\n${soft.userName}`, "制作", soft.email, "P256机构证书"]);
  await soft.want("POST", `/api/v1/certificates/${key}/freeze`, { password: soft.password });
  assert.deepEqual(await acts("frozen"), ["查看", "解冻", "撤销"]);
  await soft.want("POST", `/api/v1/certificates/${key}/revoke`, { password: soft.password, reason: 1 });
  assert.deepEqual(await acts("invalid"), ["查看"]);
  await done(page);
});
