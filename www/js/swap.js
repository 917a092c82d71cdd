// SPDX-License-Identifier: Apache-2.0
// swap: what was put into the page later is enhanced, and the focus goes to what it says first; after htmx, and for modules
// that fetch the same page and exchange a part of it.
let enhance = () => {};

export function onSwap(all) {
  enhance = all;
  document.addEventListener("htmx:after:swap", (event) => {
    const root = event.detail?.ctx?.target ?? event.target;
    enhance(root.parentElement ?? document);
    root.querySelector(".govuk-error-summary, [autofocus]")?.focus();
  });
}

// Puts the element of the same id from a page's markup in the place of the present one; gives it, or null.
export function exchange(id, markup) {
  const page = new DOMParser().parseFromString(markup, "text/html");
  const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
  if (!old || !fresh) {
    return null;
  }
  old.replaceWith(fresh);
  document.title = page.title;
  enhance(fresh);
  return fresh;
}
