// SPDX-License-Identifier: Apache-2.0
// The preview of a draft: forms by the templates of the hall, prices for choices and days, materials, papers as page and PDF, messages
// with their length; beside each file the way to what it changes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { Applicant } from "./lib/applicant.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import * as rules from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

const labels = (page) => page.locator("form.measure .govuk-label, form.measure legend, form.measure .hint").allInnerTexts();

async function draft(title, options) {
  const page = await rules.desk(s, "admin1", options);
  return { page, base: await rules.begin(page, title) };
}

test("a form is what the applicant sees, field by field", async () => {
  const { page, base } = await draft("表单");
  const a = new Applicant(s.url);
  await a.register();
  await a.draft();
  const seen = await s.page();
  await seen.context().addCookies(await a.cookies());
  for (const section of ["unit", "handler", "terms", "medium"]) {
    await seen.goto(`/case/${a.key}/form/${section}`);
    await page.goto(`${base}/preview/form?kind=unit_issue&section=${section}`);
    assert.deepEqual(await labels(page), await labels(seen), section);
    assert.equal(await page.locator("h1").innerText(), await seen.locator("h1").innerText());
    assert.match(await rules.main(page), /预览：申请人看到的就是这样/);
    if (section === "unit") {
      assert.match(await rules.main(page), /税务登记证号\s+91430100MA4L00001J/, "what follows from other answers is there");
    }
  }
  await seen.context().close();
  await page.context().close();
});

test("an edited field is shown, choices open what depends on them, buttons only judge", async () => {
  const { page, base } = await draft("字段");
  await rules.openFile(page, base, "forms/unit.lua");
  await rules.typeOver(page, 'label = "单位传真"', 'label = "单位传真号码"');
  await rules.save(page);
  await page.getByRole("link", { name: "预览表单" }).click();
  await page.waitForURL(/preview\/form/);
  assert.match(await rules.main(page), /单位传真号码/);
  await page.fill("#unit_document_no", "91430102000000000X");
  assert.equal((await rules.press(page, "保存并下一步")).status(), 422);
  assert.match(await page.locator(".govuk-error-summary").innerText(), /单位证件号码/);
  await page.goto(`${base}/preview/form?kind=unit_issue&what=delivery&c_medium=ukey&c_delivery=courier`);
  assert.match(await rules.main(page), /收货姓名/);
  await page.goto(`${base}/preview/form?kind=unit_issue&what=delivery&c_medium=ukey&c_delivery=onsite`);
  assert.match(await rules.main(page), /数字证书受理点/);
  assert.doesNotMatch(await rules.main(page), /收货姓名/);
  await page.goto(`${base}/preview/form?kind=personal_issue&what=invoice`);
  assert.match(await rules.main(page), /发票抬头/);
  assert.match(await rules.main(page), /按钮只检查填写/);
  await rules.press(page, "保存");
  assert.match(await rules.main(page), /本页填写正确/);
  await page.context().close();
});

test("prices and materials follow the choices and the day, without a script too", async () => {
  const { page, base } = await draft("价格", { javaScript: false });
  await page.goto(`${base}/preview`);
  assert.match(await rules.main(page), /¥260\.00/);
  await page.selectOption("#choice-years", "3");
  await page.selectOption("#choice-seal", "yes");
  await page.fill("#preview-date", "2026-12-01");
  await rules.press(page, "按所选预览");
  assert.match(await rules.main(page), /¥620\.00[\s\S]*签章印模/);
  await page.fill("#preview-date", "2027-01-05");
  await rules.press(page, "按所选预览");
  assert.match(await rules.main(page), /¥580\.00/, "the price of the next year");
  assert.equal(await page.inputValue("#choice-seal"), "yes");
  await page.context().close();
});

test("every paper as page and as PDF, every message with its length", async () => {
  const { page, base } = await draft("打印");
  for (const kind of ["unit_issue", "personal_issue"]) {
    await page.goto(`${base}/preview?kind=${kind}`);
    const papers = page.locator("#papers + ul a", { hasText: "PDF" });
    const hrefs = await papers.evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    assert.ok(hrefs.length >= 6, `${kind}: ${hrefs.length} papers`);
    for (const href of hrefs) {
      const response = await page.request.get(s.url + href);
      assert.equal(response.status(), 200, href);
      const words = execFileSync("pdftotext", ["-", "-"], { input: await response.body(), encoding: "utf8" });
      await page.goto(href.replace("print.pdf", "print"));
      const title = await page.locator(".paper").getAttribute("aria-label");
      assert.ok(words.replace(/\s/gu, "").includes(title.slice(0, 4)), `${title} stands in its PDF`);
      await page.goBack();
    }
  }
  const said = await page.locator(".said").innerText();
  assert.match(said, /短信 submitted（\d+ 字，计 1 条）/);
  assert.match(said, /邮件 download：证书下载授权码/);
  assert.doesNotMatch(said, /\{\w+\}|missing/, "every message is made whole");
  await page.locator(".said a", { hasText: "submitted" }).click();
  await page.locator(".cm-activeLine", { hasText: "submitted = " }).waitFor();
  await page.context().close();
});

test("a draft with an error says so in the place of the preview", async () => {
  const { page, base } = await draft("错误");
  await rules.openFile(page, base, "prices.lua");
  await rules.typeOver(page, "local rows = {", "local rows = {{");
  await rules.save(page);
  for (const path of ["preview", "preview/form", "preview/print?what=unit_form"]) {
    assert.equal((await page.goto(`${base}/${path}`)).status(), 422);
    assert.match(await rules.main(page), /规则有误，不能预览/);
  }
  await page.context().close();
});

test("pages of the preview: axe, valid, no scrolling sideways at 1280 and 320", async () => {
  const { page, base } = await draft("各页");
  for (const path of ["preview/form", "preview/form?what=delivery", "preview/form?what=invoice", "preview/print?what=unit_form", "preview/print?file=print/payment_notice.lua"]) {
    const response = await page.goto(`${base}/${path}`);
    assert.equal(response.status(), 200, path);
    await assertValidHtml(response);
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 });
      await assertAccessible(page);
      await assertReflows(page);
    }
  }
  assertNoFaults(page);
  await page.context().close();
});
