# SPDX-License-Identifier: Apache-2.0
"""What lint reads: the tracked files, their includes, their functions."""
import os
import re
import subprocess

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
SKIPPED = ("tests/lint/bad/",)


class Tree:
    def __init__(self, root):
        self.root = root
        self.texts = {}

    def files(self, *endings):
        listed = subprocess.run(["git", "-C", self.root, "ls-files", "-co", "--exclude-standard", "-z"],
                                capture_output=True, check=False)
        if listed.returncode == 0:
            names = [n for n in listed.stdout.decode().split("\0") if n]
        else:
            names = [os.path.relpath(os.path.join(d, f), self.root) for d, _, fs in os.walk(self.root) for f in fs]
        return sorted(n for n in set(names) if n.endswith(endings) and not n.startswith(SKIPPED)
                      and os.path.isfile(os.path.join(self.root, n)))

    def text(self, name):
        if name not in self.texts:
            with open(os.path.join(self.root, name), encoding="utf-8", errors="replace") as f:
                self.texts[name] = f.read()
        return self.texts[name]

    def includes(self, name):
        return [(kind == '"', path) for kind, path in INCLUDE.findall(self.text(name))]

    def own_includes(self, name):
        return [p for own, p in self.includes(name) if own]


def blank(text):
    """The text with comments, strings and characters blanked, line by line in place."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r'[^\n]', ' ', m.group()), text)


def functions(text):
    """(name, first line, lines) of each function body of a C text in our brace style."""
    lines = blank(text).split("\n")
    found, start = [], None
    for number, line in enumerate(lines, 1):
        if line.startswith("{") and start is None:
            head = number - 1
            while head > 1 and lines[head - 2].strip() and not lines[head - 2].rstrip().endswith((";", "}", ">")) \
                    and not lines[head - 2].startswith("#"):
                head -= 1
            signature = " ".join(lines[head - 1:number - 1])
            name = re.search(r'(\w+)\s*\(', signature)
            start = (name.group(1), head) if name else ("", 0)
        elif line.startswith("}") and start is not None:
            if start[0]:
                found.append((start[0], start[1], number - start[1] + 1))
            start = None
    return found
