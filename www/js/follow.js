// SPDX-License-Identifier: Apache-2.0
// follow: parts of a form that follow its answers (price, expiry, fields that appear), by the same round trip that the button
// makes without a script. data-follow names the elements to exchange; data-from the answers they follow (all, unless told).
async function refresh(box, pick) {
  const body = new URLSearchParams(new FormData(pick.form));
  body.set(pick.name, pick.value);
  const response = await fetch(pick.form.action, { method: "POST", body });
  if (!response.ok) {
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const id of box.dataset.follow.split(" ")) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (old && fresh) {
      const at = document.activeElement?.id;
      old.replaceWith(fresh);
      document.getElementById(at)?.focus();
    }
  }
}

export function enhanceFollow(root) {
  for (const box of root.querySelectorAll(".follow")) {
    const pick = box.querySelector('button[name="_pick"]:not([hidden])');
    if (!pick) {
      continue;
    }
    pick.hidden = true;
    const from = box.dataset.from?.split(" ");
    pick.form.addEventListener("change", (event) => {
      if (event.target.type === "radio" && (!from || from.includes(event.target.name))) {
        refresh(box, pick);
      }
    });
  }
}
