#!/usr/bin/env bash
# Installs what rollcast is built with, from Debian 12's own packages. Root, or a user with sudo.
#
#   scripts/install_deps.sh                 compiler, build tools and libraries
#   scripts/install_deps.sh --web           and a browser, in which a test looks at the page of a run
#   scripts/install_deps.sh --schemas       and what holds JUnit and SARIF against their schemas
#   scripts/install_deps.sh --alerts        and promtool, which runs the alert rules of others
#   scripts/install_deps.sh --checks        and what scripts/check.sh needs
#   scripts/install_deps.sh --bench-peers   and SimGrid, which the fair-share benchmark runs beside
set -euo pipefail

packages=(
    git g++ cmake ninja-build
    libboost-graph-dev libeigen3-dev nlohmann-json3-dev libcli11-dev libfmt-dev
    librandom123-dev libssl-dev libsqlite3-dev libyaml-cpp-dev libjs-dygraphs
    libbenchmark-dev doctest-dev librapidcheck-dev
)
alerts=no
for option in "$@"; do
    case "$option" in
        --checks)
            packages+=(clang clang-tidy clang-format python3 ccache) ;;
        --schemas) packages+=(libxml2-utils python3 python3-jsonschema) ;;
        --alerts) alerts=yes ;;
        --web) packages+=(chromium chromium-driver python3 python3-selenium) ;;
        --bench-peers) packages+=(libsimgrid-dev) ;;
        *) echo "error: unknown option '$option'; known: --web, --schemas, --alerts, --checks, --bench-peers" >&2; exit 2 ;;
    esac
done

as_root=()
need_root() {
    [ "$(id -u)" -ne 0 ] || return 0
    command -v sudo >/dev/null || {
        echo "error: installing $* needs root or sudo" >&2
        exit 2
    }
    as_root=(sudo)
}

# The package `prometheus` starts a service where there is systemd, and brings fonts and scripts of
# its page. Of all that promtool is wanted: 19 MB are fetched, and its 48 MB alone are installed.
install_promtool() {
    if command -v promtool >/dev/null; then
        echo "install_deps: promtool is there"
        return
    fi
    need_root promtool
    local folder
    folder=$(mktemp -d)
    echo "install_deps: installing promtool from the package prometheus"
    "${as_root[@]}" apt-get update -qq </dev/null
    (cd "$folder" && apt-get download -qq prometheus </dev/null 2>/dev/null)
    dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -xf - -C "$folder" ./usr/bin/promtool
    "${as_root[@]}" install -D -m 755 "$folder/usr/bin/promtool" /usr/local/bin/promtool
    rm -rf "$folder"
}
[ "$alerts" = no ] || install_promtool

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    echo "install_deps: all ${#packages[@]} packages are there"
    exit 0
fi

need_root "${missing[*]}"
echo "install_deps: installing ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "${missing[@]}" </dev/null >/dev/null
