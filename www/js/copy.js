// SPDX-License-Identifier: Apache-2.0
// copy: 复制到剪贴板. The button is hidden in the markup and shown here: without a script it could do nothing.
import { say } from "./say.js";

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

async function copy(button) {
  const text = button.dataset.copy;
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
  for (const button of root.querySelectorAll("button[data-copy][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
