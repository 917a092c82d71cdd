#!/bin/sh
# Fetches the pinned sources into a cache outside the clone and builds BoringSSL there, once.
# Usage: deps.sh            prints the cache folder on its last line of standard output.
# The machine's own package sources stay untouched: apt reads a configuration of our own inside the cache, with the
# mirror taken from the machine's sources, and checks the signatures itself.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(dirname "$here")
cache=${CERTHALL_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/certhall}
stamp=$(cat "$here/pins" "$here/deps.sh" "$root/cmake/boringssl/CMakeLists.txt" | sha256sum | cut -c1-12)
home=$cache/deps-$stamp

say() { printf '%s\n' "$*" >&2; }
die() { say "certhall: $*"; exit 1; }

[ -f "$home/.complete" ] && { echo "$home"; exit 0; }
mkdir -p "$cache" 2>/dev/null || die "the cache folder $cache cannot be created (set CERTHALL_CACHE to a writable one)"
[ -w "$cache" ] || die "the cache folder $cache is not writable (set CERTHALL_CACHE to a writable one)"
exec 9>"$cache/.lock"
flock 9
[ -f "$home/.complete" ] && { echo "$home"; exit 0; }
free=$(df -Pk "$cache" | awk 'NR==2{print $4}')
[ "$free" -gt 700000 ] || die "the disk holding $cache has less than 700 MB free"
work=$cache/.making
rm -rf "$work"
mkdir -p "$work/files"
trap 'rm -rf "$work"' EXIT INT TERM

mirror() {
    sed -n 's/^URIs: *\([^ ]*\).*/\1/p' /etc/apt/sources.list.d/*.sources 2>/dev/null | grep '/debian/*$' | head -n 1 | grep . ||
        sed -n 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        grep '/debian/*$' | head -n 1 | grep . || die "no Debian mirror is named in this machine's package sources"
}

apt_own() {
    command=$1
    shift
    "$command" -q -o "Dir::Etc::SourceList=$work/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

prepare_apt() {
    mkdir -p "$work/apt/lists/partial" "$work/apt/cache/archives/partial"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -r "$key" ] || die "the package debian-archive-keyring is missing"
    from=$(mirror)
    for type in deb deb-src; do
        echo "$type [signed-by=$key] $from trixie main"
    done >"$work/apt/sources.list"
    apt_own apt-get update >"$work/apt/log" 2>&1 && ! grep -q '^\(W\|E\):.*Failed to fetch' "$work/apt/log" ||
        { tail -n 3 "$work/apt/log" >&2; die "the package mirror cannot be reached; nothing was changed"; }
}

fetch_one() { # package kind file sha256
    cached=$cache/files/$3
    if ! { [ -f "$cached" ] && echo "$4  $cached" | sha256sum -c --quiet >/dev/null 2>&1; }; then
        [ -d "$work/apt" ] || prepare_apt
        say "    fetching $3"
        if [ "$2" = source ]; then
            (cd "$work/files" && apt_own apt-get source --tar-only --download-only "$1") >>"$work/apt/log" 2>&1
        else
            (cd "$work/files" && apt_own apt-get download "$1") >>"$work/apt/log" 2>&1
        fi || { tail -n 3 "$work/apt/log" >&2; die "$1 could not be fetched from the package mirror"; }
        [ -f "$work/files/$3" ] || die "the mirror no longer has $3; the pin in build-support/pins must be moved on"
        echo "$4  $work/files/$3" | sha256sum -c --quiet >/dev/null 2>&1 || die "$3 has another checksum than its pin"
        mkdir -p "$cache/files"
        mv "$work/files/$3" "$cached"
    fi
}

unpack() { # name file
    mkdir -p "$work/home/$1"
    case $2 in
    *.deb) dpkg -x "$cache/files/$2" "$work/home/$1" ;;
    *) tar xf "$cache/files/$2" -C "$work/home/$1" --strip-components=1 ;;
    esac
}

replace() { # file, what must stand there (fixed string), sed expression
    grep -qF -- "$2" "$1" || die "$1 is not as expected; the patch in build-support/deps.sh must be looked at"
    sed -i "$3" "$1"
}

# Text chunks only: undumping always fails. The stack bound keeps runaway scripts small (security: C stack and memory).
patch_lua() {
    src=$work/home/lua/src
    replace "$src/lundump.c" 'LClosure *luaU_undump' \
        's|^LClosure \*luaU_undump(lua_State \*L, ZIO \*Z, const char \*name) {|&\n  if (L != NULL) luaG_runerror(L, "bytecode is refused");|'
    grep -qF 'bytecode is refused' "$src/lundump.c" || die "lundump.c could not be patched"
    replace "$src/luaconf.h" '#define LUAI_MAXSTACK		1000000' 's|#define LUAI_MAXSTACK		1000000|#define LUAI_MAXSTACK		20000|'
}

build_boringssl() {
    say "    building BoringSSL (about 90 seconds on two cores)"
    cmake -S "$root/cmake/boringssl" -B "$work/bssl" -G Ninja -DSOURCE="$work/home/boringssl" \
        -DCMAKE_BUILD_TYPE=Release >"$work/bssl.log" 2>&1 && ninja -C "$work/bssl" >>"$work/bssl.log" 2>&1 ||
        { tail -n 15 "$work/bssl.log" >&2; die "BoringSSL could not be built"; }
    mkdir -p "$work/home/bssl/lib"
    cp "$work/bssl/libssl.a" "$work/bssl/libcrypto.a" "$work/home/bssl/lib/"
    cp -r "$work/home/boringssl/src/include" "$work/home/bssl/include"
    rm -rf "$work/home/boringssl"
}

grep -v '^#' "$here/pins" | while read -r name package kind file sum; do
    fetch_one "$package" "$kind" "$file" "$sum"
    unpack "$name" "$file"
done
patch_lua
build_boringssl
touch "$work/home/.complete"
rm -rf "$home"
mv "$work/home" "$home"
echo "$home"
