// SPDX-License-Identifier: Apache-2.0
// editor: CodeMirror in the place of the text area of a rules file. The area stays and is what the form posts; while
// somebody types, the server checks, and what it finds stands in the gutter and above. Links of the page to lines of this
// file (findings, tests, states of the graph) move the cursor; what was typed stays.
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, defaultHighlightStyle, foldGutter, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { lintGutter, linter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";

import { diagnostics, list } from "../lib/findings.js";
import { phrases } from "../lib/phrases.js";
import { showTests } from "../lib/tests.js";
import { completing, explaining, named } from "../lib/words.js";

const WAIT_MS = 100;
const form = document.querySelector("[data-editor]");
const area = form?.querySelector("textarea");

async function check(doc, more = {}) {
  const response = await fetch(form.dataset.check, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ _csrf: form.elements._csrf.value, name: form.dataset.name, body: doc.toString(), ...more }),
  });
  return response.ok ? response.json() : null;
}

function show(doc, findings) {
  list(document.getElementById("findings"), findings, form.dataset.check.replace(/\/typed$/u, ""));
  return diagnostics(doc, findings, form.dataset.name);
}

async function lint(view) {
  const { doc } = view.state;
  const said = await check(doc).catch(() => null);
  return said ? show(doc, said.findings) : [];
}

// Everything that the full check says, and each test green or red.
async function runTests(view, button) {
  button.disabled = true;
  const { doc } = view.state;
  const said = await check(doc, { tests: "1" }).catch(() => null);
  button.disabled = false;
  button.focus();
  if (said) {
    view.dispatch(setDiagnostics(view.state, show(doc, said.findings)));
    showTests(document.querySelector("[data-tests]"), said.tests);
  }
}

function save() {
  form.requestSubmit(form.querySelector('button[value="save"]'));
  return true;
}

function extensions(known) {
  return [
    EditorView.cspNonce.of(document.querySelector("script[nonce]").nonce), EditorState.phrases.of(phrases),
    EditorView.contentAttributes.of({ id: "editor", tabindex: "0", "aria-label": `${form.dataset.name} 的内容` }),
    lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
    indentUnit.of("    "), StreamLanguage.define(lua), syntaxHighlighting(defaultHighlightStyle), search({ top: true }), highlightSelectionMatches(),
    autocompletion({ override: [completing(known)] }), hoverTooltip(explaining(known)), linter(lint, { delay: WAIT_MS }), lintGutter(),
    keymap.of([{ key: "Mod-s", run: save }, { key: "Tab", run: acceptCompletion }, indentWithTab, ...completionKeymap, ...searchKeymap, ...lintKeymap,
      ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        area.value = update.state.doc.toString();
      }
    }),
  ];
}

function jump(view, line) {
  const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines)).from;
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

// The line of this file that a link leads to; 0 for other links.
function lineOf(link) {
  const [there, here] = [new URL(link.getAttribute("href"), location.href), new URL(location.href)];
  const same = there.pathname === here.pathname && there.searchParams.get("name") === form.dataset.name;
  return same ? Number(there.searchParams.get("line") ?? 0) : 0;
}

function follow(view) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    const line = link && !event.ctrlKey && !event.metaKey ? lineOf(link) : 0;
    if (line > 0) {
      event.preventDefault();
      jump(view, line);
    }
  });
  form.querySelector('button[value="test"]').addEventListener("click", (event) => {
    event.preventDefault();
    runTests(view, event.currentTarget);
  });
}

async function words() {
  const response = await fetch(form.dataset.words, { headers: { Accept: "application/json" } }).catch(() => null);
  return response?.ok ? named(await response.json()) : [];
}

function open() {
  const parent = document.createElement("div");
  parent.className = "code code--live";
  area.before(parent);
  area.hidden = true;
  area.id = "editor-text";
  form.querySelector('label[for="editor"]').hidden = true;
  form.querySelector("[data-editor-hint]").hidden = false;
  const view = new EditorView({ parent, state: EditorState.create({ doc: area.value, extensions: extensions(words()) }) });
  if (form.dataset.line) {
    jump(view, Number(form.dataset.line));
  }
  follow(view);
}

if (area) {
  open();
}
