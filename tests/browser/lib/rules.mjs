// SPDX-License-Identifier: Apache-2.0
// rules: administrators at the editor of business rules, one function for each thing they do.
import assert from "node:assert/strict";

import { press } from "./counter.mjs";

export { press };
export const area = (page) => page.locator("textarea[name=body]");
export const main = (page) => page.locator("main").innerText();

// A page of somebody of the staff, who is logged in.
export async function desk(s, login, options) {
  const page = await s.page(options);
  page.setDefaultTimeout(60_000);
  await page.goto("/login");
  await page.fill("#account", login);
  await page.fill("#password", s.accounts[login]);
  await press(page, "用户登录");
  return page;
}

// A new draft; its address.
export async function begin(page, title) {
  await page.goto("/staff/rules");
  await page.fill("#title", title);
  await press(page, "新建草稿");
  return new URL(page.url()).pathname;
}

export async function openFile(page, base, name) {
  await page.goto(`${base}/file?name=${name}`);
  await page.locator(".cm-content").waitFor();
}

// Puts a text in the place of another, in the editor or the text area.
export async function replace(page, from, to) {
  const was = await area(page).inputValue();
  assert.ok(was.includes(from), `${from} is not in the file`);
  const body = was.replace(from, to);
  if (await page.locator(".cm-content").count() === 0) {
    await area(page).fill(body);
    return;
  }
  await page.locator(".cm-content").click();
  await page.keyboard.press("Control+a");
  await page.evaluate((text) => {
    const data = new window.DataTransfer();
    data.setData("text/plain", text);
    document.querySelector(".cm-content").dispatchEvent(new window.ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  }, body);
}

// Looks for a text as a person does (Ctrl+F) and leaves it selected.
async function find(page, wanted) {
  await page.locator(".cm-content").focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+f");
  await page.locator(".cm-search input[name=search]").fill(wanted);
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => window.getSelection().toString()), wanted, "the editor finds what is looked for");
}

// Types over what is found, once.
export async function typeOver(page, wanted, typed) {
  await find(page, wanted);
  await page.keyboard.insertText(typed);
}

// Types a new line under the one that holds what is found.
export async function typeBelow(page, wanted, typed) {
  await find(page, wanted);
  await page.keyboard.press("End");
  for (const line of typed.split("\n")) {
    await page.keyboard.press("Enter");
    await page.keyboard.insertText(line);
  }
}

// edits: [looked for, typed over it] or { below: looked for, line: typed under it }
export async function typeAll(page, edits) {
  for (const edit of edits) {
    if (edit.below) {
      await typeBelow(page, edit.below, edit.line);
    } else if (edit[0].includes("\n")) {
      await replace(page, edit[0], edit[1]);
    } else {
      await typeOver(page, edit[0], edit[1]);
    }
  }
}

// Waits for what the check says while somebody types.
export async function clean(page) {
  await page.locator("#findings", { hasText: "没有发现问题" }).waitFor();
}

export async function save(page) {
  await press(page, "保存");
  assert.match(await page.locator(".notice").innerText(), /已保存/);
}

export async function checkAll(page, base) {
  await page.goto(base);
  await press(page, "全面检查并测试");
  return main(page);
}

// What the comparison with the live rules counts.
export async function difference(page, base) {
  await page.goto(`${base}/diff`);
  const heads = await page.locator(".change h2").allInnerTexts();
  const lines = heads.map((head) => /增加 (\d+) 行，减少 (\d+) 行/.exec(head)).map((m) => Math.max(Number(m[1]), Number(m[2])));
  return { files: heads.map((head) => head.split(" ")[0]), lines: lines.reduce((sum, n) => sum + n, 0) };
}

// Proposed by one, approved by the other; live at once. -> address of the publication
export async function publish(first, second, base, reason) {
  await first.goto(`${base}/propose`);
  await first.fill("#reason", reason);
  await press(first, "检查并提交");
  const publication = new URL(first.url()).pathname;
  assert.match(publication, /\/publications\//, await main(first));
  await second.goto(publication);
  await press(second, "批准");
  assert.match(await second.locator(".notice").innerText(), /已经生效/);
  return publication;
}
