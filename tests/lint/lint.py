#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The structure of the project as a test: levels, cycles, sizes, headers, globals, words that must not land.

Usage: lint.py [--root DIR] [--objects DIR] [--only CHECK …]
Rules and exceptions stand in rules.json beside this file; each exception carries its reason.
"""
import argparse
import concurrent.futures
import json
import os
import re
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tree import Tree, functions  # noqa: E402


def folder_of(name, levels):
    fits = [f for f in levels if name.startswith(f + "/")]
    return max(fits, key=len) if fits else None


def check_levels(tree, rules):
    levels = rules["levels"]
    for name in tree.files(".c", ".h"):
        mine = folder_of(name, levels)
        if not mine:
            continue
        for path in tree.own_includes(name):
            theirs = folder_of(path, levels)
            if theirs in (mine, None):
                continue
            only = rules["below_only"].get(mine)
            if levels[theirs] >= levels[mine]:
                yield f"{name}: {mine} (level {levels[mine]}) includes {path} of level {levels[theirs]}"
            elif only and theirs not in only:
                yield f"{name}: {mine} may include only {', '.join(only)}, not {path}"


def check_third_party(tree, rules):
    for name in tree.files(".c", ".h"):
        if not folder_of(name, rules["levels"]):
            continue
        for own, path in tree.includes(name):
            fits = [p for p in rules["third_party"] if path.startswith(p)]
            if own or not fits:
                continue
            places = rules["third_party"][max(fits, key=len)]
            if not name.startswith(tuple(places)):
                yield f"{name}: <{path}> belongs in {', '.join(places)} only"


def check_cycles(tree, _rules):
    graph = {n: [p for p in tree.own_includes(n)] for n in tree.files(".h")}
    state = {}

    def visit(node, path):
        state[node] = 1
        for after in graph.get(node, []):
            if state.get(after) == 1:
                yield "include cycle: " + " -> ".join(path[path.index(after):] + [after])
            elif after in graph and after not in state:
                yield from visit(after, path + [after])
        state[node] = 2

    for node in graph:
        if node not in state:
            yield from visit(node, [node])


def check_sizes(tree, rules):
    caps, lengths = rules["caps"], []
    for name in tree.files(".c", ".h", ".lua"):
        if not name.startswith(tuple(rules["caps_apply_to"])):
            continue
        count = tree.text(name).count("\n")
        cap = caps[os.path.splitext(name)[1]]
        if name == "core/base/base.h":
            cap = caps["base.h"]
        if count > cap and name not in rules["exceptions"]:
            yield f"{name}: {count} lines, cap {cap}"
        if not name.endswith(".c"):
            continue
        for function, line, size in functions(tree.text(name)):
            if name.startswith(("core/", "store/")):
                lengths.append(size)
            if size > caps["function"] and f"{name}:{function}" not in rules["exceptions"]:
                yield f"{name}:{line}: {function} has {size} lines, cap {caps['function']}"
    if lengths:
        median, p90 = statistics.median(lengths), sorted(lengths)[int(len(lengths) * 0.9)]
        print(f"{len(lengths)} functions: median {median:g} lines, p90 {p90}, longest {max(lengths)}")
        if median > caps["function_median"]:
            yield f"median function has {median:g} lines, cap {caps['function_median']}"
        if p90 > caps["function_p90"]:
            yield f"p90 function has {p90} lines, cap {caps['function_p90']}"


def check_widest_header(tree, rules):
    sources = [n for n in tree.files(".c") if folder_of(n, rules["levels"])]
    users = {}
    for name in sources:
        for path in set(tree.own_includes(name)):
            users.setdefault(path, set()).add(name)
    if len(sources) < 10:
        return
    for path, names in users.items():
        share = len(names) / len(sources)
        if share > rules["caps"]["widest_header_share"] and path != "core/base/base.h":
            yield f"{path} is included by {share:.0%} of the .c files"


def compile_header(root, name, flags):
    command = ["gcc", "-std=c17", "-D_GNU_SOURCE", "-fsyntax-only", "-Wall", "-Wextra", "-I", root, *flags, "-x", "c", name]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    first = (done.stderr.strip().split("\n") or [""])[0]
    return None if done.returncode == 0 else f"{name} does not compile alone: {first}"


def include_flags(objects):
    """The -I and -isystem folders that the build itself uses."""
    path = os.path.join(objects or "", "compile_commands.json")
    if not os.path.isfile(path):
        return []
    with open(path, encoding="utf-8") as f:
        words = " ".join(c["command"] for c in json.load(f))
    flags = set(re.findall(r'(?:-isystem |-I ?)(/\S+)', words))
    return [w for folder in sorted(flags) for w in ("-isystem", folder)]


def check_headers(tree, rules):
    headers = [n for n in tree.files(".h") if folder_of(n, rules["levels"])]
    flags = include_flags(rules.get("objects"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from filter(None, pool.map(lambda n: compile_header(tree.root, n, flags), headers))


def check_globals(_tree, rules):
    """Symbols in writable sections of our own objects."""
    if not rules.get("objects"):
        return
    for folder, _, names in os.walk(rules["objects"]):
        if not re.search(r'/certhall_\w+\.dir', folder):
            continue
        for name in (n for n in names if n.endswith(".o")):
            listing = subprocess.run(["objdump", "-t", os.path.join(folder, name)], capture_output=True, text=True,
                                     check=False)
            for section, symbol in re.findall(r'^[0-9a-f]+ .{6}O (\S+)\s+[0-9a-f]+ (?:\.hidden )?(\S+)$', listing.stdout, re.M):
                plain = symbol.split(".")[0]
                writable = re.match(r'\.(data(?!\.rel\.ro)|bss|tdata|tbss)|\*COM\*', section)
                if writable and not symbol.startswith((".", "__")) and plain not in rules["globals_allowed"]:
                    yield f"{name}: mutable global {symbol} in {section}"


def check_words(tree, rules):
    words = re.compile(r'\b(' + "|".join(rules["marks"]) + r')\b|not implemented|unimplemented')
    places = re.compile(r'(?<![\w./:-])/(?:work|root|home/\w+)/\w')
    endings = (".c", ".h", ".lua", ".py", ".sh", ".mjs", ".md", ".cmake", ".txt", ".json", ".html", ".scss")
    for name in tree.files(*endings):
        if name.startswith("tests/lint/") or name == "package-lock.json":
            continue
        for number, line in enumerate(tree.text(name).split("\n"), 1):
            if words.search(line):
                yield f"{name}:{number}: a mark of unfinished work: {line.strip()[:80]}"
            if places.search(line):
                yield f"{name}:{number}: a path of one machine: {line.strip()[:80]}"


def check_spdx(tree, _rules):
    for name in tree.files(".c", ".h"):
        if not tree.text(name).startswith("// SPDX-License-Identifier: "):
            yield f"{name}: the first line is not the SPDX line"


CHECKS = {"levels": check_levels, "third_party": check_third_party, "cycles": check_cycles, "sizes": check_sizes,
          "widest": check_widest_header, "headers": check_headers, "globals": check_globals, "words": check_words,
          "spdx": check_spdx}


def run(root, objects=None, only=None):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "rules.json"), encoding="utf-8") as f:
        rules = json.load(f)
    rules["objects"] = objects
    tree = Tree(root)
    return [f"{name}: {finding}" for name, check in CHECKS.items() if not only or name in only
            for finding in check(tree, rules)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(here)))
    parser.add_argument("--objects")
    parser.add_argument("--only", nargs="*")
    args = parser.parse_args()
    findings = run(os.path.abspath(args.root), args.objects, args.only)
    print("\n".join(findings))
    print(f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
