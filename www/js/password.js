// SPDX-License-Identifier: Apache-2.0
// password: a button that shows what was typed.
import { PasswordInput } from "govuk-frontend/dist/govuk/components/password-input/password-input.mjs";

const i18n = {
  showPassword: "显示",
  hidePassword: "隐藏",
  showPasswordAriaLabel: "显示密码",
  hidePasswordAriaLabel: "隐藏密码",
  passwordShownAnnouncement: "密码已显示",
  passwordHiddenAnnouncement: "密码已隐藏",
};

export function enhancePassword(root) {
  for (const element of root.querySelectorAll('[data-module="govuk-password-input"]')) {
    if (!element.hasAttribute("data-govuk-password-input-init")) {
      new PasswordInput(element, { i18n });
    }
  }
}
