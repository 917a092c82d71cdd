// SPDX-License-Identifier: Apache-2.0
// editor: CodeMirror in the place of the text area of a rules file. The area stays and is what the form posts; while
// somebody types, the server checks, and what it finds stands in the gutter and above.
import { acceptCompletion, autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, defaultHighlightStyle, foldGutter, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { lua } from "@codemirror/legacy-modes/mode/lua";
import { lintGutter, linter, lintKeymap } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, hoverTooltip, keymap, lineNumbers } from "@codemirror/view";

import { diagnostics, list } from "../lib/findings.js";
import { phrases } from "../lib/phrases.js";
import { completing, explaining } from "../lib/words.js";

const WAIT_MS = 500;
const form = document.querySelector("[data-editor]");
const area = form?.querySelector("textarea");

async function check(doc) {
  const response = await fetch(form.dataset.check, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams({ _csrf: form.elements._csrf.value, name: form.dataset.name, body: doc.toString() }),
  });
  return response.ok ? (await response.json()).findings : null;
}

async function lint(view) {
  const { doc } = view.state;
  const findings = await check(doc).catch(() => null);
  if (!findings) {
    return [];
  }
  list(document.getElementById("findings"), findings, form.dataset.check.replace(/\/check$/u, ""));
  return diagnostics(doc, findings, form.dataset.name);
}

function save() {
  form.requestSubmit(form.querySelector('button[value="save"]'));
  return true;
}

function extensions(words) {
  return [
    EditorView.cspNonce.of(document.querySelector("script[nonce]").nonce), EditorState.phrases.of(phrases),
    EditorView.contentAttributes.of({ id: "editor", tabindex: "0", "aria-label": `${form.dataset.name} 的内容` }),
    lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), highlightActiveLine(),
    indentUnit.of("    "), StreamLanguage.define(lua), syntaxHighlighting(defaultHighlightStyle), search({ top: true }), highlightSelectionMatches(),
    autocompletion({ override: [completing(words)] }), hoverTooltip(explaining(words)), linter(lint, { delay: WAIT_MS }), lintGutter(),
    keymap.of([{ key: "Mod-s", run: save }, { key: "Tab", run: acceptCompletion }, indentWithTab, ...completionKeymap, ...searchKeymap, ...lintKeymap,
      ...historyKeymap, ...defaultKeymap]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) {
        area.value = update.state.doc.toString();
      }
    }),
  ];
}

// The line that a finding or a state of the graph leads to.
function wanted(doc) {
  const line = Number(form.dataset.line ?? 0);
  return line > 0 ? doc.line(Math.min(line, doc.lines)).from : null;
}

function open() {
  const words = JSON.parse(form.dataset.words);
  const parent = document.createElement("div");
  parent.className = "code code--live";
  area.before(parent);
  area.hidden = true;
  area.id = "editor-text";
  form.querySelector('label[for="editor"]').hidden = true;
  form.querySelector("[data-editor-hint]").hidden = false;
  const view = new EditorView({ parent, state: EditorState.create({ doc: area.value, extensions: extensions(words) }) });
  const at = wanted(view.state.doc);
  if (at !== null) {
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    view.focus();
  }
}

if (area) {
  open();
}
