// SPDX-License-Identifier: Apache-2.0
// errors: the list of errors takes the focus when the page opens, and its links lead into the fields.
import { ErrorSummary } from "govuk-frontend/dist/govuk/components/error-summary/error-summary.mjs";

export function enhanceErrors(root) {
  const summary = root.querySelector('[data-module="govuk-error-summary"]');
  if (summary) {
    new ErrorSummary(summary);
  }
}
