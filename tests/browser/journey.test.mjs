// SPDX-License-Identifier: Apache-2.0
// The whole way of a firm, in Chromium: registration, application, papers, phone, payment, review, certificate; at two widths, and
// without a script as far as that goes. Each page gets a wrong answer first (S023–S212).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { assertNoFaults } from "./lib/checks.mjs";
import { review } from "./lib/desk.mjs";
import { suite } from "./lib/suite.mjs";
import * as walk from "./lib/walk.mjs";

const s = suite();
const FILE_PASSWORD = "Wen-jian-2026";

const forgetRefusals = (page) => {
  page.faults = page.faults.filter((fault) => !/^422: /.test(fault));
};

async function toReview(page, options) {
  const a = await walk.register(s, page);
  await walk.logIn(page, a);
  await walk.fillIn(page, a);
  await walk.handIn(page);
  await walk.uploadAll(page);
  await walk.identify(s, page, options);
  await walk.payOnline(page);
  await review(s, a);
  return a;
}

// openssl and certtool, which know nothing of us.
function verify(folder, p12) {
  const at = (name) => join(folder, name);
  const run = (program, ...words) => execFileSync(program, words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  writeFileSync(at("file.p12"), p12);
  run("openssl", "pkcs12", "-in", at("file.p12"), "-passin", `pass:${FILE_PASSWORD}`, "-nodes", "-out", at("all.pem"));
  run("openssl", "pkcs12", "-in", at("file.p12"), "-passin", `pass:${FILE_PASSWORD}`, "-clcerts", "-nokeys", "-out", at("own.pem"));
  run("openssl", "x509", "-inform", "DER", "-in", at("ca.cer"), "-out", at("ca.pem"));
  run("openssl", "x509", "-inform", "DER", "-in", at("root.cer"), "-out", at("root.pem"));
  run("openssl", "crl", "-inform", "DER", "-in", at("ca.crl"), "-out", at("crl.pem"));
  const said = run("openssl", "verify", "-x509_strict", "-crl_check", "-CAfile", at("root.pem"), "-untrusted", at("ca.pem"),
    "-CRLfile", at("crl.pem"), at("own.pem"));
  assert.match(said, /: OK/);
  const key = run("openssl", "pkey", "-in", at("all.pem"), "-pubout");
  assert.equal(key, run("openssl", "x509", "-in", at("own.pem"), "-noout", "-pubkey"));
  return run("openssl", "x509", "-in", at("own.pem"), "-noout", "-subject", "-nameopt", "utf8");
}

async function fetchAuthorities(folder) {
  for (const [path, name] of [["p256.cer", "ca.cer"], ["p256-root.cer", "root.cer"], ["p256.crl", "ca.crl"]]) {
    const response = await fetch(`${s.url}/ca/${path}`);
    assert.equal(response.status, 200, path);
    writeFileSync(join(folder, name), Buffer.from(await response.arrayBuffer()));
  }
}

async function fillDownload(page, a, code) {
  await page.fill("#file_password", FILE_PASSWORD);
  await page.waitForSelector("[data-softcert][data-ready]");
  if (await page.locator("#file_again").isVisible()) {
    await page.fill("#file_again", FILE_PASSWORD);
  }
  await page.fill("#code", code);
  await page.fill("#captcha", await walk.captcha(s));
}

async function softFile(page, a) {
  await page.goto(`/case/${a.key}/download`);
  await fillDownload(page, a, "AAAAAAAAAAAAAAAAAAAA");
  await page.getByRole("button", { name: "证书下载" }).click();
  await page.waitForSelector("[data-softcert-errors] .govuk-error-summary");
  assert.match(await page.locator("[data-softcert-errors]").innerText(), /授权码/);
  forgetRefusals(page);
  await page.reload();
  await page.waitForSelector("[data-softcert-kept]", { state: "visible" }); // the key made before
  await fillDownload(page, a, await walk.mailedCode(s, a.email));
  await page.getByRole("button", { name: "证书下载" }).click();
  await page.waitForSelector("#softcert-saved", { state: "visible" });
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator("[data-softcert-save]").click()]);
  const chunks = [];
  for await (const chunk of await saved.createReadStream()) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

for (const width of [1280, 320]) {
  test(`from registration to a certificate file at ${width} px`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "certhall-journey-"));
    const page = await s.page({ width });
    const a = await toReview(page);
    const p12 = await softFile(page, a);
    await fetchAuthorities(folder);
    assert.match(verify(folder, p12), /示范建筑工程有限公司/);
    await page.reload();
    await page.waitForSelector("[data-softcert-reopen]", { state: "visible" }); // the file is offered again
    await page.goto("/user/certificates");
    assert.match(await page.locator("main").innerText(), /示范建筑工程有限公司[\s\S]*有效/);
    await page.goto("/user?tab=finished");
    assert.match(await page.locator("main").innerText(), /已完成/);
    assertNoFaults(page);
    await page.context().close();
    rmSync(folder, { recursive: true, force: true });
  });
}

test("without a script: up to 激活完成, then a request made elsewhere", async () => {
  const folder = mkdtempSync(join(tmpdir(), "certhall-journey-"));
  const page = await s.page({ javaScript: false });
  const a = await toReview(page, { javaScript: false });
  const at = (name) => join(folder, name);
  execFileSync("openssl", ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("my.key"),
    "-subj", "/CN=my", "-out", at("my.csr")], { stdio: "ignore" });
  await page.goto(`/case/${a.key}/download`);
  await page.fill("#code", await walk.mailedCode(s, a.email));
  await page.fill("#csr", execFileSync("cat", [at("my.csr")], { encoding: "utf8" }));
  await page.fill("#captcha", await walk.captcha(s));
  await walk.press(page, "证书下载");
  assert.match(await walk.heading(page), /证书已签发/);
  assertNoFaults(page);
  await page.context().close();
  rmSync(folder, { recursive: true, force: true });
});
