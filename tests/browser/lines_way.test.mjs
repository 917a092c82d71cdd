// SPDX-License-Identifier: Apache-2.0
// The way of an application by the lines of the acceptance list: the agreement at its start, the step bar, and where the papers go
// (S064–S071, S187, S220, C3). What each page of the way asks is in lines_form.test.mjs.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { enter } from "./lib/entered.mjs";
import { root } from "./lib/hall.mjs";
import { approved } from "./lib/issue.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const main = (page) => page.locator("main").innerText();

async function done(page) {
  assertNoFaults(page);
  await page.context().close();
}

test("the agreement is there in full and scrolls (S071)", async () => {
  const { page } = await enter(s, undefined, { width: 320 });
  await page.goto("/apply/unit_issue/agreement");
  const text = page.getByRole("region", { name: "服务协议全文" });
  assert.equal(await text.locator("ol > li").count(), 16);
  assert.match(await text.innerText(), /电子认证业务规则[\s\S]*愿意接受上述条款内容。/);
  assert.ok(await text.evaluate((e) => e.scrollHeight > e.clientHeight && getComputedStyle(e).overflowY === "auto"));
  assert.match(await text.locator("ol > li").first().evaluate((e) => getComputedStyle(e, "::before").content), /^"（" counter\(.*chinese/);
  await done(page);
});

test("one step bar of six steps, the present one marked, on every page of the way (S064, S065, S068, S069, C3, S220)", async () => {
  const { a, page } = await enter(s, "begin");
  const [paper, active] = [await approved(s, "ukey"), await approved(s)];
  const visits = [[a, "/materials", "材料提交"], [a, "/identity", "身份识别"], [a, "", "材料提交", "等待材料"],
    [paper, "", "材料审核", "等待纸质材料"], [active, "", "领取证书", "激活完成"]];
  for (const [who, path, step, state] of visits) {
    await page.context().addCookies(await who.cookies());
    await page.goto(`/case/${who.key}${path}`);
    const labels = (await page.locator(".steps li").allInnerTexts()).map((text) => text.replace("（已完成）", "").trim());
    assert.deepEqual(labels, ["在线申请", "材料提交", "身份识别", "费用支付", "材料审核", "领取证书"]);
    assert.equal(await page.locator(".steps").count(), 1);
    assert.match(await page.locator(".steps [aria-current=step]").innerText(), new RegExp(step));
    assert.ok(!state || (await main(page)).includes(`申请状态：${state}`), state);
  }
  await done(page);
});

test("where the papers go comes from site.lua: with the print, after the payment, while they are waited for (S187)", async () => {
  const source = readFileSync(join(root, "scripts/business/site.lua"), "utf8");
  const [, receiver, phone, address] = /post = \{ receiver = "([^"]+)", phone = "([^"]+)", address = "([^"]+)"/.exec(source);
  const a = await approved(s, "ukey");
  const page = await s.page({ width: 320 });
  await page.context().addCookies(await a.cookies());
  for (const path of ["", "/print", "/result"]) {
    await page.goto(`/case/${a.key}${path}`);
    for (const word of [address, receiver, phone]) {
      assert.ok((await main(page)).includes(word), `${path} lacks ${word}`);
    }
  }
  await done(page);
});
