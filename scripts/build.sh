#!/usr/bin/env bash
# Configures and builds one preset of CMakePresets.json.
#
#   scripts/build.sh PRESET [TARGET...]     into build/PRESET; every target where none is named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=${1:?usage: scripts/build.sh PRESET [TARGET...]}
shift
scripts/configure.sh "$preset"
cmake --build --preset "$preset" -- "$@"
