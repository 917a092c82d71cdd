// SPDX-License-Identifier: Apache-2.0
// region: choosing a province fills the next select, by the same round trip that the button makes without a script.
// Only the field is exchanged: what else was typed stays. Who goes through the list by keyboard asks many times: only the answer
// to the last choice counts.
async function refresh(group, form, pick, select) {
  const asked = select.value;
  const body = new URLSearchParams(new FormData(form));
  body.set(pick.name, pick.value);
  const response = await fetch(form.action, { method: "POST", body });
  if (!response.ok) {
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById(pick.value)?.closest(".govuk-form-group");
  if (fresh && group.isConnected && select.value === asked) {
    const focused = document.activeElement;
    group.replaceWith(fresh);
    enhanceRegion(fresh.parentElement);
    if (group.contains(focused)) {
      document.getElementById(focused.id)?.focus();
    }
  }
}

export function enhanceRegion(root) {
  for (const pick of root.querySelectorAll('.region button[name="_pick"]:not([hidden])')) {
    const group = pick.closest(".govuk-form-group");
    const selects = [...group.querySelectorAll("select")];
    pick.hidden = true;
    for (const select of selects.slice(0, -1)) {
      select.addEventListener("change", () => refresh(group, pick.form, pick, select));
    }
  }
}
