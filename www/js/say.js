// SPDX-License-Identifier: Apache-2.0
// say: one polite live region for the page, so that screen readers hear what changed.
let region;

export function say(text) {
  if (!region) {
    region = document.createElement("div");
    region.className = "govuk-visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => {
    region.textContent = text;
  }, 50);
}
