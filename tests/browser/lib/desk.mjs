// SPDX-License-Identifier: Apache-2.0
// desk: the staff of a hall in mode try at their pages.
import { press } from "./walk.mjs";

export async function enter(s, page, login) {
  await page.goto("/login");
  await page.fill("#account", login);
  await page.fill("#password", s.accounts[login]);
  await press(page, "用户登录");
}

export async function review(s, a) {
  const desk = await s.page();
  await enter(s, desk, "reviewer1");
  await desk.goto(`/staff/case/${a.key}`);
  await press(desk, "领取并审核");
  await press(desk, "审核通过");
  await desk.context().close();
}
