// SPDX-License-Identifier: Apache-2.0
// counter: staff and applications for tests of the counter: what tests/fixture/staff.lua makes.
import assert from "node:assert/strict";

// What /fixture/<what> answers with.
export async function make(s, what, value) {
  const response = await fetch(`${s.url}/fixture/${what}`, {
    method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" },
  });
  const text = await response.text();
  assert.equal(response.status, 200, `${what}: ${text}`);
  return JSON.parse(text);
}

// { password, accounts }; once for each hall
export function openStaff(s) {
  s.staff ??= make(s, "staff", {});
  return s.staff;
}

export async function makeCase(s, value = {}) {
  await openStaff(s);
  return make(s, "case", value);
}

export const mend = (s, value) => make(s, "mend", value);
export const look = async (s, made, set) => (await make(s, "look", { key: made.key, set })).row;
export const makeTodo = (s) => make(s, "todo", {});

// Logs in on a page of the browser.
export async function enter(s, page, login) {
  const { password } = await openStaff(s);
  await page.goto("/login");
  await page.fill("#account", login);
  await page.fill("#password", password);
  await press(page, "用户登录");
  assert.match(page.url(), /\/staff$/);
}

// Presses a button and waits for the page behind it. -> response
export async function press(page, name) {
  const [response] = await Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
  return response;
}
