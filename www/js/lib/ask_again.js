// SPDX-License-Identifier: Apache-2.0
// ask_again: a new captcha, since the old one is used up.
export function askAgain() {
  const picture = document.querySelector(".captcha img");
  const captcha = document.getElementById("captcha");
  if (picture) {
    const from = new URL(picture.src);
    from.searchParams.set("again", Date.now());
    picture.src = from.href;
  }
  if (captcha) {
    captcha.value = "";
  }
}
