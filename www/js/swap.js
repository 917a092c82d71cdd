// SPDX-License-Identifier: Apache-2.0
// swap: after htmx has put in a fragment, it is enhanced, and the focus goes to what it says first.
export function onSwap(enhance) {
  document.addEventListener("htmx:after:swap", (event) => {
    const root = event.detail?.ctx?.target ?? event.target;
    enhance(root.parentElement ?? document);
    root.querySelector(".govuk-error-summary, [autofocus]")?.focus();
  });
}
