// SPDX-License-Identifier: Apache-2.0
// words: completion and hover of the rules editor: what the server says rules may use and the draft declares. Between quotes stand
// names, types, events and effects; outside functions, properties and facts.
const QUOTED = new Set(["class", "constant", "enum", "type"]);

// As the server sends them: [label, what it is, sentence, type]; a function is told by how it is called.
export const named = (rows) => rows.map(([label, what, info, type]) => ({ label, info, type, signature: type === "function" ? what : `${what} ${label}` }));

const isQuoted = (before) => before.replace(/\\./gu, "").split('"').length % 2 === 0;

function fitting(words, before) {
  const quoted = isQuoted(before);
  return words.filter((one) => QUOTED.has(one.type) === quoted);
}

function option({ label, signature, info, type }) {
  return { label, detail: signature === label ? undefined : signature, info: info || undefined, type };
}

// A source of completions; words: a promise of { label, signature, info, type }.
export function completing(words) {
  return async (context) => {
    const found = context.matchBefore(/[\w.]+/u);
    if (!found && !context.explicit) {
      return null;
    }
    const line = context.state.doc.lineAt(context.pos);
    const options = fitting(await words, line.text.slice(0, context.pos - line.from)).map(option);
    return { from: found?.from ?? context.pos, options, validFor: /^[\w.]*$/u };
  };
}

// The word that lies around a place of a line, "string.format" as one.
function around(line, at) {
  const left = /[\w.]*$/u.exec(line.text.slice(0, at - line.from))[0];
  const right = /^\w*/u.exec(line.text.slice(at - line.from))[0];
  return { from: at - left.length, to: at + right.length, text: left + right };
}

function tip(found) {
  const dom = document.createElement("div");
  dom.className = "tip";
  for (const one of found) {
    const said = document.createElement("p");
    said.textContent = one.info ? `${one.signature}：${one.info}` : one.signature;
    dom.append(said);
  }
  return { dom };
}

// What stands in the tip over a word; null where nothing is known.
export function explaining(words) {
  return async (view, at) => {
    const line = view.state.doc.lineAt(at);
    const word = around(line, at);
    const same = (await words).filter((one) => one.label === word.text);
    const fits = fitting(same, line.text.slice(0, word.from - line.from));
    const found = fits.length > 0 ? fits : same;
    return found.length > 0 ? { pos: word.from, end: word.to, create: () => tip(found) } : null;
  };
}
