// SPDX-License-Identifier: Apache-2.0
// What runs, for administrators: a kind that was suspended for overruns goes on with one click or back with another, a kind is
// closed and opened by hand, and the page holds.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { enter, make, makeCase, openStaff, press } from "./lib/counter.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite(["staff", "overrun"]);
const RUNNING = "/staff/rules/running";

// Three overruns of a kind of business, at an application if there is one.
const overrun = (kind, key = "") => make(s, "overrun", { case: key, kind, times: 3 });

async function running(options) {
  await openStaff(s);
  const page = await s.page(options);
  await enter(s, page, "admin1");
  await page.goto(RUNNING);
  return page;
}

// The page once the job has written the overruns down.
async function told(page, wanted) {
  for (let i = 0; i < 50 && !wanted.test(await page.locator("main").innerText()); i++) {
    await page.waitForTimeout(100);
    await page.reload();
  }
  assert.match(await page.locator("main").innerText(), wanted);
}

// A button whose name goes on where only a reader hears it.
const pressIn = (page, parcel, name) => Promise.all([page.waitForNavigation(), parcel.getByRole("button", { name }).click()]);

async function close(page, label, words) {
  await page.selectOption("#kind", { label });
  await page.fill("#text", words);
  return press(page, "暂停受理");
}

test("a suspended kind goes on with one click, its line one click away", async () => {
  const made = await makeCase(s);
  await overrun("unit_issue", made.key);
  const page = await running();
  await told(page, /lib\/endless\.lua 第 3 行\s+：版本 [0-9a-f]{12}\s+超过时间\s+3/);
  assert.match(await page.locator("main").innerText(), new RegExp(`${made.number}\\s+POST /fixture/overrun`));
  const parcel = page.getByRole("region", { name: /单位证书（版本 [0-9a-f]{12}）/ });
  await Promise.all([page.waitForNavigation(), parcel.getByRole("link", { name: "lib/endless.lua 第 3 行" }).click()]);
  assert.match(await page.locator(".change__row--old").innerText(), /while facts do/);
  await page.goBack();
  await pressIn(page, parcel, "恢复办理");
  assert.match(await page.locator("main").innerText(), /已恢复办理[\s\S]*没有暂停办理的业务/);
  assertNoFaults(page);
  await page.context().close();
});

test("without a script a kind is closed with words for applicants, and opened", async () => {
  const page = await running({ javaScript: false });
  const response = await close(page, "个人证书", "");
  assert.equal(response.status(), 422);
  assert.match(await page.locator(".notice").innerText(), /请写明给申请人看的说明/);
  await close(page, "个人证书", "设备检修，请改日再来");
  const visitor = await s.page();
  await visitor.goto("/apply/personal_issue");
  assert.match(await visitor.locator("main").innerText(), /设备检修，请改日再来/);
  await visitor.context().close();
  await pressIn(page, page.getByRole("region", { name: "个人证书" }), "恢复受理");
  assert.match(await page.locator(".notice").innerText(), /已恢复受理/);
  await page.context().close();
});

test("the page holds, with everything on it", async (t) => {
  await overrun("personal_issue");
  const page = await running();
  await close(page, "单位证书", "系统升级，请于周一再来办理");
  await told(page, /个人证书（版本/);
  await page.context().close();
  await checkEverywhere(t, s, { name: "rules-running", only: ["normal", "forced"], reach: async (one) => {
    await enter(s, one, "admin1");
    return one.goto(RUNNING);
  } });
  await checkEverywhere(t, s, { name: "rules-running-refused", only: ["normal"], status: 422, reach: async (one) => {
    await enter(s, one, "admin1");
    await one.goto(RUNNING);
    return close(one, "个人证书", "");
  } });
});

test("the earlier rules are back with one click", async () => {
  await overrun("personal_issue");
  const page = await running();
  await press(page, "恢复上一版规则");
  assert.match(await page.locator(".notice").innerText(), /已恢复上一版规则/);
  assert.equal(await page.getByRole("button", { name: "恢复上一版规则" }).count(), 0);
  await page.goto("/staff/rules");
  assert.match(await page.locator("main").innerText(), /“个人证书”的规则一分钟内三次超过限制（lib\/endless\.lua:3）/);
  await page.context().close();
});
