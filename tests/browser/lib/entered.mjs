// SPDX-License-Identifier: Apache-2.0
// entered: somebody who is logged in, on a page of their own.
import { Applicant } from "./applicant.mjs";

// Somebody with no case, a draft, or a case that waits for its materials; and a page of theirs.
export async function enter(s, step, options) {
  const a = new Applicant(s.url);
  await a.register();
  if (step) {
    await a[step]("unit_issue");
    a.number = (await a.want("GET", `/api/v1/cases/${a.key}`)).number;
  }
  const page = await s.page(options);
  await page.context().addCookies(await a.cookies());
  return { a, page };
}
