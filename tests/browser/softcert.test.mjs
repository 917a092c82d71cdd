// SPDX-License-Identifier: Apache-2.0
// The pages of certificates: download in every state, giving the first key up for another, freezing, and what the CA publishes
// (S018, S054–S057, S195–S205). The way to a first file is in journey.test.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { shoot } from "./lib/browser.mjs";
import { assertAccessible, assertNoFaults } from "./lib/checks.mjs";
import { activated, certificates, FILE_PASSWORD, fillDownload, look, protectionOf, save, serialOf } from "./lib/issue.mjs";
import { suite } from "./lib/suite.mjs";
import { mailedCode, press } from "./lib/walk.mjs";

const s = suite();

test("what the CA publishes, for visitors", async () => {
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    await look(page, "/ca", "ca");
    const files = await page.locator("main a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
    for (const file of ["/ca/p256-root.cer", "/ca/p256.cer", "/ca/p256.crl", "/ca/p256-root.crl"]) {
      assert.ok(files.includes(file), file);
    }
    const shown = await page.locator(".fingerprint").first().innerText();
    const root = Buffer.from(await (await fetch(`${s.url}/ca/p256-root.cer`)).arrayBuffer());
    const said = execFileSync("openssl", ["x509", "-inform", "DER", "-noout", "-fingerprint", "-sha256"], { input: root, encoding: "utf8" });
    assert.equal(shown.replace(/\s/g, ""), said.trim().split("=")[1]);
    await page.context().close();
  }
});

async function pageWithFile(a) {
  const page = await s.page();
  await a.enter(page);
  await fillDownload(s, page, a);
  await page.getByRole("button", { name: "证书下载" }).click();
  await page.waitForSelector("#softcert-saved", { state: "visible" });
  return page;
}

test("the pages of a download and of a certificate hold at both widths", async () => {
  const a = await activated(s);
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    await a.enter(page);
    await look(page, `/case/${a.key}/download`, "download");
    await look(page, `/case/${a.key}/download?csr=own`, "download-own");
    await look(page, `/case/${a.key}/download?way=sms`, "download-sms");
    await look(page, `/case/${a.key}/download/code`, "download-code");
    await page.context().close();
  }
  const page = await pageWithFile(a);
  await assertAccessible(page);
  await shoot(page, "download-ready");
  assert.equal(serialOf(await save(page)), (await certificates(a))[0].serial.toUpperCase());
  const old = await save(page, { old: true });
  assert.equal(serialOf(old), (await certificates(a))[0].serial.toUpperCase());
  assert.deepEqual(protectionOf(old).map((line) => line.replace(/, Iteration.*| iteration.*|, MAC.*/, "")).filter((line) => !/^(Certificate bag|MAC length)/.test(line)),
    ["MAC: sha1", "PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC", "PKCS7 Data", "Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC"]);
  await assertAccessible(page);
  await shoot(page, "download-old");
  const [{ key }] = await certificates(a);
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await look(page, `/case/${a.key}/download`, "downloaded");
    await look(page, `/case/${a.key}/download/remake`, "remake");
    await look(page, "/user/certificates", "certificates");
    await look(page, `/certificate/${key}`, "certificate");
    await look(page, `/certificate/${key}/revoke`, "revoke");
  }
  await page.context().close();
});

test("errors are listed, and nothing secret leaves the page", async () => {
  const a = await activated(s);
  const page = await s.page();
  await a.enter(page);
  await page.goto(`/case/${a.key}/download`);
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && posts.push(request.postData() ?? ""));
  const button = page.getByRole("button", { name: "证书下载" });
  await page.fill("#file_password", "short");
  await button.click();
  await page.waitForSelector("[data-softcert-errors] .govuk-error-summary");
  assert.match(await page.locator("[data-softcert-errors]").innerText(), /8 至 63 位/);
  await page.fill("#file_password", FILE_PASSWORD);
  await page.fill("#file_again", `${FILE_PASSWORD}x`);
  assert.equal(await page.getByText(/^密码强度：/).count(), 1, "what repeats a password is not judged again");
  await button.click();
  await page.waitForFunction(() => /不一致/.test(document.querySelector("[data-softcert-errors]").textContent));
  assert.equal(posts.length, 0);
  await page.fill("#file_again", FILE_PASSWORD);
  await page.fill("#number", "20260101000000000017");
  await button.click();
  await page.waitForFunction(() => /授权码/.test(document.querySelector("[data-softcert-errors]").textContent));
  assert.equal(await page.evaluate(() => document.activeElement.className), "govuk-error-summary");
  assert.ok(posts.length > 0 && posts.every((body) => !body.includes(FILE_PASSWORD) && !/PRIVATE|file_/.test(body)), "only the request goes out");
  await page.context().close();
});

test("the first key may be given up once", async () => {
  const a = await activated(s);
  const page = await s.page();
  await a.enter(page);
  await fillDownload(s, page, a);
  await page.getByRole("button", { name: "证书下载" }).click();
  const first = serialOf(await save(page));
  await page.goto(`/case/${a.key}/download/remake`);
  await page.fill("#password", "not-the-password");
  assert.equal((await press(page, "撤销并重新生成")).status(), 422);
  const before = await mailedCode(s, a.email);
  await page.fill("#password", a.password);
  await press(page, "撤销并重新生成");
  assert.match(await page.locator(".notice").innerText(), /原证书已撤销/);
  await page.waitForSelector("[data-softcert][data-ready]");
  assert.equal(await page.locator("[data-softcert-kept]").isVisible(), false, "another key is made");
  for (let i = 0; await mailedCode(s, a.email) === before && i < 50; i += 1) {
    await page.waitForTimeout(100);
  }
  await fillDownload(s, page, a);
  await page.getByRole("button", { name: "证书下载" }).click();
  const second = serialOf(await save(page));
  assert.notEqual(first, second);
  const list = await certificates(a);
  assert.deepEqual(list.map((one) => [one.serial.toUpperCase(), one.state]), [[second, "valid"], [first, "invalid"]]);
  const again = await page.goto(`/case/${a.key}/download/remake`);
  assert.equal(again.status(), 409);
  await page.context().close();
});

test("a file that is said to be saved is not kept", async () => {
  const a = await activated(s);
  const page = await s.page();
  await a.enter(page);
  await fillDownload(s, page, a);
  await page.getByRole("button", { name: "证书下载" }).click();
  const first = await save(page);
  await page.reload();
  await page.fill("#file_password", "Not-the-password-1");
  await page.getByRole("button", { name: "生成证书文件" }).click();
  await page.waitForSelector("[data-softcert-errors] .govuk-error-summary");
  await page.fill("#file_password", FILE_PASSWORD);
  await page.getByRole("button", { name: "生成证书文件" }).click();
  assert.equal(serialOf(await save(page)), serialOf(first));
  await page.check("#softcert-saved");
  await page.waitForFunction(() => document.querySelector("[data-softcert-forgotten]").textContent !== "");
  await page.reload();
  await page.waitForSelector("[data-softcert][data-ready]");
  assert.equal(await page.locator("[data-softcert-reopen]").isVisible(), false);
  await page.goto(`/certificate/${(await certificates(a))[0].key}`);
  await press(page, "冻结", "link");
  await page.fill("#password", a.password);
  await press(page, "确认冻结");
  assert.match(await page.locator("main").innerText(), /已冻结[\s\S]*冻结[\s\S]*解冻/);
  await page.goto("/user/certificates?tab=frozen");
  assert.match(await page.locator("tbody").innerText(), /冻结/);
  assertNoFaults(page);
  await page.context().close();
});

test("a browser that keeps nothing says so, and takes a request made elsewhere", async () => {
  const a = await activated(s);
  const breakStore = () => {
    indexedDB.open = () => {
      throw new Error("blocked");
    };
  };
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    await page.context().addInitScript(breakStore);
    await a.enter(page);
    await look(page, `/case/${a.key}/download`, "download-blocked");
    const alert = page.locator("[data-softcert-errors] [role=alert]");
    await alert.waitFor();
    assert.match(await alert.innerText(), /不能保存证书的密钥[\s\S]*无痕[\s\S]*换一个浏览器[\s\S]*PKCS#10/);
    await page.locator("#file_password").waitFor({ state: "hidden" });
    await page.locator("#csr").waitFor();
    assert.equal((await press(page, "证书下载")).status(), 422, "the form goes to the hall, as without a script");
    await page.context().close();
  }
  const page = await pageWithFile(a);
  await page.context().addInitScript(breakStore);
  await page.reload();
  await page.locator("[data-softcert-errors] [role=alert]").waitFor();
  assert.match(await page.locator("[data-softcert-errors]").innerText(), /不能保存证书的密钥[\s\S]*换一个浏览器/);
  assertNoFaults(page);
  await page.context().close();
});

test("a UKey is told what it needs, and no more", async () => {
  const a = await activated(s, "ukey");
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    await a.enter(page);
    await look(page, `/case/${a.key}/download`, "download-ukey");
    assert.match(await page.locator("main").innerText(), /激活完成[\s\S]*一签通客户端软件/);
    assert.equal(await page.getByRole("button", { name: "证书下载" }).count(), 0);
    await page.context().close();
  }
});
