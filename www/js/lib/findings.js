// SPDX-License-Identifier: Apache-2.0
// findings: what the check of rules said, as the list above the editor and as marks in it.

export function tag(label, tone) {
  const out = document.createElement("strong");
  out.className = `govuk-tag govuk-tag--${tone}`;
  out.textContent = label;
  return out;
}

function part(name, text) {
  const out = document.createElement("span");
  out.className = `findings__${name}`;
  out.textContent = text;
  return out;
}

function line(finding, base) {
  const item = document.createElement("li");
  item.className = `findings__one findings__one--${finding.severity}`;
  const isError = finding.severity === "error";
  const link = document.createElement("a");
  link.href = `${base}/file?name=${encodeURIComponent(finding.file)}&line=${finding.line}#editor`;
  link.textContent = finding.file ? `${finding.file} 第 ${finding.line} 行` : "整体";
  item.append(tag(isError ? "错误" : "提醒", isError ? "red" : "yellow"), " ", link, " ", part("said", finding.message));
  if (finding.mend) {
    item.append(" ", part("mend", finding.mend));
  }
  return item;
}

// As rules/findings.html.
export function list(place, findings, base) {
  const box = document.createElement(findings.length > 0 ? "ul" : "p");
  if (findings.length > 0) {
    box.className = "findings";
    box.append(...findings.map((one) => line(one, base)));
  } else {
    box.append(tag("没有发现问题", "green"));
  }
  place.replaceChildren(box);
}

// As diagnostics of the editor, for the file it shows.
export function diagnostics(doc, findings, name) {
  return findings.filter((one) => one.file === name).map((one) => {
    const at = doc.line(Math.min(Math.max(one.line, 1), doc.lines));
    const from = Math.min(at.from + Math.max(one.column - 1, 0), at.to);
    return { from, to: at.to, severity: one.severity, message: one.mend ? `${one.message}\n${one.mend}` : one.message };
  });
}
