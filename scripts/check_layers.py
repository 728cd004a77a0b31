#!/usr/bin/env python3
"""Holds the code to its layers and its bans; CONTRIBUTING.md keeps the reasons.

    scripts/check_layers.py               checks the tree, prints one line a violation, exits 1 if any
    scripts/check_layers.py --self-test   checks that every rule finds what it is there to find
"""

import pathlib
import re
import sys

LAYERS = {  # folder: the folders whose headers it may include
    "sim": {"sim"},
    "models": {"sim", "models"},
    "scenarios": {"sim", "models", "scenarios"},
    "planner": {"sim", "models", "planner"},
    "report": {"sim", "models", "scenarios", "planner", "report"},
    "cli": {"sim", "models", "scenarios", "planner", "report", "cli"},
}
LIBRARIES = set(LAYERS) - {"cli"}
DETERMINISTIC = {"sim", "models", "planner"}
ALL = set(LAYERS)

BANS = [  # (folders, pattern, what is wrong, an example that must be found)
    (DETERMINISTIC, r"\bunordered_(multi)?(map|set)\b|<unordered_(map|set)>",
     "unordered container: iterate by id or insertion", "std::unordered_map<int, int> m;"),
    (DETERMINISTIC, r"<random>|\bstd::(mt19937|\w+_distribution|shuffle|random_device)\b",
     "random numbers of the standard library: use sim/random", "#include <random>"),
    (DETERMINISTIC, r"\bstd::hash\b", "std::hash differs between libraries", "std::hash<int>{}(1)"),
    (DETERMINISTIC, r"\b(multi)?(map|set)\s*<[^,<>]*\*\s*[,>]",
     "pointer as a key: addresses decide the order", "std::map<Event*, int> m;"),
    (DETERMINISTIC, r"\bthis_thread::get_id\b|\bgetenv\b|\bsetlocale\b|\bstd::locale\b",
     "the environment must not reach a result", 'std::getenv("HOME")'),
    (LIBRARIES, r"<chrono>|<ctime>|<time\.h>|\bstd::chrono\b|\bclock_gettime\b|\btime\(nullptr\)",
     "only cli reads clocks", "#include <chrono>"),
    (LIBRARIES, r"<iostream>|\bstd::(cout|cerr|clog)\b|(?<!\w)(f?printf|puts|fputs|putchar)\s*\(|\bfmt::print\b",
     "only cli prints", 'std::cout << "x";'),
    (LIBRARIES, r"\b(std::|::)?_?(exit|abort|quick_exit|_Exit|terminate)\s*\(",
     "only cli exits", "std::exit(1);"),
    (ALL - {"scenarios", "report", "cli"}, r"<nlohmann/|\bnlohmann::",
     "JSON stays in scenarios, report and cli", "#include <nlohmann/json.hpp>"),
    (ALL - {"planner"}, r"<boost/|\bboost::", "Boost stays in planner",
     "#include <boost/graph/adjacency_list.hpp>"),
    (ALL - {"cli"}, r"<CLI/|\bCLI::", "CLI11 stays in cli", "#include <CLI/CLI.hpp>"),
    (ALL, r"<doctest/|<rapidcheck|<benchmark/", "test and benchmark libraries stay in tests and bench",
     "#include <doctest/doctest.h>"),
]
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"/]+)/')
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.DOTALL)


def without_comments(text):
    """The text with comments blanked and its lines kept."""
    def blank(match):
        return match.group(1) or "\n" * match.group(0).count("\n")
    return COMMENT.sub(blank, text)


def violations(layer, text):
    """(line, what is wrong) of one file's text, as part of `layer`."""
    for number, line in enumerate(text.splitlines(), 1):
        if LEFT_OVER.search(line):
            yield number, "left over: finish it or file it"
    for number, line in enumerate(without_comments(text).splitlines(), 1):
        include = INCLUDE.match(line)
        if include and include.group(1) not in LAYERS[layer]:
            yield number, f"{layer} must not include {include.group(1)}"
        for folders, pattern, wrong, _ in BANS:
            if layer in folders and re.search(pattern, line):
                yield number, wrong


def check_tree(root):
    found = 0
    for layer in LAYERS:
        for path in sorted((root / layer).rglob("*")):
            if path.suffix not in {".hpp", ".cpp"}:
                continue
            for number, wrong in violations(layer, path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(root)}:{number}: violation: {wrong}")
                found += 1
    print(f"check_layers: {found} violations")
    return found == 0


def self_test():
    """Every ban finds its example where it holds and nowhere else; so does the include table."""
    failures = []
    for folders, _, wrong, example in BANS:
        for layer in LAYERS:
            hit = any(w == wrong for _, w in violations(layer, example))
            if hit != (layer in folders):
                failures.append(f"{layer}: {example!r}: {'found' if hit else 'not found'}")
            if any(w == wrong for _, w in violations(layer, "// " + example)):
                failures.append(f"{layer}: {example!r} found in a comment")
    for layer, allowed in LAYERS.items():
        for other in LAYERS:
            hit = bool(list(violations(layer, f'#include "{other}/x.hpp"')))
            if hit == (other in allowed):
                failures.append(f"{layer} including {other}: {'found' if hit else 'not found'}")
    if not list(violations("cli", "// " + "TO" + "DO later")):
        failures.append("left-overs are not found")
    for failure in failures:
        print("self-test:", failure)
    print(f"check_layers: self-test {'failed' if failures else 'passed'}")
    return not failures


if __name__ == "__main__":
    ROOT = pathlib.Path(__file__).resolve().parent.parent
    sys.exit(0 if (self_test() if "--self-test" in sys.argv[1:] else check_tree(ROOT)) else 1)
