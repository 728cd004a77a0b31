#!/usr/bin/env python3
"""Plants bugs in a copy of the tree, one at a time, and says what finds them.

    scripts/mutants.py --build FOLDER           every mutant; FOLDER keeps the copy and its build
    scripts/mutants.py --build FOLDER NAME...   only these
    scripts/mutants.py --list                   their names and what each breaks

For each mutant: `rollcast suite` over the library, then, where that stays green, `rollcast hunt`,
each with a limit of ten minutes together; then what was found is shrunk. Prints a row of a Markdown
table a mutant: found by what, after how many seconds, how many lines the small case has. Exits 1
where a mutant was not found.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT_S = 600.0

# name: (file, text as it is, text as the mutant has it, what it breaks)
MUTANTS = json.loads((ROOT / "tests/mutants.json").read_text(encoding="utf-8"))


def copy_tree(into):
    """The sources, with the times that they have, so that a second run builds next to nothing."""
    into.mkdir(parents=True, exist_ok=True)
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True,
                           text=True).stdout.splitlines()
    for name in files:
        source, target = ROOT / name, into / name
        if target.exists() and target.read_bytes() == source.read_bytes():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def build(folder):
    done = subprocess.run(["scripts/build.sh", "release", "rollcast"], cwd=folder,
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"error: the copy does not build\n{done.stdout[-3000:]}{done.stderr[-3000:]}")


def run(folder, arguments, limit_s):
    """Exit code, output and seconds; exit code None where the limit ended it."""
    started = time.monotonic()
    try:
        done = subprocess.run([folder / "build/release/bin/rollcast", *arguments], cwd=folder,
                              capture_output=True, text=True, check=False, timeout=limit_s)
        return done.returncode, done.stdout, time.monotonic() - started
    except subprocess.TimeoutExpired:
        return None, "", time.monotonic() - started


def by_library(folder, out):
    """What of the library fails, after how long, and the small case; nothing where all is green."""
    code, text, seconds = run(folder, ["suite", "scenarios/library", "--json"], LIMIT_S)
    if code in (0, 2, None):
        return None, seconds
    for case in json.loads(text)["cases"]:
        for one in case["runs"]:
            if one["done"] and not one["passed"]:
                small = out / "library.scenario.json"
                run(folder, ["shrink", case["file"], "--case", case["id"], "--seed",
                             str(one["seed"]), "--runs", "400", "-o", small], 120)
                return (f"library: {case['id']}", small), seconds
    return None, seconds


def by_hunt(folder, out, spent):
    left = LIMIT_S - spent
    for size, start in ((2_000, 0), (8_000, 2_000), (40_000, 10_000)):
        arguments = ["hunt", "--cases", str(size), "--from", str(start), "--json", "-o", out,
                     "--shrink-runs", "400", "--time-limit", f"{left:.0f}"]
        code, text, seconds = run(folder, arguments, left + 240)
        left -= seconds
        if code == 1:
            found = json.loads(text)["broken"][0]
            small = pathlib.Path(found["small"]["file"]) if "small" in found else None
            return (f"hunt, {found['name']}: {found['invariant']}: {found['text']}", small), \
                LIMIT_S - left
        if left <= 0:
            break
    return None, LIMIT_S - left


def lines_of(small):
    if small is None or not pathlib.Path(small).exists():
        return "-"
    return str(len(pathlib.Path(small).read_text(encoding="utf-8").splitlines()))


def try_mutant(folder, name):
    file, before, after, breaks = MUTANTS[name]
    path = folder / file
    original = path.read_text(encoding="utf-8")
    if original.count(before) != 1:
        sys.exit(f"error: {name}: its text is not once in {file}")
    out = folder / "build/mutants" / name
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    path.write_text(original.replace(before, after), encoding="utf-8")
    try:
        build(folder)
        found, seconds = by_library(folder, out)
        if found is None:
            found, seconds = by_hunt(folder, out, seconds)
    finally:
        path.write_text(original, encoding="utf-8")
    what, small = found or ("not found", None)
    what = re.sub(r"[|\n]", " ", what)
    print(f"| `{name}` | {breaks} | {what} | {seconds:.0f} | {lines_of(small)} |", flush=True)
    return found is not None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--build", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--list", action="store_true")
    given = parser.parse_args()
    unknown = [name for name in given.names if name not in MUTANTS]
    if unknown:
        parser.error(f"no mutant is called {unknown[0]}; --list shows those that there are")
    if given.list:
        for name, (file, _, _, breaks) in MUTANTS.items():
            print(f"{name}: {breaks} ({file})")
        return 0
    if given.build is None:
        parser.error("--build FOLDER is needed: where the copy of the tree is built")
    copy_tree(given.build)
    print("| mutant | what it breaks | found by | after, s | lines |\n|---|---|---|--:|--:|", flush=True)
    results = [try_mutant(given.build, name) for name in given.names or MUTANTS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
