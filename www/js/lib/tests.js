// SPDX-License-Identifier: Apache-2.0
// tests: the outcome of the rules' own tests as a list, as rules/tests.html.
import { tag } from "./findings.js";

function row(test) {
  const item = document.createElement("li");
  const place = document.createElement(test.href ? "a" : "span");
  place.textContent = test.href ? `${test.file} 第 ${test.line} 行` : test.file;
  if (test.href) {
    place.href = test.href;
  }
  item.append(tag(test.ok ? "通过" : "未通过", test.ok ? "green" : "red"), " ", place, ` ${test.name}${test.message ? `：${test.message}` : ""}`);
  return item;
}

// Fills the section of the page and shows it.
export function showTests(section, tests) {
  const place = section.querySelector("[data-tests-list]");
  const list = document.createElement(tests.length > 0 ? "ul" : "p");
  if (tests.length > 0) {
    list.className = "tests__list";
    list.append(...tests.map(row));
  } else {
    list.textContent = "规则有错误，改正后才能运行测试。";
  }
  place.replaceChildren(list);
  section.hidden = false;
}
