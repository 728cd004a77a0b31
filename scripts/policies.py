#!/usr/bin/env python3
"""Runs today's tools over the embedded estate and writes docs/policies-estate.md.

    scripts/build.sh release && python3 scripts/policies.py

Cruise Control's moves are left out, as `rollcast compare --tools` leaves them out: they move every
replica of the estate twice.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/bin/rollcast"
PAGE = ROOT / "docs/policies-estate.md"

HEAD = """# Today's tools on the embedded estate

Made by `scripts/build.sh release && python3 scripts/policies.py`, which runs
`rollcast compare --tools` and writes this page. Nominal durations, no faults, every tool with its
defaults (docs/policies.md). `cruise-control` is left out: it moves every replica twice;
`rollcast simulate --policy cruise-control` runs it.

Makespan: to the end of the last step, where every machine is done. Breaches: partitions under their
floor, and their partition time; accepted ones are not among them. Exposure: partition time at the
floor. Down: most brokers of one cluster at once. Aborts: clusters whose roll did not end, and the
machines that are left then.

| tool | makespan | breaches | for | exposure | down | aborts | machines left |
|---|---:|---:|---:|---:|---:|---:|---:|
"""


def compare():
    # In an empty folder, so that no case file there stands in for the embedded estate.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([PROGRAM, "compare", "--tools", "--json", "--progress", "none"],
                              capture_output=True, text=True, cwd=folder)
    if done.returncode not in (0, 1):
        sys.exit(f"error: {PROGRAM.name} compare failed:\n{done.stderr}")
    return json.loads(done.stdout)


def hours(seconds):
    return f"{seconds / 3600:,.1f} h"


def row(tool):
    left = tool["machines"] - tool["done"]
    cells = [f"`{tool['name']}`",
             hours(tool["makespan_s"]) if left == 0 else "-",
             f"{tool['below_floor_partitions']:,}",
             hours(tool["below_floor_partition_seconds"]),
             hours(tool["at_floor_partition_seconds"]),
             str(tool["most_down"]),
             str(tool["clusters_gave_up"] + tool["clusters_blocked"]),
             str(left)]
    return "| " + " | ".join(cells) + " |\n"


def stops(tools):
    lines = [f"- `{tool['name']}`: {stopped}\n" for tool in tools for stopped in tool["stopped"]]
    return "\nWhy rolls did not end, the first cluster of each:\n\n" + "".join(lines) if lines else ""


def main():
    tools = compare()["tools"]
    PAGE.write_text(HEAD + "".join(row(tool) for tool in tools) + stops(tools))
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
