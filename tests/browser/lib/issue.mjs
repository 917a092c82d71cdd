// SPDX-License-Identifier: Apache-2.0
// issue: an application brought to 激活完成 by the API, and what a test does on the pages behind it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Applicant } from "./applicant.mjs";
import { shoot } from "./browser.mjs";
import { assertAccessible, assertNoFaults, assertReflows, assertTargets, assertValidHtml } from "./checks.mjs";
import { captcha, mailedCode } from "./walk.mjs";

export const FILE_PASSWORD = "Wen-jian-2026";
const COURIER = { delivery: "courier", receiver_name: "张三", receiver_phone: "13800138000", receiver_region: "430102", receiver_address: "示范路 12 号" };
const PAPERS = ["form", "agreement", "unit_document", "authorization", "handler_document"];

async function staff(s, login) {
  const desk = new Applicant(s.url);
  const { token } = await desk.want("POST", "/api/v1/sessions", { account: login, password: s.accounts[login] });
  desk.token = token;
  return desk;
}

async function until(a, wanted) {
  for (let i = 0; i < 100; i += 1) {
    if (wanted(await a.state())) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the case stays in ${await a.state()}`);
}

// Somebody's case with its papers, identity and money, in the reviewers' queue; more: answers that differ.
export async function inReview(s, medium = "soft", more = {}) {
  const a = new Applicant(s.url);
  await a.register();
  const path = `/api/v1/cases/${await a.begin("unit_issue", { medium, ...more }, medium === "ukey" ? COURIER : {})}`;
  await a.putAll();
  const { url } = await a.want("POST", `${path}/identity/link`, { way: "qr" });
  await a.want("POST", "/api/v1/try/face", { url, verdict: "passed" });
  await a.want("POST", `${path}/order`, {});
  const { pay_at: payAt } = await a.want("POST", `${path}/order/attempts`, { channel: "try" });
  await a.want("POST", `/api/v1/try/trades/${payAt.split("/").at(-1)}`, { habit: "fine" });
  await until(a, (state) => state === "review");
  return a;
}

export async function approve(s, a, login = "reviewer1") {
  const reviewer = await staff(s, login);
  const desk = `/api/v1/review/cases/${a.key}`;
  await reviewer.want("POST", `${desk}/claim`, {});
  const { seen } = await reviewer.want("GET", desk);
  await reviewer.want("POST", `${desk}/approve`, { seen });
}

// Somebody whose case was approved: 激活完成, or for a UKey 等待纸质材料.
export async function approved(s, medium = "soft", more = {}) {
  const a = await inReview(s, medium, more);
  await approve(s, a);
  await until(a, (state) => state === "active" || state === "paper");
  return a;
}

// The same with the paper booked: 激活完成.
export async function activated(s, medium = "soft", more = {}) {
  const a = await approved(s, medium, more);
  if (medium === "ukey") {
    const counter = await staff(s, "counter1");
    await counter.want("POST", `/api/v1/review/cases/${a.key}/paper`, { items: PAPERS });
  }
  return a;
}

// Every check that holds for any page.
export async function look(page, path, name) {
  const response = await page.goto(path);
  assert.equal(response.status(), 200, path);
  await page.waitForTimeout(100);
  await assertAccessible(page);
  await assertReflows(page);
  await assertTargets(page, 44);
  await assertValidHtml(response);
  await shoot(page, `${name}-${page.viewportSize().width}`);
  assertNoFaults(page);
}

export async function fillDownload(s, page, a) {
  await page.goto(`/case/${a.key}/download`);
  await page.waitForSelector("[data-softcert][data-ready]");
  await page.fill("#file_password", FILE_PASSWORD);
  if (await page.locator("#file_again").isVisible()) {
    await page.fill("#file_again", FILE_PASSWORD);
  }
  await page.fill("#code", await mailedCode(s, a.email));
  await page.fill("#captcha", await captcha(s));
}

// The file; old: the one for programs of former days.
export async function save(page, { old = false } = {}) {
  await page.waitForSelector("#softcert-saved", { state: "visible" });
  if (old) {
    await page.getByText("打不开这个文件？").click();
  }
  const [saved] = await Promise.all([page.waitForEvent("download"), page.locator(old ? "[data-softcert-old]" : "[data-softcert-save]").click()]);
  assert.match(saved.suggestedFilename(), /\.p12$/);
  const chunks = [];
  for await (const chunk of await saved.createReadStream()) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// The serial number of the file's certificate, by openssl.
export function serialOf(p12) {
  const folder = mkdtempSync(join(tmpdir(), "certhall-softcert-"));
  const at = (name) => join(folder, name);
  writeFileSync(at("file.p12"), p12);
  const run = (...words) => execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  run("pkcs12", "-in", at("file.p12"), "-passin", `pass:${FILE_PASSWORD}`, "-nodes", "-out", at("all.pem"));
  assert.equal(run("pkey", "-in", at("all.pem"), "-pubout"), run("x509", "-in", at("all.pem"), "-noout", "-pubkey"));
  const serial = run("x509", "-in", at("all.pem"), "-noout", "-serial").trim().split("=")[1];
  rmSync(folder, { recursive: true, force: true });
  return serial;
}

// What openssl says of a file's protection, line by line.
export function protectionOf(p12) {
  return spawnSync("openssl", ["pkcs12", "-info", "-noout", "-passin", `pass:${FILE_PASSWORD}`], { input: p12, encoding: "utf8" }).stderr.trim().split("\n");
}

export async function certificates(a) {
  return (await a.want("GET", "/api/v1/certificates")).items;
}
