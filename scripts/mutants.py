#!/usr/bin/env python3
"""Plants bugs in a copy of the tree, one at a time, and says what finds them.

    scripts/mutants.py --build FOLDER           every mutant; FOLDER keeps the copy and its build
    scripts/mutants.py --build FOLDER NAME...   only these
    scripts/mutants.py --list                   their names and what each breaks

For each mutant: `rollcast hunt` over 2,000 cases, then, where that finds nothing, `rollcast suite`
over the library, then `rollcast hunt` again, with a limit of ten minutes together, builds and shrinking
aside; then what was found is shrunk. Prints a row of a Markdown table a mutant: found by what, after how
many seconds of the clock and of the processor, how many lines the small case has. Exits 1 where a mutant
was not found.
"""

import argparse
import json
import pathlib
import re
import resource
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


class Search:
    """The clock and the processor that looking for one mutant has taken."""

    def __init__(self, folder, out):
        self.folder, self.out = folder, out
        self.clock_s = self.processor_s = 0.0

    def run(self, arguments):
        """Exit code and output; exit code None where the limit ended it."""
        code, text, clock_s, processor_s = run(self.folder, arguments, LIMIT_S - self.clock_s)
        self.clock_s += clock_s
        self.processor_s += processor_s
        return code, text


def run(folder, arguments, limit_s):
    """Exit code (None where the limit ended it), output, seconds of the clock, of the processor."""
    def processor():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime
    started, before = time.monotonic(), processor()
    try:
        done = subprocess.run([folder / "build/release/bin/rollcast", *arguments], cwd=folder,
                              capture_output=True, text=True, check=False, timeout=limit_s)
        code, text = done.returncode, done.stdout
    except subprocess.TimeoutExpired:
        code, text = None, ""
    return code, text, time.monotonic() - started, processor() - before


def by_library(search):
    """What of the library fails, and the small case; nothing where all is green."""
    code, text = search.run(["suite", "scenarios/library", "--json"])
    if code in (0, 2, None):
        return None
    for case in json.loads(text)["cases"]:
        for one in case["runs"]:
            if one["done"] and not one["passed"]:
                small = search.out / "library.scenario.json"
                run(search.folder, ["shrink", case["file"], "--case", case["id"], "--seed",
                                    str(one["seed"]), "--runs", "400", "-o", small], 120)
                return f"library: {case['id']}", small
    return None


def by_hunt(search, first, cases):
    """The first case that breaks, and the small one; nothing where none does."""
    chosen = ["--from", str(first), "--cases", str(cases)]
    code, text = search.run(["hunt", *chosen, "--json"])
    if code != 1:
        return None
    number = json.loads(text)["broken"][0]["name"].removeprefix("case ")
    _, text, _, _ = run(search.folder, ["hunt", "--case", number, "--json", "-o", search.out,
                                        "--shrink-runs", "2000"], 240)
    found = json.loads(text)["broken"][0]
    small = pathlib.Path(found["small"]["file"]) if "small" in found else None
    return f"hunt, {found['name']}: {found['invariant']}: {found['text']}", small


def look(search):
    return (by_hunt(search, 0, 2_000) or by_library(search) or by_hunt(search, 2_000, 8_000) or
            by_hunt(search, 10_000, 40_000))


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
        search = Search(folder, out)
        found = look(search)
    finally:
        path.write_text(original, encoding="utf-8")
    what, small = found or ("not found", None)
    what = re.sub(r"[|\n]", " ", what)
    print(f"| `{name}` | {breaks} | {what} | {search.clock_s:.0f} | "
          f"{search.processor_s:.0f} | {lines_of(small)} |", flush=True)
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
    print("| mutant | what it breaks | found by | after, s | of processors | lines |\n"
          "|---|---|---|--:|--:|--:|", flush=True)
    results = [try_mutant(given.build, name) for name in given.names or MUTANTS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
