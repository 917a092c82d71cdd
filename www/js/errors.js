// SPDX-License-Identifier: Apache-2.0
// errors: after a form was sent the focus stands on what the page has to say: the list of errors, whose links lead into
// the fields, or the notice of what was done.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";

export function enhanceErrors(root) {
  const summary = root.querySelector('[data-module="govuk-error-summary"]');
  if (summary) {
    new ErrorSummary(summary);
    return;
  }
  const notice = root.querySelector('.notice[role="alert"]');
  if (notice) {
    notice.tabIndex = -1;
    notice.focus();
  }
}
