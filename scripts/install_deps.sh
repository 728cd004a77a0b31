#!/usr/bin/env bash
# Installs what rollcast is built with, from Debian 12's own packages. Root, or a user with sudo.
#
#   scripts/install_deps.sh                 compiler, build tools and libraries
#   scripts/install_deps.sh --web           and a browser, in which a test looks at the page of a run
#   scripts/install_deps.sh --schemas       and what holds JUnit and SARIF against their schemas
#   scripts/install_deps.sh --checks        and what scripts/check.sh needs
#   scripts/install_deps.sh --bench-peers   and SimGrid, which the fair-share benchmark runs beside
set -euo pipefail

packages=(
    git g++ cmake ninja-build
    libboost-graph-dev libeigen3-dev nlohmann-json3-dev libcli11-dev libfmt-dev
    librandom123-dev libssl-dev libsqlite3-dev libjs-dygraphs
    libbenchmark-dev doctest-dev librapidcheck-dev
)
for option in "$@"; do
    case "$option" in
        --checks)
            packages+=(clang clang-tidy clang-format python3 ccache) ;;
        --schemas) packages+=(libxml2-utils python3 python3-jsonschema) ;;
        --web) packages+=(chromium chromium-driver python3 python3-selenium) ;;
        --bench-peers) packages+=(libsimgrid-dev) ;;
        *) echo "error: unknown option '$option'; known: --web, --schemas, --checks, --bench-peers" >&2; exit 2 ;;
    esac
done

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "install_deps: all ${#packages[@]} packages are there"
    exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "error: installing ${missing[*]} needs root or sudo" >&2
        exit 2
    }
    as_root=(sudo)
fi
echo "install_deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" </dev/null >/dev/null
