// SPDX-License-Identifier: Apache-2.0
// keys: what somebody does who has no mouse.
import assert from "node:assert/strict";

const TABS_MAX = 200;

// What has the focus: its name for people, or its text.
const focused = (page) => page.evaluate(() => {
  const e = document.activeElement;
  return (e.getAttribute("aria-label") ?? e.labels?.[0]?.textContent ?? e.textContent).trim();
});

// Tab until something of this name has the focus.
export async function tabTo(page, name) {
  for (let i = 0; i < TABS_MAX; i += 1) {
    await page.keyboard.press("Tab");
    if ((await focused(page)).startsWith(name)) {
      return;
    }
  }
  assert.fail(`Tab does not come to ${name} on ${page.url()}`);
}

// Tab to a link, button or field and press Enter on it, which leads to another page.
export async function enter(page, name, typed) {
  await tabTo(page, name);
  if (typed) {
    await page.keyboard.type(typed);
  }
  const [response] = await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  return response;
}
