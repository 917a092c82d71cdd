// SPDX-License-Identifier: Apache-2.0
// summary: the error summary of part/errors.html, made in the browser for what happens there.

// As part/errors.html: the list on top has the focus, each line leads to its field.
export function showErrors(place, list) {
  place.replaceChildren();
  if (list.length === 0) {
    return;
  }
  const summary = document.createElement("div");
  summary.className = "govuk-error-summary";
  summary.tabIndex = -1;
  summary.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = `信息有误，请修改下面 ${list.length} 处`;
  const lines = document.createElement("ul");
  lines.className = "govuk-error-summary__list";
  for (const error of list) {
    const link = document.createElement("a");
    link.href = `#${document.getElementById(error.field) ? error.field : "main"}`;
    link.textContent = error.message;
    const line = document.createElement("li");
    line.append(link);
    lines.append(line);
  }
  summary.append(title, lines);
  place.append(summary);
  summary.focus();
}
