// SPDX-License-Identifier: Apache-2.0
// checks: what every page must pass, each a sentence in the failure.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { FileSystemConfigLoader, HtmlValidate } from "html-validate";

import { root } from "./hall.mjs";

const require = createRequire(import.meta.url);
const axeSource = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const validator = new HtmlValidate(new FileSystemConfigLoader());

// No page may break its policy, throw, or ask for what is not there.
export function assertNoFaults(page) {
  assert.deepEqual(page.faults, [], `${page.url()} has faults`);
}

function said(violation) {
  const places = violation.nodes.slice(0, 5).map((node) => `    ${node.target.join(" ")}: ${node.failureSummary}`);
  return `  ${violation.id} (${violation.impact}): ${violation.help}\n${places.join("\n")}`;
}

// axe: WCAG 2.0 to 2.2 A and AA, and its best practices.
export async function assertAccessible(page) {
  await page.evaluate(axeSource);
  const result = await page.evaluate(() => window.axe.run(document, {
    runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] },
    resultTypes: ["violations"],
  }));
  assert.equal(result.violations.map(said).join("\n"), "", `axe on ${page.url()}`);
}

// Nothing is wider than the window: no scrolling in two directions.
export async function assertReflows(page, where = "") {
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) {
      return null;
    }
    const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > clientWidth + 1);
    return `${scrollWidth} > ${clientWidth}: ${out.slice(0, 3).map((e) => e.outerHTML.slice(0, 120)).join(" | ")}`;
  });
  assert.equal(wide, null, `${page.url()} ${where} scrolls sideways`);
}

// The text twice as large, as a browser's own setting makes it.
export async function assertReflowsEnlarged(page) {
  await page.evaluate(() => {
    document.documentElement.style.setProperty("font-size", "200%", "important");
  });
  await assertReflows(page, "at 200 % text");
  await page.evaluate(() => document.documentElement.style.removeProperty("font-size"));
}

// The markup as the server sent it.
export async function assertValidHtml(response) {
  const report = await validator.validateString(await response.text(), `${root}/page.html`);
  const found = report.results.flatMap((r) => r.messages.map((m) => `  ${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
  assert.equal(found.join("\n"), "", `html-validate on ${response.url()}`);
}

// Links, buttons and fields are at least this high and wide; links inside a sentence are exempt (WCAG 2.5.8).
export async function assertTargets(page, least) {
  const small = await page.evaluate((size) => {
    const inText = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline";
    const shown = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".govuk-visually-hidden");
    return [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
      .filter((e) => shown(e) && !inText(e) && !e.matches(".skip"))
      .map((e) => [e, e.getBoundingClientRect()])
      .filter(([e, box]) => Math.max(box.height, e.matches("td a, th a") ? e.closest("td, th").getBoundingClientRect().height : 0) < size - 0.5)
      .map(([e, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${e.outerHTML.slice(0, 90)}`);
  }, least);
  assert.deepEqual(small, [], `targets below ${least} px on ${page.url()}`);
}

// Walks by Tab from the top: every control is reached, in sight, and wears a ring.
export async function walkByTab(page) {
  const total = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.disabled).length);
  const seen = [];
  await page.evaluate(() => {
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute("tabindex");
    scrollTo(0, 0);
  });
  for (let i = 0; i < total + 5; i += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) {
        return null;
      }
      const ringed = e.matches(".govuk-radios__input, .govuk-checkboxes__input") ? getComputedStyle(e.nextElementSibling, "::before") : getComputedStyle(e);
      const box = e.getBoundingClientRect();
      const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return {
        what: e.outerHTML.slice(0, 90),
        ring: ringed.outlineStyle !== "none" && parseFloat(ringed.outlineWidth) >= 2,
        clear: !top || e.contains(top) || top.contains(e) || e.labels?.[0]?.contains(top) || e.parentElement.contains(top),
      };
    });
    if (!at) {
      break;
    }
    assert.ok(at.ring, `no visible focus on ${at.what}`);
    assert.ok(at.clear, `the focus is covered on ${at.what}`);
    seen.push(at.what);
  }
  return { seen, total };
}
