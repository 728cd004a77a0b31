#!/usr/bin/env bash
# From a fresh clone to passed tests: installs, builds, runs them all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_deps.sh --web --schemas --alerts
scripts/build.sh release
exec ctest --preset release
