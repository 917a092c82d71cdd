// SPDX-License-Identifier: Apache-2.0
// Pages of staff: valid, accessible, in reach of a finger, and narrow enough.
import { test } from "node:test";

import { enter, makeCase, makeTodo, press } from "./lib/counter.mjs";
import { checkEverywhere } from "./lib/matrix.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite("staff");

// The two pages that staff live on in every look; the others are made of the same parts.
test("a reviewer's pages hold", async (t) => {
  const made = await makeCase(s);
  const every = ["normal", "elder", "forced"];
  for (const [name, path, only] of [["staff-overview", "/staff"], ["staff-queue", "/staff/review", every], ["staff-shipments", "/staff/shipments"],
    ["staff-counter", "/staff/counter"], ["staff-window", `/staff/counter/${made.key}`], ["staff-read", `/staff/case/${made.key}`]]) {
    await checkEverywhere(t, s, { name, only: only ?? ["normal"], reach: async (page) => {
      await enter(s, page, "reviewer1");
      return page.goto(path);
    } });
  }
});

test("the page of a claimed case holds in every look, with errors too", async (t) => {
  const made = await makeCase(s);
  await checkEverywhere(t, s, { name: "staff-case", only: ["normal"], reach: async (page) => {
    await enter(s, page, "reviewer1");
    const response = await page.goto(`/staff/case/${made.key}`);
    return await page.getByRole("button", { name: "领取并审核" }).count() ? press(page, "领取并审核") : response;
  } });
  await checkEverywhere(t, s, { name: "staff-case-errors", status: 422, reach: async (page) => {
    await enter(s, page, "reviewer1");
    await page.goto(`/staff/case/${made.key}`);
    await page.locator("#tick-material-form").check();
    await page.locator("#tick-field-unit_name").check();
    return press(page, "退回补正");
  } });
});

test("pages of an administrator and of the todos hold", async (t) => {
  await makeTodo(s);
  for (const [name, path] of [["staff-people", "/staff/people"], ["staff-person", "/staff/people/add"], ["staff-todos", "/staff/todos"]]) {
    await checkEverywhere(t, s, { name, only: ["normal"], reach: async (page) => {
      await enter(s, page, "admin1");
      return page.goto(path);
    } });
  }
});

test("handing over, another phone and registering an invoice hold, with errors too", async (t) => {
  const made = await makeCase(s);
  for (const [name, login, path, button] of [["staff-handover", "admin1", `/staff/case/${made.key}/handover`, "确认移交"],
    ["staff-phone", "counter1", "/staff/phone", "更换"], ["staff-invoice", "cashier1", `/staff/cashier/invoice/${made.key}`, "登记并发送"]]) {
    await checkEverywhere(t, s, { name, only: ["normal"], status: 422, reach: async (page) => {
      await enter(s, page, login);
      await page.goto(path);
      return press(page, button);
    } });
  }
});
