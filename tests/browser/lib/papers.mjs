// SPDX-License-Identifier: Apache-2.0
// papers: an applicant at the pages of materials and identity.
import { Applicant, picture } from "./applicant.mjs";

export function png(name, options) {
  return { name, mimeType: "image/png", buffer: picture(options) };
}

export async function applicant(s, kind, more) {
  const a = new Applicant(s.url);
  await a.register();
  await a.begin(kind, more);
  return a;
}

// A page of this person at a path below the case.
export async function open(s, a, path, options) {
  const page = await s.page(options);
  await a.enter(page);
  page.faults.length = 0;
  await page.goto(`/case/${a.key}${path}`);
  return page;
}

export async function upload(page, type, chosen) {
  await page.setInputFiles(`#file-${type}`, chosen);
  await page.waitForSelector(`#submitted-${type}`);
}

// A way to the page for checkEverywhere.
export function reach(a, path) {
  return async (page) => {
    await a.enter(page);
    page.faults.length = 0;
    return page.goto(`/case/${a.key}${path}`);
  };
}
