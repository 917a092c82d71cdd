// SPDX-License-Identifier: Apache-2.0
// words: completion and hover of the rules editor: what the server says rules may use, and effects inside quotes.

// A source of completions for the words { label, signature, info, type }.
export function completing(words) {
  const options = words.map((one) => ({ label: one.label, detail: one.signature === one.label ? undefined : one.signature, info: one.info, type: one.type }));
  return (context) => {
    const before = context.matchBefore(/[\w.]+/u);
    return before || context.explicit ? { from: before?.from ?? context.pos, options, validFor: /^[\w.]*$/u } : null;
  };
}

// The word that lies around a place of a line, "string.format" as one.
function around(line, at) {
  const left = /[\w.]*$/u.exec(line.text.slice(0, at - line.from))[0];
  const right = /^\w*/u.exec(line.text.slice(at - line.from))[0];
  return { from: at - left.length, to: at + right.length, text: left + right };
}

// What stands in the tip over a word; null where nothing is known.
export function explaining(words) {
  const known = new Map(words.map((one) => [one.label, one]));
  return (view, at) => {
    const word = around(view.state.doc.lineAt(at), at);
    const found = known.get(word.text);
    if (!found) {
      return null;
    }
    return {
      pos: word.from,
      end: word.to,
      create() {
        const dom = document.createElement("div");
        dom.className = "tip";
        dom.textContent = `${found.signature}：${found.info}`;
        return { dom };
      },
    };
  };
}
