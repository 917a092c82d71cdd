// SPDX-License-Identifier: Apache-2.0
// suite: a hall and a browser for the tests of one file.
import { after, before } from "node:test";

import { openBrowser, openPage } from "./browser.mjs";
import { openHall } from "./hall.mjs";

// const s = suite(fixture); inside tests: s.url, s.browser, s.lines, await s.page(options)
export function suite(fixture) {
  const s = {};
  before(async () => {
    s.hall = await openHall(fixture);
    s.url = s.hall.url;
    s.lines = s.hall.lines;
    s.accounts = s.hall.accounts;
    s.browser = await openBrowser();
    s.page = (options) => openPage(s.browser, s.url, options);
  });
  after(async () => {
    await s.browser?.close();
    await s.hall?.close();
  });
  return s;
}
