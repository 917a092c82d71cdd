// SPDX-License-Identifier: Apache-2.0
// code: 发送验证码 without loading the page again, so that a password typed already stays; then a minute's wait.
import { say } from "./say.js";

const AGAIN_S = 60;

async function send(button, form) {
  const to = document.getElementById(button.dataset.to);
  const body = new URLSearchParams({ _csrf: form.elements._csrf.value, purpose: button.dataset.code, to: to?.value ?? "" });
  const answer = await fetch("/code", { method: "POST", body });
  const value = await answer.json();
  return { ok: answer.ok, message: value.message ?? value.detail };
}

function countDown(button, text, left) {
  button.disabled = left > 0;
  button.textContent = left > 0 ? `${left} 秒后可重新发送` : text;
  if (left > 0) {
    setTimeout(() => countDown(button, text, left - 1), 1000);
  }
}

function tell(group, { ok, message }) {
  const line = group.querySelector("[data-code-said]");
  line.hidden = false;
  line.textContent = message;
  line.classList.toggle("govuk-error-message", !ok);
  say(message);
}

export function enhanceCode(root) {
  for (const button of root.querySelectorAll("button[data-code]")) {
    const group = button.closest(".govuk-form-group"), text = button.textContent;
    button.addEventListener("click", async (event) => {
      event.preventDefault();
      button.disabled = true;
      const said = await send(button, button.form).catch(() => ({ ok: false, message: "没有发送成功，请检查网络后重试" }));
      tell(group, said);
      countDown(button, text, said.ok ? AGAIN_S : 0);
      if (said.ok) {
        group.querySelector("input").focus();
      }
    });
  }
}
