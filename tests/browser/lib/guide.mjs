// SPDX-License-Identifier: Apache-2.0
// guide: reads a guide of docs/ and does what it says. Its numbered steps are the script: 【】 is pressed or filled in, `this` is
// typed, “this” must be seen. What a step says beyond that is for people; a 【】 that nothing does is an error.
import assert from "node:assert/strict";

import { typeOver } from "./rules.mjs";

const SEEN_MS = 60_000;

async function see(page, wanted) {
  const until = Date.now() + SEEN_MS;
  let text = "";
  while (Date.now() < until) {
    text = await page.locator("main").innerText().catch(() => "");
    if (text.replace(/\s+/gu, " ").includes(wanted)) {
      return;
    }
    await page.waitForTimeout(100);
  }
  assert.fail(`“${wanted}” is not on ${page.url()}:\n${text.slice(0, 2000)}`);
}

async function fill(page, label, value) {
  await page.getByRole("textbox", { name: label }).first().fill(value);
}

// Links of tables say more to those who do not see the row: 开户费：2026年11月24日.
function press(page, said) {
  const name = new RegExp(`^${said.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")}(?: ?：.*)?$`, "u");
  const [button, link] = ["button", "link"].map((role) => page.getByRole(role, { name }));
  return button.or(link).first().click();
}

// What a step can say, and what is done then; `who` holds a page for each person: who.is(name) goes over to theirs.
// `seen` is what was seen last.
const actions = [
  [/在另一个浏览器打开 `([^`]+)`/gu, async (who, path) => (await who.is("another")).goto(path)],
  [/回到管理员甲的浏览器/gu, (who) => who.is("one")],
  [/不登录，打开 `([^`]+)`/gu, async (who, path) => (await who.is("visitor")).goto(path)],
  [/打开 `([^`]+)`/gu, (who, path) => who.page.goto(path)],
  [/在【([^】]+)】填写 `try-accounts\.txt` 里 `(\w+)` 的密码/gu, (who, label, login) => fill(who.page, label, who.accounts[login])],
  [/在【([^】]+)】填写 `([^`]+)`/gu, (who, label, value) => fill(who.page, label, value)],
  [/点流程图里的【([^】]+)】/gu, (who, name) => who.page.locator(".graph a", { hasText: name }).click()],
  [/点【([^】]+)】/gu, (who, name) => press(who.page, name)],
  [/按 Ctrl\+F 查找 `([^`]+)`，按回车，再按 Esc，输入 `([^`]+)`/gu, (who, wanted, typed) => typeOver(who.page, wanted, typed)],
  [/应看到“([^”]+)”/gu, (who, wanted) => {
    who.seen = wanted;
    return see(who.page, wanted);
  }],
];

// The actions of a step in their order, the longest where two begin together.
function actionsOf(text) {
  const found = actions.flatMap(([pattern, act]) => [...text.matchAll(pattern)].map((m) => ({ at: m.index, end: m.index + m[0].length, args: m.slice(1), act })));
  found.sort((a, b) => a.at - b.at || b.end - a.end);
  const out = [];
  let rest = "", end = 0;
  for (const one of found) {
    if (one.at >= end) {
      rest += text.slice(end, one.at);
      out.push(one);
      end = one.end;
    }
  }
  rest += text.slice(end);
  assert.ok(out.length > 0, `nothing is done in the step: ${text}`);
  assert.doesNotMatch(rest, /【|(打开|输入|填写) `/u, `not understood in the step: ${text}`);
  return out;
}

// stepsOf(text) -> list of { title, step } or { title, image }, in the order of the guide
export function stepsOf(text) {
  const out = [];
  let title = "", open = null;
  for (const line of text.split("\n")) {
    const [, head] = /^## (.+)$/u.exec(line) ?? [];
    const [, step] = /^\d+\. (.+)$/u.exec(line) ?? [];
    const [, image] = /^\s*!\[[^\]]+\]\(([^)]+)\)$/u.exec(line) ?? [];
    title = head ?? title;
    if (step || image) {
      out.push(image ? { title, image } : { title, step });
      open = step ? out.at(-1) : null;
    } else if (open && /^ {3}\S/u.test(line)) {
      open.step += line.trim();
    } else {
      open = null;
    }
  }
  return out;
}

export async function follow(who, { step }) {
  for (const { act, args } of actionsOf(step)) {
    await act(who, ...args).catch(async (error) => {
      throw new Error(`${step}\n${error.message}\n${who.page.url()}:\n${await who.page.locator("main").innerText()}`);
    });
  }
}
