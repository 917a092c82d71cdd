// SPDX-License-Identifier: Apache-2.0
// browser: one Chromium for a test file, and pages that notice what no page may do: break its Content-Security-Policy,
// throw, or ask for something that is not there.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { root } from "./hall.mjs";

const executablePath = "/usr/bin/chromium";
const shots = join(root, "build/screenshots");

// As root there is no sandbox to be had; the rest keeps Chromium from talking to anybody.
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

export const looks = {
  normal: {},
  elder: { elder: "1" },
  forced: { forcedColors: "active" },
};
export const widths = [1280, 320];

export async function openBrowser() {
  if (!existsSync(executablePath)) {
    throw new Error(`${executablePath} is missing; it is in the group "test" of build-support/packages`);
  }
  return chromium.launch({ executablePath, args });
}

// A page in a fresh context. options: width, elder ("1" to "3"), forcedColors, javaScript (false: off), url (of the hall).
// page.faults gathers what went wrong.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({
    baseURL: url,
    locale: "zh-CN",
    viewport: { width: options.width ?? 1280, height: options.width === 320 ? 640 : 900 },
    javaScriptEnabled: options.javaScript ?? true,
    forcedColors: options.forcedColors ?? null,
    reducedMotion: "reduce",
  });
  if (options.elder) {
    await context.addCookies([{ name: "elder", value: options.elder, url }]);
  }
  const page = await context.newPage();
  page.faults = [];
  await watch(page);
  return page;
}

async function watch(page) {
  await page.exposeBinding("cspViolated", (_, text) => page.faults.push(`CSP: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.cspViolated(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`);
    });
  });
  page.on("pageerror", (error) => page.faults.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of [45]\d\d/.test(message.text())) {
      page.faults.push(`console: ${message.text()}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && response.request().resourceType() !== "document") {
      page.faults.push(`${response.status()}: ${response.url()}`);
    }
  });
}

// Leaves a picture under build/screenshots, for people to look at.
export async function shoot(page, name) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
}
