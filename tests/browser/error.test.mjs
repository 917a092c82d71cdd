// SPDX-License-Identifier: Apache-2.0
// Errors that are whole pages, made by the core without scripts: they say what to do and carry the request's number.
import assert from "node:assert/strict";
import { test } from "node:test";

import { assertAccessible, assertReflows, assertValidHtml } from "./lib/checks.mjs";
import { suite } from "./lib/suite.mjs";

const s = suite();

test("a page that is not there", async () => {
  for (const width of [1280, 320]) {
    const page = await s.page({ width });
    const response = await page.goto("/no/such/page");
    assert.equal(response.status(), 404);
    assert.equal(await page.locator("h1").innerText(), "页面不存在");
    assert.match(await page.locator("main").innerText(), /404 · [0-9a-f]{16}/);
    await assertAccessible(page);
    await assertReflows(page);
    await assertValidHtml(response);
    await page.getByRole("link", { name: "返回首页" }).click();
    assert.equal(new URL(page.url()).pathname, "/");
    await page.context().close();
  }
});

test("programs get the same as problem details", async () => {
  const response = await fetch(`${s.url}/no/such/page`, { headers: { accept: "application/json" } });
  assert.equal(response.status, 404);
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem = await response.json();
  assert.equal(problem.status, 404);
  assert.match(problem.request_id, /^[0-9a-f]{16}$/);
});
