// SPDX-License-Identifier: Apache-2.0
// Materials and identity check (S146–S173, C1, C2, C9, C23, C30): uploading with and without a script, refusals, using a scan
// again, the phone beside the PC.
import assert from "node:assert/strict";
import { test } from "node:test";

import { Applicant, picture } from "./lib/applicant.mjs";
import { assertNoFaults, walkByTab } from "./lib/checks.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();
const png = (name, options) => ({ name, mimeType: "image/png", buffer: picture(options) });
const file = (name, mimeType, text) => ({ name, mimeType, buffer: Buffer.from(text, "latin1") });

async function applicant(kind, more) {
  const a = new Applicant(s.url);
  await a.register();
  await a.begin(kind, more);
  return a;
}

// A page of this person at a path below the case.
async function open(a, path, options) {
  const page = await s.page(options);
  await a.enter(page);
  page.faults.length = 0;
  await page.goto(`/case/${a.key}${path}`);
  return page;
}

async function upload(page, type, chosen) {
  await page.setInputFiles(`#file-${type}`, chosen);
  await page.waitForSelector(`#submitted-${type}`);
}

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
  const a = await applicant("unit_issue");
  const page = await open(a, "/materials");
  assert.match(await page.locator("h1").innerText(), /提交材料/);
  for (const word of ["主体名称", "单位名称", "业务受理号", "证书申请时间", "证书申请状态"]) {
    assert.ok(await page.locator("dt", { hasText: word }).count() > 0, word);
  }
  await upload(page, "form", png("受理表 1.png"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "file-unit_document");
  assert.match(await page.locator("#submitted-form").innerText(), /受理表 1\.png（\d+ KB）[\s\S]*\d{4}年\d\d月\d\d日[\s\S]*已提交/);
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
  const a = await applicant("unit_issue");
  const page = await open(a, "/materials");
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
  const a = await applicant("unit_issue", { seal: "yes" });
  const page = await open(a, "/materials");
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
  const a = await applicant("unit_issue", { seal: "yes" });
  const page = await open(a, "/materials");
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
  const a = await applicant("personal_issue");
  const page = await open(a, "/materials");
  await upload(page, "applicant_document", png("身份证.png"));
  await page.getByRole("button", { name: "与“申请人有效证件”相同，使用已上传的文件" }).click();
  await page.waitForSelector("#submitted-handler_document");
  await page.locator("#submitted-applicant_document").getByRole("button", { name: "删除" }).click();
  await page.waitForSelector("#file-applicant_document");
  await page.locator("#submitted-handler_document").getByRole("link", { name: "查看" }).click();
  await page.waitForSelector(".picture__whole img");
  assert.ok(await page.locator(".picture__whole img").evaluate((image) => image.decode().then(() => image.naturalWidth === 1240)));
  assertNoFaults(page);
  await page.context().close();
});

test("a changed form asks for the printed pages anew (C28)", async () => {
  const a = await applicant("unit_issue");
  await a.putAll();
  const path = `/api/v1/cases/${a.key}`;
  const tag = (await a.ask("GET", path)).headers.get("ETag");
  await a.want("PATCH", path, { values: { unit_address: "示范路 99 号" }, sure: true }, { "If-Match": tag });
  assert.equal(await a.state(), "materials");
  const page = await open(a, "/materials");
  assert.match(await page.locator("#material-form").innerText(), /需重新上传[\s\S]*请重新打印、签章后上传/);
  assert.equal(await page.locator("#submitted-unit_document").count(), 1);
  await upload(page, "form", png("新.png"));
  await upload(page, "authorization", png("新.png"));
  assert.equal(await a.state(), "identity");
  await page.context().close();
});

test("the phone takes the pictures, the PC moves by itself; a second phone is turned away", async () => {
  const a = await applicant("unit_issue");
  const page = await open(a, "/materials");
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
  await phone.setInputFiles("#file-form", png("拍照.png"));
  await page.waitForSelector("#submitted-form");
  assert.equal((await phone.context().cookies()).some((cookie) => cookie.name.includes("session")), false);
  await page.getByRole("button", { name: "取消手机上传" }).click();
  await phone.reload();
  assert.match(await phone.locator("h1").innerText(), /已失效/);
  assertNoFaults(page);
  await Promise.all([page, phone, other].map((one) => one.context().close()));
});

async function passOnPhone(href, words = ["通过"]) {
  const phone = await s.page({ width: 320 });
  await phone.goto(href);
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  assert.match(await phone.locator("#agree-error").innerText(), /请先勾选同意/);
  await phone.check("#agree");
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  for (const word of words) {
    await phone.waitForSelector("#face");
    await phone.getByRole("button", { name: word, exact: true }).click();
  }
  await phone.waitForSelector(".notice--good");
  return phone;
}

test("the phone passes the identity check and the PC shows it by itself (S171–S173)", async () => {
  const a = await applicant("unit_issue");
  await a.putAll();
  const page = await open(a, "/identity");
  assert.match(await page.locator("main").innerText(), /经办人本人（张\*）/);
  const href = await page.getByRole("link", { name: "在本机打开手机页面" }).getAttribute("href");
  const phone = await passOnPhone(href, ["超时", "不通过", "通过"]);
  await page.waitForSelector("#passed");
  assert.equal(await a.state(), "payment");
  assert.match(await page.locator("#onward").innerText(), /费用支付/);
  assert.ok(await page.locator("#onward").getAttribute("href").then((to) => to.endsWith("/pay")));
  assertNoFaults(page);
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("the link goes by SMS to a person who is elsewhere, and works without logging in (C30)", async () => {
  const a = await applicant("unit_issue", { handler_phone: "19912345678" });
  await a.putAll();
  const page = await open(a, "/identity");
  let found;
  for (let i = 0; i < 50 && !found; i += 1) {
    const { items } = await a.want("GET", "/api/v1/try/inbox?to=19912345678");
    found = items.find((one) => one.id === "identity_link" && one.text.includes("/h/"));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(found, "the SMS with the link came by itself");
  await page.reload();
  assert.match(await page.locator("main").innerText(), /已用短信发送到 199\*\*\*\*5678/);
  const phone = await passOnPhone(found.text.match(/http\S+\/h\/[\w-]+/)[0]);
  await page.waitForSelector("#passed");
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("comparison by staff is the other way on", async () => {
  const a = await applicant("unit_issue");
  await a.putAll();
  const page = await open(a, "/identity");
  await page.getByRole("button", { name: "选择人工比对" }).click();
  await page.waitForSelector("#manual");
  assert.equal(await a.state(), "payment");
  assertNoFaults(page);
  await page.context().close();
});

test("without a script: upload, refusal, delete, identity", async () => {
  const a = await applicant("unit_issue");
  const page = await open(a, "/materials", { javaScript: false });
  const send = async (type, chosen) => {
    if (chosen) {
      await page.setInputFiles(`#file-${type}`, chosen);
    }
    await Promise.all([page.waitForNavigation(), page.locator(`#material-${type}`).getByRole("button", { name: "请点击提交材料" }).click()]);
  };
  await send("form");
  assert.match(await page.locator("#file-form-error").innerText(), /请先选择图片文件/);
  assert.match(await page.title(), /^错误：/);
  await send("form", png("大.png", { noise: 1754, width: 1800 }));
  assert.match(await page.locator("#file-form-error").innerText(), /超过 2 MB/);
  for (const type of ["form", "unit_document", "authorization", "handler_document"]) {
    await send(type, png(`${type}.png`));
    assert.equal(await page.locator(`#submitted-${type}`).count(), 1);
  }
  await page.locator("#onward").click();
  assert.match(page.url(), /\/identity$/);
  const href = await page.locator("#hand a.govuk-button").getAttribute("href");
  const phone = await s.page({ javaScript: false, width: 320 });
  await phone.goto(href);
  await phone.check("#agree");
  await phone.getByRole("button", { name: "同意并开始识别" }).click();
  await phone.getByRole("button", { name: "通过", exact: true }).click();
  assert.match(await phone.locator("main").innerText(), /身份识别已通过/);
  await page.waitForSelector("#passed", { timeout: 15_000 });
  await Promise.all([page, phone].map((one) => one.context().close()));
});

test("by keyboard: every control of the materials page is reached and ringed", async () => {
  const a = await applicant("personal_issue");
  await a.put("form", picture());
  const page = await open(a, "/materials");
  const { seen, total } = await walkByTab(page);
  assert.ok(seen.length >= total - 1, `${seen.length} of ${total}`);
  await page.context().close();
});

test("the pages hold in every look", async (t) => {
  const a = await applicant("personal_issue");
  await a.put("form", picture());
  const to = (path) => async (page) => {
    await a.enter(page);
    page.faults.length = 0;
    return page.goto(`/case/${a.key}${path}`);
  };
  await checkEverywhere(t, s, { name: "materials", reach: to("/materials") });
  await checkEverywhere(t, s, { name: "material", reach: to("/materials/form") });
  await a.putAll();
  await checkEverywhere(t, s, { name: "identity", reach: to("/identity") });
  const { url } = await a.want("POST", `/api/v1/cases/${a.key}/identity/link`, {});
  await checkEverywhere(t, s, { name: "hand-consent", path: new URL(url).pathname });
});
