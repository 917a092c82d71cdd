// SPDX-License-Identifier: Apache-2.0
// print: 打印. The button is hidden in the markup and shown here: without a script the browser's own menu prints.
export function enhancePrint(root) {
  for (const button of root.querySelectorAll("button[data-print][hidden]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
