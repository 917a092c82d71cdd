// SPDX-License-Identifier: Apache-2.0
// A new business made in the editor alone: copied from one that exists, given its name, price and material, approved by the
// second administrator, then found in the menu, applied for, paid, reviewed and finished, while the hall stays open.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { review } from "./lib/desk.mjs";
import { fillDownload, save as saveFile, serialOf } from "./lib/issue.mjs";
import * as rules from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";
import * as walk from "./lib/walk.mjs";

const s = suite();
const ID = "unit_reissue";
const LOST = '{ id = "lost_statement", label = "遗失说明", kinds = { "unit_reissue" }, required = true, hint = "写明遗失经过，盖章后扫描", paper = "copy" },';

async function copy(page) {
  await page.goto("/staff/rules");
  await page.selectOption("#from", { label: "单位证书" });
  await page.fill("#id", ID);
  await page.fill("#label", "单位证书补办");
  await rules.press(page, "复制业务");
  return new URL(page.url()).pathname;
}

// What differs from the business it was copied from.
async function adjust(page, base) {
  const edits = {
    "kinds.lua": [['title = "单位证书补办申请表", type = "issue"', 'title = "单位证书补办申请表", type = "reissue"']],
    "prices.lua": [['kind = "unit_reissue", from = "2026-01-01", fen = 26000', 'kind = "unit_reissue", from = "2026-01-01", fen = 5000'],
      ['unit_reissue = "单位证书开户费（含一年维护服务费）"', 'unit_reissue = "单位证书补办费"']],
    "materials.lua": [{ below: "rows = {", line: LOST }],
    [`tests/${ID}.lua`]: [["price = 26000", "price = 5000"], ["price = 62000", "price = 41000"]],
  };
  for (const [file, list] of Object.entries(edits)) {
    await rules.openFile(page, base, file);
    await rules.typeAll(page, list);
    await rules.clean(page);
    await rules.save(page);
  }
}

test("copied, adjusted, published: in the menu, applied for, paid, reviewed, finished", async () => {
  const [first, second] = [await rules.desk(s, "admin1"), await rules.desk(s, "admin2")];
  const base = await copy(first);
  await adjust(first, base);
  const said = await rules.checkAll(first, base);
  assert.match(said, /检查未通过[\s\S]*lost_statement/, "the copied tests say which expectation the new material changes");
  await rules.openFile(first, base, `tests/${ID}.lua`);
  const body = await rules.area(first).inputValue();
  await rules.replace(first, body, body.replaceAll('"handler_document" }', '"handler_document", "lost_statement" }')
    .replace('expect = { missing = { "unit_document", "authorization", "handler_document", "lost_statement" } }',
      'expect = { missing = { "lost_statement", "unit_document", "authorization", "handler_document" } }'));
  await rules.save(first);
  assert.match(await rules.checkAll(first, base), /检查通过/);
  await rules.publish(first, second, base, "开办单位证书补办");
  assertNoFaults(first);

  const page = await s.page();
  const a = await walk.register(s, page);
  await walk.logIn(page, a);
  await page.goto("/");
  await page.getByRole("link", { name: /申请单位证书补办/ }).first().click();
  await page.waitForURL(new RegExp(`/apply/${ID}$`));
  await walk.fillIn(page, a, ID);
  await walk.handIn(page);
  await walk.uploadAll(page, ["lost_statement"]);
  await walk.identify(s, page);
  assert.match(await page.locator("main").innerText(), /单位证书补办费[\s\S]*50\.00/);
  await walk.payOnline(page);
  await review(s, a);
  await fillDownload(s, page, a);
  await page.getByRole("button", { name: "证书下载" }).click();
  assert.match(serialOf(await saveFile(page)), /^[0-9A-F]+$/, "key and certificate of the file fit");
  await page.goto("/user/certificates");
  assert.match(await page.locator("main").innerText(), /示范建筑工程有限公司[\s\S]*有效/);
  await page.goto("/user?tab=finished");
  assert.match(await page.locator("main").innerText(), /已完成/);
  assertNoFaults(page);
});
