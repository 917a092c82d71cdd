// SPDX-License-Identifier: Apache-2.0
// send: a second click on 提交 does nothing while the first is under way. It spares the
// server the second question; services refuse doubles by themselves, for nobody need run this.
const AGAIN_MS = 8000;

export function enhanceSend(root) {
  for (const form of root.querySelectorAll('form[method="post"]:not([data-elder])')) {
    form.addEventListener("submit", (event) => {
      const now = Date.now();
      if (now - Number(form.dataset.sent ?? 0) < AGAIN_MS) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = String(now);
    });
  }
}

// Back from the next page out of the browser's cache: the form may be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
    }
  }
});
