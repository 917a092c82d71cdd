#!/bin/sh
# Makes scripts/generated/luacheck, the stages of luacheck that judge one text, from the pinned package lua-check.
# Usage: luacheck.sh DEPS    the folder that deps.sh printed
# Scripts have neither require nor package: each file gets them before its first word, so that line numbers stay.
set -eu
root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
from=$1/luacheck/usr/share/lua/5.1/luacheck
out=$root/scripts/generated/luacheck
names='local require, package, debug, _VERSION = use "lib/bundle_check/luacheck_names" (); '
files="utils check_state core_utils decoder unicode unicode_printability_boundaries lexer parser
    stages/parse stages/unwrap_parens stages/linearize stages/name_functions stages/resolve_locals
    stages/detect_empty_blocks stages/detect_empty_statements stages/detect_globals stages/detect_reversed_fornum_loops
    stages/detect_unbalanced_assignments stages/detect_uninit_accesses stages/detect_unreachable_code
    stages/detect_unused_fields stages/detect_unused_locals"

rm -rf "$out.new"
mkdir -p "$out.new/stages"
for file in $files; do
    { printf '%s' "$names"; cat "$from/$file.lua"; } >"$out.new/$file.lua"
done
if diff -rq "$out.new" "$out" >/dev/null 2>&1; then
    rm -rf "$out.new"
else
    rm -rf "$out"
    mv "$out.new" "$out"
fi
