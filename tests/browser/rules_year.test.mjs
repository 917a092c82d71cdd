// SPDX-License-Identifier: Apache-2.0
// A year of real changes, each made in the editor as an administrator makes it: looked for, typed, checked while typing, saved,
// checked in full with the bundle's tests, compared. Three of them go live (with CERTHALL_LONG=1 eight), and the next applicant
// sees them. The table of docs/administrators.md is what is measured here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";

import { Applicant, creditCode } from "./lib/applicant.mjs";
import { assertNoFaults } from "./lib/checks.mjs";
import { approve, inReview } from "./lib/issue.mjs";
import { root } from "./lib/hall.mjs";
import * as rules from "./lib/rules.mjs";
import { suite } from "./lib/suite.mjs";
import { changes } from "./lib/year.mjs";

const s = suite();
const FILES_MAX = 2;
const ALWAYS_LIVE = ["个体工商户另交经营者身份证", "超过 200 元由两位审核员审核", "春节暂停受理"];
const guide = readFileSync(join(root, "docs/administrators.md"), "utf8");

// By hand: pages to open, save, check and propose, places to find, signs to type.
const PAGE_SECONDS = 15;
const FIND_SECONDS = 20;
const SIGNS_A_SECOND = 2;

const made = [];
const open = {};

async function somebody() {
  const a = new Applicant(s.url);
  await a.register();
  return a;
}

async function sent(a, id) {
  for (let i = 0; i < 50; i += 1) {
    const { items } = await a.want("GET", `/api/v1/try/inbox?to=${a.phone}`);
    const found = items.find((one) => one.id === id);
    if (found) {
      return found.text;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no message ${id}`);
}

async function seen(path, wanted) {
  const page = await s.page();
  await page.goto(path);
  assert.match(await page.locator("body").innerText(), wanted, path);
  assertNoFaults(page);
  await page.context().close();
}

// Minutes that somebody needs who knows what to change.
function byHand({ edits }) {
  const typed = Object.values(edits).flat().map((edit) => edit.line ?? edit[1]);
  const pages = 2 * Object.keys(edits).length + 4;
  const signs = typed.reduce((sum, text) => sum + text.length, 0);
  return ((pages * PAGE_SECONDS + typed.length * FIND_SECONDS + signs / SIGNS_A_SECOND) / 60).toFixed(1);
}

// What the next applicant notices of a change that went live.
const notices = {
  "个体工商户另交经营者身份证": async (a) => {
    await a.begin("unit_issue", { unit_document_no: creditCode("92") });
    const asked = await a.want("GET", `/api/v1/cases/${a.key}/materials`);
    assert.equal(asked.find((one) => one.id === "owner_document").label, "经营者身份证");
    await a.begin("unit_issue", { user_name: `${a.userName}x` });
    const others = await a.want("GET", `/api/v1/cases/${a.key}/materials`);
    assert.ok(!others.some((one) => one.id === "owner_document"), "other firms are not asked for it");
  },
  "1 月 1 日起三年期的价格": async (a) => {
    await a.begin("unit_issue");
    await a.want("POST", `/api/v1/cases/${a.key}/order`, {});
    assert.equal((await a.want("GET", `/api/v1/cases/${a.key}/order`)).total, 27000);
  },
  "超过 200 元由两位审核员审核": async () => {
    const a = await inReview(s);
    await approve(s, a);
    assert.equal(await a.state(), "review", "one approval is not enough");
    await approve(s, a, "reviewer2");
    assert.equal(await a.state(), "active");
  },
  "短信用语": async (a) => {
    await a.begin("unit_issue");
    assert.match(await sent(a, "submitted"), /请妥善保存/);
  },
  "新的服务协议": async (a) => {
    assert.equal((await a.want("GET", "/api/v1/kinds")).find((one) => one.id === "unit_issue").agreement, "2026-2");
    await seen("/agreement", /可以暂停或撤销证书/);
  },
  "客服热线": () => seen("/", /400-000-1111/),
  "区县更名": async (a) => {
    await a.begin("unit_issue");
    const page = await s.page();
    await page.context().addCookies(await a.cookies());
    await page.goto(`/case/${a.key}/print/unit_form`);
    assert.match(await page.locator("main").innerText(), /示范新区/);
    await page.context().close();
  },
  "春节暂停受理": async (a) => {
    await seen("/apply/unit_issue", /春节期间暂停受理/);
    await assert.rejects(a.begin("unit_issue"), /暂停受理/);
  },
};

const goesLive = (name) => name in notices && (Boolean(process.env.CERTHALL_LONG) || ALWAYS_LIVE.includes(name));

for (const change of changes) {
  test(change.name, async () => {
    open.first ??= await rules.desk(s, "admin1");
    const page = open.first;
    const base = await rules.begin(page, change.name);
    const began = Date.now();
    for (const [file, edits] of Object.entries(change.edits)) {
      await rules.openFile(page, base, file);
      await rules.typeAll(page, edits);
      await rules.clean(page);
      await rules.save(page);
    }
    assert.match(await rules.checkAll(page, base), /检查通过/);
    const seconds = (Date.now() - began) / 1000;
    const { files, lines } = await rules.difference(page, base);
    assert.deepEqual(files, Object.keys(change.edits).sort(), "only these files differ");
    assert.ok(files.filter((name) => !name.startsWith("tests/")).length <= FILES_MAX, `${change.name} touches ${files}`);
    const row = `| ${change.name} | ${files.join("、")} | ${lines} | ${byHand(change)} |`;
    made.push(`${row} ${seconds.toFixed(1)} s by the test`);
    assert.ok(guide.includes(row), `the guide does not say ${row}`);
    if (goesLive(change.name)) {
      open.second ??= await rules.desk(s, "admin2");
      await rules.publish(page, open.second, base, change.name);
      await notices[change.name](await somebody());
    }
    assertNoFaults(page);
  });
}

after(() => {
  process.stdout.write(["| 修改 | 文件 | 行 | 分钟 |", ...made, ""].join("\n"));
});
