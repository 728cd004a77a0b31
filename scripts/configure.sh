#!/usr/bin/env bash
# Configures one preset of CMakePresets.json into build/PRESET, with ccache where it is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
cmake --preset "${1:?usage: scripts/configure.sh PRESET}" --log-level=WARNING
