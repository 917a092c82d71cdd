// SPDX-License-Identifier: Apache-2.0
// count: how many characters may still be typed. Typing more is allowed: the server says so, nothing is cut.
export function enhanceCount(root) {
  for (const field of root.querySelectorAll("textarea[data-max]")) {
    const text = document.getElementById(`${field.id}-count`);
    const max = Number(field.dataset.max);
    const show = () => {
      const left = max - [...field.value.trim()].length;
      text.textContent = left < 0 ? `超出 ${-left} 个字` : `还可以输入 ${left} 个字`;
      text.classList.toggle("count--over", left < 0);
    };
    field.addEventListener("input", show);
    show();
  }
}
