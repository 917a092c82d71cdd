// SPDX-License-Identifier: Apache-2.0
// elder: the size of text changes in place, so that nothing typed is lost. Without a script the same form posts and the
// page comes again.
import { say } from "./say.js";

function apply(size) {
  const { classList } = document.documentElement;
  classList.remove("elder", "elder-1", "elder-2", "elder-3");
  if (size !== "0") {
    classList.add("elder", `elder-${size}`);
  }
}

function mark(form, size) {
  const on = size !== "0";
  for (const button of form.querySelectorAll("button")) {
    const own = button.value;
    button.setAttribute("aria-pressed", String(own === size));
    button.closest("li").hidden = on ? own === "1" && button.dataset.enter !== undefined : button.dataset.enter === undefined;
  }
}

export function enhanceElder(root) {
  const form = root.querySelector("form[data-elder]");
  if (!form) {
    return;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const size = event.submitter.value;
    apply(size);
    mark(form, size);
    form.querySelector("li:not([hidden]) button").focus();
    say(size === "0" ? "已退出长辈版" : "已进入长辈版");
    const body = new URLSearchParams(new FormData(form));
    body.set("size", size);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
