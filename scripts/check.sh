#!/usr/bin/env bash
# What CI does after the tests of scripts/test.sh: format, layers, tidy, and the tests again under
# another compiler, build type and sanitizers: g++ Release (scripts/test.sh), g++ Debug with address
# and undefined behaviour sanitizers, clang Release. All golden files are the same for every build, so a
# test that passes in two of them has seen the same bytes in both.
#
#   scripts/check.sh             every check, in this order
#   scripts/check.sh NAME...     only these: format layers alone clang-release tidy
#                                asan-ubsan tsan bench
#
# Goes on after a failed check, ends with one line a check, exits 1 if any failed. Logs: build/checks.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

logs=build/checks
jobs=$(nproc)
sources() { git ls-files --cached --others --exclude-standard -- "$@"; }

check_format() {
    sources '*.hpp' '*.cpp' | xargs clang-format --dry-run --Werror
}

check_layers() {
    python3 scripts/check_layers.py --self-test && python3 scripts/check_layers.py
}

# The other builds compile a dozen sources as one unit; here each has to bring the headers it needs.
check_alone() {
    scripts/configure.sh debug && cmake --build --preset debug --target embedded_texts &&
        python3 -c 'import json, shlex
for unit in json.load(open("build/debug/compile_commands.json")):
    words = shlex.split(unit["command"])
    print(shlex.join(words[:words.index("-o")] + ["-fsyntax-only", unit["file"]]))' |
        xargs -P "$jobs" -d '\n' -n 1 sh -c
}

# The libraries and the command line; tests are macros for the most part.
check_tidy() {
    scripts/build.sh clang-release embedded_texts && python3 -c 'import json
for unit in json.load(open("build/clang-release/compile_commands.json")):
    if "build/clang-release/CMakeFiles/rollcast" in unit["file"]: print(unit["file"])' |
        xargs -P "$jobs" -n 1 clang-tidy -p build/clang-release --quiet \
            --checks=-bugprone-suspicious-include
}

# The tests of the program itself start it many times and watch its time; here it runs once, whole,
# and says the same bytes as the release build.
check_asan-ubsan() {
    scripts/build.sh asan-ubsan && ctest --preset asan-ubsan --timeout 1200 -E '^(cli|formats|figures|page)$' &&
        build/asan-ubsan/bin/rollcast --json --effort 50 >"$logs/asan-demo.json" &&
        scripts/build.sh release rollcast &&
        build/release/bin/rollcast --json --effort 50 | cmp - "$logs/asan-demo.json"
}

# What starts threads: clusters, seeds and runs side by side, and the search.
check_tsan() {
    scripts/build.sh tsan test_sim test_models test_scenarios test_planner &&
        ctest --preset tsan --timeout 900 -R '^(sim|models-threads|scenarios-threads|planner)$'
}

check_clang-release() {
    scripts/build.sh clang-release && ctest --preset clang-release --timeout 600
}

# Every benchmark once, with almost no time: they build and run.
check_bench() {
    scripts/build.sh release || return 1
    local bench
    for bench in build/release/bin/bench_*; do
        "$bench" --benchmark_min_time=0.01 --benchmark_filter="${ROLLCAST_BENCH_FILTER:-.}" || return 1
    done
}

checks=("$@")
[ ${#checks[@]} -gt 0 ] || checks=(format layers alone clang-release tidy asan-ubsan tsan bench)
mkdir -p "$logs"
: >"$logs/summary"
failures=0
for check in "${checks[@]}"; do
    if ! declare -F "check_$check" >/dev/null; then
        echo "error: no check is called '$check'" >&2
        exit 2
    fi
    started=$SECONDS
    if "check_$check" >"$logs/$check.log" 2>&1 </dev/null; then
        outcome=passed
    else
        outcome=failed
        failures=$((failures + 1))
        grep -E 'error|ERROR|FAILED|warning:|violation' "$logs/$check.log" | head -40
        tail -n 20 "$logs/$check.log"
    fi
    printf 'check %-14s %s in %d s\n' "$check" "$outcome" $((SECONDS - started)) |
        tee -a "$logs/summary"
done
[ "$failures" -eq 0 ]
