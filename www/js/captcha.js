// SPDX-License-Identifier: Apache-2.0
// captcha: 看不清，换一张 without loading the page again.
import { say } from "./say.js";

export function enhanceCaptcha(root) {
  for (const link of root.querySelectorAll("a[data-captcha]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const image = document.getElementById(link.dataset.captcha);
      const url = new URL(image.src);
      url.searchParams.set("again", String(Date.now()));
      image.src = url.href;
      say("已换一张图片");
    });
  }
}
