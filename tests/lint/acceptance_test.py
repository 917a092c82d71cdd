#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/acceptance.md: every line is there once, and every test it names exists. `--open` counts what nothing proves yet."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WANTED = [f"S{n:03}" for n in range(1, 235)] + [f"C{n}" for n in range(1, 32)] + [f"J{n:02}" for n in range(1, 13)]
PROOF = re.compile(r'`([^`]+)` "([^"]+)"')


def rows(text):
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| line "):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def judge_proofs(line, cell, root):
    is_open = cell.startswith("open: ")
    proofs = PROOF.findall(cell)
    if not is_open and (not proofs or PROOF.sub("", cell.removeprefix("rules: ")).strip(" ,")):
        yield f'{line}: neither open with a word why nor a list of `file` "name of the test": {cell}'
    for path, name in proofs:
        try:
            with open(os.path.join(root, path), encoding="utf-8") as f:
                if name not in f.read():
                    yield f"{line}: {path} holds no test named {name}"
        except OSError:
            yield f"{line}: {path} is not there"


def judge(text, root):
    seen = []
    for cells in rows(text):
        if len(cells) != 3:
            yield f"a row with {len(cells)} cells: {cells[0]}"
            continue
        seen.append(cells[0])
        yield from judge_proofs(cells[0], cells[2], root)
    for line in WANTED:
        if seen.count(line) != 1:
            yield f"{line} stands {seen.count(line)} times"
    for line in sorted(set(seen) - set(WANTED)):
        yield f"{line} is no line of the list"


def goes_red(text):
    """Each fault that can be in the table is found."""
    for broken, what in ((text.replace("| S007 |", "| S008 |"), "S007"), (text + "| S999 | x | open |\n", "S999"),
                         (text + '| C1 | x | `tests/none.py` "x" |\n', "tests/none.py"), (text + "| C1 | x | later |\n", "later"), (text + "| C1 | x | open |\n", "a word why"),
                         (text + '| C1 | x | `tests/lint/lint.py` "no such words" |\n'.replace("such", "su" "ch"), "no test named")):
        assert any(what in finding for finding in judge(broken, ROOT)), what


def main():
    with open(os.path.join(ROOT, "tests/acceptance.md"), encoding="utf-8") as f:
        text = f.read()
    if "--open" in sys.argv:
        for mark, word in (("open: ", "open"), ("rules: ", "proved for the rules only")):
            left = [cells[0] for cells in rows(text) if cells[-1].startswith(mark)]
            print(len(left), "of", len(WANTED), word + ":", " ".join(left))
    goes_red(text)
    findings = list(judge(text, ROOT))
    print("\n".join(findings))
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
