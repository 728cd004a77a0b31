#!/usr/bin/env bash
# From a fresh clone to the answer: installs, builds, runs `rollcast` on its embedded estate.
# Arguments are handed to rollcast.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/install_deps.sh
scripts/build.sh release rollcast
exec build/release/bin/rollcast "$@"
