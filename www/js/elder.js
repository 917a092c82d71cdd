// SPDX-License-Identifier: Apache-2.0
// elder: the size of text changes in place, so that nothing typed is lost. Without a script the same form posts and the
// page comes again.
import { say } from "./say.js";

const SIZES = [["1", "标准大字"], ["2", "更大"], ["3", "最大"], ["0", "退出长辈版"]];

// A page that came in its normal size has the first button only.
function complete(form) {
  const list = form.querySelector("ul");
  if (list.children.length > 1) {
    return;
  }
  for (const [value, text] of SIZES) {
    const button = Object.assign(document.createElement("button"), { type: "submit", name: "size", value, textContent: text });
    const item = Object.assign(document.createElement("li"), { hidden: true });
    item.append(button);
    list.append(item);
  }
}

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
    const enters = button.dataset.enter !== undefined;
    button.closest("li").hidden = on === enters;
    if (!enters && button.value !== "0") {
      button.setAttribute("aria-pressed", String(button.value === size));
    }
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
    complete(form);
    apply(size);
    mark(form, size);
    form.querySelector("li:not([hidden]) button").focus();
    say(size === "0" ? "已退出长辈版" : "已进入长辈版");
    const body = new URLSearchParams(new FormData(form));
    body.set("size", size);
    await fetch(form.action, { method: "POST", body, redirect: "manual" });
  });
}
