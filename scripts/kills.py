#!/usr/bin/env python3
"""Kills a suite and a hunt at random instants, and says whether a finished case was lost or counted
twice.

    scripts/kills.py --program build/release/bin/rollcast [--kills 100] [--seed 1]

For each of the two: runs it once to its end; then again and again with --resume, with `kill -9` at a
random instant, until its journal is whole, and from the beginning until there were so many kills.
After every kill the journal holds what it held before, no run twice, and at most one line that is
cut; a journal that is whole gives the same bytes as the run that nobody killed. Exits 1 where it does
not.
"""

import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMANDS = {
    "suite": (["suite", "scenarios/library/disk", "scenarios/library/machine",
               "scenarios/library/operation", "--json",
               *(word for seed in range(20) for word in ("--seed", str(seed)))],
              lambda line: (line["id"], line["seed"])),
    "hunt": (["hunt", "--cases", "600", "--seed", "9", "--json"], lambda line: line["case"]),
}


def entries(journal, key_of):
    """The lines that are whole, by their key; a cut one can only be the last."""
    if not journal.exists():
        return {}
    lines = journal.read_text(encoding="utf-8").split("\n")
    whole = [json.loads(line) for line in lines[:-1]]
    keys = [key_of(line) for line in whole]
    assert len(set(keys)) == len(keys), "a run is in the journal twice"
    return dict(zip(keys, whole))


def kill_at_random(command, journal, key_of, within_s, dice):
    """Starts, kills, and looks at what is left. True where the journal was whole before."""
    before = entries(journal, key_of)
    process = subprocess.Popen([*command, "--resume", str(journal)], cwd=ROOT,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=dice.uniform(0, within_s))
        return True
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.wait()
    after = entries(journal, key_of)
    for key, line in before.items():
        assert after.get(key) == line, f"{key} was lost or is another"
    return False


def campaign(program, name, kills, dice, folder):
    words, key_of = COMMANDS[name]
    command = [str(program), *words]
    started = time.monotonic()
    uncut = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    whole_s = time.monotonic() - started
    assert uncut.returncode in (0, 1), uncut.stderr.decode()
    killed, rounds = 0, 0
    while killed < kills:
        rounds += 1
        journal = folder / f"{name}-{rounds}"
        while killed < kills:
            # A few kills a round, so that they fall on the first case and on the last.
            if kill_at_random(command, journal, key_of, whole_s / 2, dice):
                break
            killed += 1
        last = subprocess.run([*command, "--resume", str(journal)], cwd=ROOT, capture_output=True,
                              check=False)
        # The document says the command that shows it again.
        text = last.stdout.replace(f" --resume {journal}".encode(), b"")
        assert text == uncut.stdout, "what was resumed is not what was run at once"
        assert last.returncode == uncut.returncode
    runs = len(entries(journal, key_of))
    print(f"{name}: {killed} kills in {rounds} rounds of {runs} runs ({whole_s:.1f} s each): "
          "nothing lost, nothing counted twice", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    dice = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as folder:
        for name in COMMANDS:
            try:
                campaign(given.program.resolve(), name, given.kills, dice, pathlib.Path(folder))
            except AssertionError as wrong:
                print(f"{name}: {wrong}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
