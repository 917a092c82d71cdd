// SPDX-License-Identifier: Apache-2.0
// Materials (S146–S170, C1, C2, C9, C23, C28): uploading, refusals, using a scan again, the phone beside the PC.
import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "./lib/applicant.mjs";
import { assertAccessible, assertNoFaults, assertReflows, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { applicant, open, png, reach, upload } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text, "latin1") });

// A 422 is an answer here, not a fault.
function forgetRefusals(page) {
  page.faults = page.faults.filter((fault) => !/^4(22|09): /.test(fault));
}

async function refuse(page, type, chosen, sentence) {
  await page.setInputFiles(`#file-${type}`, chosen);
  await page.waitForSelector(`#file-${type}-error`);
  assert.match(await page.locator(`#file-${type}-error`).innerText(), sentence);
  assert.equal(await page.locator(`#submitted-${type}`).count(), 0);
  await page.reload();
  forgetRefusals(page);
}

test("all materials go up one after the other; then the page offers the next step (S149, S167, S168)", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/materials");
  assert.match(await page.locator("h1").innerText(), /提交材料/);
  for (const word of ["主体名称", "单位名称", "业务受理号", "证书申请时间", "证书申请状态"]) {
    assert.ok(await page.locator("dt", { hasText: word }).count() > 0, word);
  }
  await upload(page, "form", png("受理表 1.png"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "file-unit_document");
  assert.match(await page.locator("#submitted-form").innerText(), /受理表 1\.png（\d+ KB）[\s\S]*\d{4}年\d{1,2}月\d{1,2}日[\s\S]*已提交/);
  assert.ok(!(await page.content()).includes("fakepath"));
  await upload(page, "unit_document", png("b.png"));
  await upload(page, "authorization", png("c.png"));
  assert.equal(await a.state(), "materials");
  await upload(page, "handler_document", png("d.png"));
  assert.equal(await a.state(), "identity");
  assert.equal(await page.evaluate(() => document.activeElement.id), "onward");
  assert.match(await page.locator("#all-in").innerText(), /必需的材料已全部上传/);
  assert.match(await page.locator(".table__foot").innerText(), /记录数 4 条/);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  assert.match(page.url(), /\/identity$/);
  assertNoFaults(page);
  await page.context().close();
});

test("what is no picture is refused by its content, each kind with its own sentence", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/materials");
  await refuse(page, "form", file("扫描.jpg", "image/jpeg", "%PDF-1.7\n1 0 obj\n".padEnd(400, "x")), /PDF 文件/);
  await refuse(page, "form", file("照片.jpg", "image/jpeg", "\0\0\0\x18ftypheic\0\0\0\0mif1heic".padEnd(400, "\0")), /HEIC[\s\S]*兼容性最佳/);
  await refuse(page, "form", file("scan.png", "image/png", "II*\0\x08\0\0\0".padEnd(400, "\0")), /TIFF/);
  await refuse(page, "form", file("表.png", "image/png", "PK\x03\x04\x14\0".padEnd(400, "\0")), /Word/);
  await refuse(page, "form", file("空.png", "image/png", ""), /空文件/);
  const whole = picture();
  await refuse(page, "form", { name: "半.png", mimeType: "image/png", buffer: whole.subarray(0, whole.length - 300) }, /不完整/);
  await refuse(page, "form", { name: "多.png", mimeType: "image/png", buffer: Buffer.concat([whole, Buffer.from("<script>")]) }, /夹带/);
  assert.equal(await a.state(), "materials");
  assertNoFaults(page);
  await page.context().close();
});

test("a photograph that is too large is shrunk; an imprint never is, and is refused with its limit (C1)", async () => {
  const a = await applicant(s, "unit_issue", { seal: "yes" });
  const page = await open(s, a, "/materials");
  const large = png("大.png", { noise: 1754, width: 1800 });
  assert.ok(large.buffer.length > 2 * 1024 * 1024);
  await upload(page, "form", large);
  assert.match(await page.locator("#submitted-form").innerText(), /大\.jpg/);
  await refuse(page, "seal_imprint", { name: "印模.jpg", mimeType: "image/jpeg", buffer: Buffer.alloc(9 * 1024 * 1024, 1) }, /超过 8 MB/);
  await refuse(page, "seal_imprint", png("印模.png"), /只接受 JPG/);
  assertNoFaults(page);
  await page.context().close();
});

test("an imprint without 300 DPI is taken with a warning, a small scan too (C2)", async () => {
  const a = await applicant(s, "unit_issue", { seal: "yes" });
  const page = await open(s, a, "/materials");
  const jpeg = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 600;
    canvas.height = 800;
    canvas.getContext("2d").fillRect(0, 0, 50, 50);
    return canvas.toDataURL("image/jpeg").split(",")[1];
  });
  const bytes = Buffer.from(jpeg, "base64");
  await upload(page, "seal_imprint", { name: "印模.jpg", mimeType: "image/jpeg", buffer: bytes });
  assert.match(await page.locator("#submitted-seal_imprint").innerText(), /未能确认为 300DPI 扫描件/);
  await upload(page, "form", png("小.png", { width: 600, height: 800 }));
  assert.match(await page.locator("#submitted-form").innerText(), /图片较小（长边 800 像素）/);
  // The density that a scanner writes: units 1, 300 by 300.
  bytes.set([1, 1, 44, 1, 44], 13);
  await page.locator("#submitted-seal_imprint").getByRole("button", { name: "删除" }).click();
  await upload(page, "seal_imprint", { name: "印模.jpg", mimeType: "image/jpeg", buffer: bytes });
  assert.ok(!(await page.locator("#submitted-seal_imprint").innerText()).includes("未能确认"));
  assertNoFaults(page);
  await page.context().close();
});

test("one scan serves the applicant and the handler, as two files (S153); view and delete (S169, S170)", async () => {
  const a = await applicant(s, "personal_issue");
  const page = await open(s, a, "/materials");
  await upload(page, "applicant_document", png("身份证.png"));
  await page.getByRole("button", { name: "与“申请人有效证件”相同，使用已上传的文件" }).click();
  await page.waitForSelector("#submitted-handler_document");
  await page.locator("#submitted-applicant_document").getByRole("button", { name: "删除" }).click();
  await page.waitForSelector("#file-applicant_document");
  await page.locator("#submitted-handler_document").getByRole("link", { name: "查看" }).click();
  await page.waitForSelector(".picture__whole img");
  await assertAccessible(page);
  await assertReflows(page);
  assert.ok(await page.locator(".picture__whole img").evaluate((image) => image.decode().then(() => image.naturalWidth === 1240)));
  assertNoFaults(page);
  await page.context().close();
});

test("a changed form asks for the printed pages anew (C28)", async () => {
  const a = await applicant(s, "unit_issue");
  await a.putAll();
  const path = `/api/v1/cases/${a.key}`;
  const tag = (await a.ask("GET", path)).headers.get("ETag");
  await a.want("PATCH", path, { values: { unit_address: "示范路 99 号" }, sure: true }, { "If-Match": tag });
  assert.equal(await a.state(), "materials");
  const page = await open(s, a, "/materials");
  assert.match(await page.locator("#material-form").innerText(), /需重新上传[\s\S]*请重新打印、签章后上传/);
  assert.equal(await page.locator("#submitted-unit_document").count(), 1);
  await upload(page, "form", png("新.png"));
  await upload(page, "authorization", png("新.png"));
  assert.equal(await a.state(), "identity");
  await page.context().close();
});

test("the phone takes the pictures, the PC moves by itself; a second phone is turned away", async () => {
  const a = await applicant(s, "unit_issue");
  const page = await open(s, a, "/materials");
  await page.getByRole("button", { name: "显示二维码" }).click();
  const url = await page.locator("#phone a").getAttribute("href");
  const phone = await s.page({ width: 320 });
  await phone.goto(url);
  const other = await s.page({ width: 320 });
  await other.goto(url);
  await phone.getByRole("button", { name: "开始上传" }).click();
  await page.waitForSelector("text=手机已连接");
  await other.getByRole("button", { name: "开始上传" }).click();
  assert.match(await other.locator("h1").innerText(), /另一台手机/);
  await assertAccessible(phone);
  await assertReflows(phone);
  await phone.setInputFiles("#file-form", png("拍照.png"));
  await page.waitForSelector("#submitted-form");
  assert.equal((await phone.context().cookies()).some((cookie) => cookie.name.includes("session")), false);
  await page.getByRole("button", { name: "取消手机上传" }).click();
  await phone.reload();
  assert.match(await phone.locator("h1").innerText(), /已失效/);
  assertNoFaults(page);
  await Promise.all([page, phone, other].map((one) => one.context().close()));
});

test("by keyboard: every control of the materials page is reached and ringed", async () => {
  const a = await applicant(s, "personal_issue");
  await a.put("form", picture());
  const page = await open(s, a, "/materials");
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 1, `${seen.length} of ${total}`);
  await page.context().close();
});

test("the materials page holds in every look", async (t) => {
  const a = await applicant(s, "personal_issue");
  await a.put("form", picture());
  await checkEverywhere(t, s, { name: "materials", reach: reach(a, "/materials") });
});
