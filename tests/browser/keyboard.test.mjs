// SPDX-License-Identifier: Apache-2.0
// The applicant's way by keyboard alone: Tab, arrows, Space and Enter, from the guide to the paid order. After each send the focus stands
// on the list of errors or at the top of a new page, and what has the focus can be seen.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant, creditCode, idNumber } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const TABS = 120;

const at = (page, selector) => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

async function tabTo(page, selector) {
  for (let i = 0; i < TABS; i += 1) {
    if (await at(page, selector)) {
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== "none" || style.boxShadow !== "none";
      });
      assert.ok(outline || await at(page, "input[type=radio], input[type=checkbox]"), `${selector} shows no focus`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`${selector} is not reached by Tab on ${page.url()}`);
}

async function type(page, id, text) {
  await tabTo(page, `[id="${id}"]`);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

// Arrow keys move through a select or a group of radios until the value is there.
async function choose(page, selector, value) {
  await tabTo(page, selector);
  for (let i = 0; i < 60; i += 1) {
    if (await page.evaluate((wanted) => document.activeElement.value === wanted && document.activeElement.checked !== false, value)) {
      return;
    }
    await page.keyboard.press("ArrowDown");
  }
  assert.fail(`${selector} does not come to ${value}`);
}

async function enter(page, selector, key = "Enter") {
  await tabTo(page, selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

const main = "main form .buttons button[type=submit]";

async function apply(page, a) {
  await page.goto("/apply/unit_issue");
  await enter(page, "main a.govuk-button");
  await enter(page, main);

  await type(page, "user_name", a.userName);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.ok(await page.evaluate(() => document.activeElement.closest(".govuk-error-summary") !== null), "the errors have the focus");
  assert.equal(await page.inputValue("#user_name"), a.userName);
  await type(page, "unit_name", "示范建筑工程有限公司");
  await type(page, "unit_phone", "0731-84510000");
  await type(page, "unit_email", a.email);
  for (const [id, value] of [["unit_region", "湖南省"], ["unit_region-2", "长沙市"], ["unit_region-3", "芙蓉区"]]) {
    await page.waitForSelector(`[id="${id}"] option:text-is("${value}")`, { state: "attached" });
    await choose(page, `[id="${id}"]`, value);
  }
  await type(page, "unit_address", "示范路 12 号 3 层");
  await type(page, "unit_postcode", "410000");
  await type(page, "unit_document_no", creditCode());
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);

  await type(page, "handler_name", "张三");
  await type(page, "handler_phone", a.phone);
  await type(page, "handler_email", a.email);
  await type(page, "handler_document_no", idNumber());
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);

  await choose(page, "input[name=years]", "2");
  await tabTo(page, "input[name=seal]");
  await page.keyboard.press("Space");
  await choose(page, "input[name=seal]", "no");
  await enter(page, main);

  await choose(page, "#question", "book");
  await type(page, "answer", "红楼梦");
  await choose(page, "input[name=medium]", "soft");
  await enter(page, main);

  assert.match(page.url(), /\/check$/);
  await enter(page, main);
  assert.match(page.url(), /\/confirm$/);
  await enter(page, main);
  assert.match(page.url(), /\/print$/);
}

async function pay(page, a) {
  a.key = /\/case\/([0-9a-z]{26})\//.exec(page.url())[1];
  await page.goto(`/case/${a.key}/pay`);
  await choose(page, "input[name=channel]", "try");
  await enter(page, main);
  await tabTo(page, "input[name=habit]");
  await enter(page, main);
  assert.match(page.url(), /\/result$/);
  await page.waitForFunction(() => /支付成功/.test(document.querySelector("main").innerText), null, { timeout: 15_000 });
}

test("an application by keyboard alone", async () => {
  const a = new Applicant(s.url);
  await a.register();
  const page = await s.page();
  await page.goto("/login");
  await type(page, "account", a.phone);
  await type(page, "password", a.password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);

  await apply(page, a);
  await pay(page, a);
  assertNoFaults({ url: () => page.url(), faults: page.faults.filter((fault) => !/^422/.test(fault)) });
  await page.context().close();
});
