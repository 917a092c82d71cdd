// SPDX-License-Identifier: Apache-2.0
// strength: how strong a new password is while it is typed. It follows scripts/lib/field/password.lua, which alone decides.
const words = ["太短或太简单", "太简单", "一般", "较强", "强"];

// How many characters stand in rows like 1234, abcd or aaaa.
function inRows(value) {
  let rows = 0, run = 1;
  for (let i = 1; i <= value.length; i += 1) {
    const step = i < value.length ? value.charCodeAt(i) - value.charCodeAt(i - 1) : NaN;
    if (Math.abs(step) <= 1) {
      run += 1;
    } else {
      rows += run >= 4 ? run : 0;
      run = 1;
    }
  }
  return rows;
}

function strength(value) {
  const rest = value.toLowerCase();
  const length = Math.min(rest.length - Math.floor(inRows(rest) / 2), new Set(rest).size * 2);
  if (value.length < 8 || length < 6) {
    return length < 4 ? 0 : 1;
  }
  const classes = [/\d/, /[a-z]/, /[A-Z]/, /[^0-9A-Za-z]/].filter((kind) => kind.test(value)).length;
  const score = length + classes * 2;
  return score >= 20 ? 4 : score >= 15 ? 3 : score >= 10 ? 2 : 1;
}

export function enhanceStrength(root) {
  for (const input of root.querySelectorAll('input[autocomplete="new-password"]:not([data-repeats])')) {
    const line = document.createElement("p");
    line.className = "govuk-hint";
    line.setAttribute("role", "status");
    input.closest(".govuk-form-group").append(line);
    input.addEventListener("input", () => {
      line.textContent = input.value ? `密码强度：${words[strength(input.value)]}` : "";
    });
  }
}
