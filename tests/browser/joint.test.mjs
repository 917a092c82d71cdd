// SPDX-License-Identifier: Apache-2.0
// One payment for several applications (J08): chosen in the user centre, confirmed, paid once; with one wrong choice first.
import assert from "node:assert/strict";
import { test } from "node:test";

import { checkEverywhere } from "./lib/matrix.mjs";
import { done, main, numberOf, order, pay, until } from "./lib/paying.mjs";
import { applicant } from "./lib/papers.mjs";
import { suite } from "./lib/suite.mjs";
import { assertRefused, press } from "./lib/walk.mjs";

const s = suite();

// One person with so many applications that wait for their money: [{ key, number }, …].
async function clerk(count) {
  const a = await applicant(s, "unit_issue");
  const cases = [{ key: a.key, number: await numberOf(a) }];
  for (let i = 1; i < count; i += 1) {
    await a.begin("unit_issue", { user_name: `${"abc"[i]}${a.userName.slice(1)}` });
    cases.push({ key: a.key, number: await numberOf(a) });
  }
  return { a, cases };
}

async function enter(a, options) {
  const page = await s.page(options);
  await a.enter(page);
  page.faults.length = 0;
  return page;
}

const tick = (page, one) => page.getByRole("checkbox", { name: `选择 ${one.number}` }).check();

async function choose(page, cases) {
  await page.goto("/user/payments");
  for (const one of cases) {
    await tick(page, one);
  }
  return press(page, "合并缴费");
}

test("three applications are paid at once", async () => {
  const { a, cases } = await clerk(3);
  const page = await enter(a);
  await assertRefused(page, await choose(page, cases.slice(0, 1)), /请至少选择 2 项申请/);
  assert.ok(await page.getByRole("checkbox", { name: `选择 ${cases[0].number}` }).isChecked(), "what was chosen stays chosen");
  await tick(page, cases[1]);
  await tick(page, cases[2]);
  await press(page, "下一步");
  const sure = await main(page);
  for (const word of ["总金额：¥780.00", "柒佰捌拾元整", ...cases.map((one) => one.number)]) {
    assert.ok(sure.includes(word), word);
  }
  await press(page, "确认，去缴费");
  assert.match(await main(page), /一次付清下面 3 项申请，合计 ¥780\.00/);
  await pay(page, "正常支付");
  await until(page, /支付成功[\s\S]*¥780\.00[\s\S]*合并缴费/);
  for (const one of cases) {
    a.key = one.key;
    assert.deepEqual(Object.values(await order(a)).includes("paid"), true, one.number);
  }
  await done(page);
});

test("without JavaScript they are joined and parted", async () => {
  const { a, cases } = await clerk(2);
  const page = await enter(a, { javaScript: false });
  await choose(page, cases);
  await press(page, "确认，去缴费");
  assert.match(await main(page), /一次付清下面 2 项申请/);
  await press(page, "取消合并，单独缴费");
  assert.doesNotMatch(await main(page), /一次付清/);
  assert.match(await main(page), /¥260\.00/);
  await done(page);
});

test("its pages at both widths", async (t) => {
  const { a, cases } = await clerk(3);
  const only = ["normal"];
  const at = (path) => async (page) => {
    await a.enter(page);
    page.faults.length = 0;
    return page.goto(path);
  };
  const chosen = (these) => async (page) => {
    await at("/user/payments")(page);
    return choose(page, these);
  };
  await checkEverywhere(t, s, { name: "joint-list", reach: at("/user/payments"), only });
  await checkEverywhere(t, s, { name: "joint-wrong", reach: chosen(cases.slice(1, 2)), status: 422, only });
  await checkEverywhere(t, s, { name: "joint-confirm", reach: chosen(cases), only });
  await a.want("POST", "/api/v1/orders", { cases: cases.map((one) => one.key) });
  await checkEverywhere(t, s, { name: "joint-pay", reach: at(`/case/${cases[1].key}/pay`), only });
  await checkEverywhere(t, s, { name: "joint-result", reach: at(`/case/${cases[1].key}/result`), only });
});
