// SPDX-License-Identifier: Apache-2.0
// Certificates without a script: a request that was made elsewhere goes up as a file; freezing is easy, unfreezing is not (C12).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { activated, certificates, look } from "./lib/issue.mjs";
import { suite } from "./lib/suite.mjs";
import { captcha, mailedCode, press } from "./lib/walk.mjs";

const s = suite();

// Files of openssl: { key, pem, der }
function ownRequest() {
  const folder = mkdtempSync(join(tmpdir(), "certhall-own-"));
  const at = (name) => join(folder, name);
  const run = (...words) => execFileSync("openssl", words, { stdio: "pipe" });
  run("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("key"), "-subj", "/CN=own", "-out", at("pem"));
  run("req", "-in", at("pem"), "-outform", "DER", "-out", at("der"));
  const files = Object.fromEntries(["key", "pem", "der"].map((name) => [name, readFileSync(at(name))]));
  rmSync(folder, { recursive: true, force: true });
  return files;
}

test("unfreezing asks for password, answer and SMS code, without a script too (C12)", async () => {
  const phone = `198${String(Date.now()).slice(-8)}`;
  const a = await activated(s, "soft", { handler_phone: phone });
  const page = await s.page({ javaScript: false, width: 320 });
  await a.enter(page);
  await page.goto(`/case/${a.key}/download`);
  await page.setInputFiles("#csr_file", { name: "my.csr", mimeType: "application/octet-stream", buffer: ownRequest().der });
  await page.fill("#code", await mailedCode(s, a.email));
  await page.fill("#captcha", await captcha(s));
  await press(page, "证书下载");
  const [{ key }] = await certificates(a);
  await page.goto(`/certificate/${key}/freeze`);
  assert.equal(await page.locator("#answer, #sms").count(), 0, "the brake is easy");
  await page.fill("#password", a.password);
  await press(page, "确认冻结");
  await page.getByText("已冻结").waitFor();
  const shown = await s.page();
  await a.enter(shown);
  for (const width of [1280, 320]) {
    await shown.setViewportSize({ width, height: 800 });
    await look(shown, `/certificate/${key}/unfreeze`, "unfreeze");
  }
  await shown.context().close();
  await page.goto(`/certificate/${key}/unfreeze`);
  assert.match(await page.locator("main").innerText(), /您最喜欢的一本书是什么？[\s\S]*198\*\*\*\*/);
  await press(page, "发送验证码");
  const { items } = await a.want("GET", `/api/v1/try/inbox?to=${phone}`);
  const fill = async (answer, code) => {
    await page.fill("#password", a.password);
    await page.fill("#answer", answer);
    await page.fill("#sms", code);
    await press(page, "确认解冻");
  };
  const { code } = items.find((one) => one.id === "code").params;
  await fill("西游记", code);
  assert.match(await page.locator(".govuk-error-summary").innerText(), /验证答案不正确/);
  await fill("红楼梦", code);
  await page.getByText("已解冻").waitFor();
  assert.equal((await certificates(a))[0].state, "valid");
  await page.context().close();
});

for (const form of ["pem", "der"]) {
  test(`without a script a request goes up as a file (${form})`, async () => {
    const a = await activated(s);
    const page = await s.page({ javaScript: false, width: 320 });
    await a.enter(page);
    await page.goto(`/case/${a.key}/download`);
    const own = ownRequest();
    const send = async (file, name = "my.csr") => {
      await page.setInputFiles("#csr_file", { name, mimeType: "application/octet-stream", buffer: file });
      await page.fill("#code", await mailedCode(s, a.email));
      await page.fill("#captcha", await captcha(s));
      await press(page, "证书下载");
    };
    const said = () => page.locator(".govuk-error-summary").innerText();
    await press(page, "证书下载");
    assert.match(await said(), /请选择证书请求文件，或粘贴证书请求/);
    await send(own.key, "my.key");
    assert.match(await said(), /请勿把私钥发送给任何人/);
    assert.equal(await page.locator("#csr_file-error").count(), 1);
    await send(Buffer.alloc(8 * 1024 + 1, "a"));
    assert.match(await said(), /文件超过 8 KB/);
    await send(Buffer.alloc(0));
    assert.match(await said(), /文件是空的/);
    assert.equal((await certificates(a)).length, 0);
    await send(own[form]);
    await page.getByRole("heading", { name: "证书已签发" }).waitFor();
    assert.equal((await certificates(a)).length, 1);
    await page.context().close();
  });
}
