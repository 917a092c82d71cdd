// SPDX-License-Identifier: Apache-2.0
// copy: 复制到剪贴板, a button behind what carries data-copy. Made here: without a script it could do nothing.
import { say } from "./say.js";

const LOOK = "govuk-button govuk-button--secondary govuk-button--small";

// Pages served without TLS have no navigator.clipboard.
function copyBySelection(text) {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

async function copy(button, text) {
  const before = button.textContent;
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = copyBySelection(text);
    button.focus();
  }
  const word = done ? "已复制" : "无法复制，请手工选择";
  button.textContent = word;
  say(word);
  setTimeout(() => {
    button.textContent = before;
  }, 3000);
}

export function enhanceCopy(root) {
  for (const source of root.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: LOOK, textContent: "复制到剪贴板" });
    button.addEventListener("click", () => copy(button, source.textContent.replaceAll(/\s/g, "")));
    source.removeAttribute("data-copy");
    source.after(" ", button);
  }
}
