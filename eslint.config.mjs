// SPDX-License-Identifier: Apache-2.0
// The rules that find faults; how lines are laid out is nobody's business here.
const browser = Object.fromEntries([
  "AbortController", "Blob", "CSSStyleSheet", "CustomEvent", "DOMParser", "DataTransfer", "File", "FormData", "PerformanceObserver", "URL",
  "EventSource", "HTMLFormElement", "TextEncoder", "XMLHttpRequest", "atob", "btoa", "indexedDB", "setInterval", "clearInterval",
  "URLSearchParams", "addEventListener", "createImageBitmap", "crypto", "document", "fetch", "getComputedStyle",
  "location", "matchMedia", "navigator", "scrollTo", "setTimeout", "clearTimeout", "window",
].map((name) => [name, "readonly"]));
const node = Object.fromEntries(
  ["Buffer", "URL", "URLSearchParams", "clearTimeout", "fetch", "process", "setTimeout"].map((name) => [name, "readonly"]),
);

const rules = {
  "array-callback-return": "error",
  "consistent-return": "error",
  "constructor-super": "error",
  curly: "error",
  eqeqeq: "error",
  "for-direction": "error",
  "getter-return": "error",
  "max-lines": ["error", 200],
  "max-lines-per-function": ["error", 60],
  "no-async-promise-executor": "error",
  "no-const-assign": "error",
  "no-constant-condition": "error",
  "no-dupe-args": "error",
  "no-dupe-else-if": "error",
  "no-dupe-keys": "error",
  "no-duplicate-imports": "error",
  "no-empty": "error",
  "no-eval": "error",
  "no-fallthrough": "error",
  "no-implicit-globals": "error",
  "no-implied-eval": "error",
  "no-new-func": "error",
  "no-param-reassign": "error",
  "no-self-assign": "error",
  "no-shadow": "error",
  "no-unreachable": "error",
  "no-unsafe-finally": "error",
  "no-unused-vars": "error",
  "no-undef": "error",
  "no-use-before-define": ["error", { functions: false }],
  "no-var": "error",
  "no-restricted-properties": [
    "error",
    { property: "innerHTML", message: "markup comes from the server; set textContent" },
    { property: "outerHTML", message: "markup comes from the server" },
    { property: "insertAdjacentHTML", message: "markup comes from the server" },
  ],
  "prefer-const": "error",
  "valid-typeof": "error",
};

const base = { languageOptions: { ecmaVersion: 2022, sourceType: "module" }, linterOptions: { reportUnusedDisableDirectives: "error" } };

export default [
  { ignores: ["build/", "node_modules/", "www/dist/"] },
  { ...base, files: ["www/js/**/*.js"], languageOptions: { ...base.languageOptions, globals: browser }, rules },
  { ...base, files: ["www/build.mjs", "tests/lint/*.mjs", "eslint.config.mjs"], languageOptions: { ...base.languageOptions, globals: node }, rules },
  {
    ...base,
    // What is handed to page.evaluate runs in the browser, and may read markup to name a culprit.
    files: ["tests/browser/**/*.mjs"],
    languageOptions: { ...base.languageOptions, globals: { ...browser, ...node } },
    rules: { ...rules, "no-restricted-properties": "off" },
  },
];
