#!/usr/bin/env python3
"""Runs the benchmarks of a release build and writes their table, with the goals beside them, into
docs/performance.md.

    scripts/build.sh release && python3 scripts/performance.py

Ratios compare two programs of one run. Times are CPU time, the least of the repetitions; on a
machine that is busy with something else they are too high.
"""
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / "build/release/bin"


def run(binary, repetitions, pattern="."):
    """Benchmarks of one binary: name -> its fastest repetition."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.json"
        command = [BIN / binary, f"--benchmark_repetitions={repetitions}",
                   f"--benchmark_filter={pattern}", f"--benchmark_out={out}",
                   "--benchmark_out_format=json"]
        if subprocess.run(command, stdout=subprocess.DEVNULL).returncode != 0:
            sys.exit(f"error: {binary} failed; run it alone to see why")
        rows = json.loads(out.read_text())["benchmarks"]
    best = {}
    for row in rows:
        if row.get("run_type") == "aggregate":
            continue
        name = row["run_name"]
        time = row["real_time"] if name.endswith("/manual_time") else row["cpu_time"]
        if name not in best or time < best[name]["time"]:
            best[name] = {**row, "time": time}
    return best


def find(rows, prefix):
    """The one row whose name starts with `prefix`, up to the arguments that follow it."""
    for name, row in rows.items():
        if name == prefix or name.startswith(prefix + "/"):
            return row
    return None


def judged(value, limit, at_most):
    met = value <= limit if at_most else value >= limit
    sign = "<=" if at_most else ">="
    return f"{sign} {limit:g}", "yes" if met else "**no**"


def kernel_rows(rows):
    for load, words in (("HoldExponential", "exponential"), ("HoldBimodal", "bimodal")):
        for pending in (1000, 10000, 100000):
            ours = find(rows, f"BM_{load}/{pending}")
            peer = find(rows, f"BM_{load}Std/{pending}")
            ratio = peer["time"] / ours["time"]
            goal, met = judged(ratio, 1.5, False) if pending > 1000 else ("", "")
            yield (f"hold model, {words}, {pending:,} pending",
                   f"{ours['time']:.0f} ns; std::priority_queue {peer['time']:.0f} ns",
                   f"{ratio:.2f} x", goal, met)
    for flows in (100, 1000, 10000):
        ours = find(rows, f"BM_Drain/{flows}")
        peer = find(rows, f"BM_DrainSimgrid/{flows}")
        scale = {"ns": 1e-3, "us": 1.0, "ms": 1e3}[ours["time_unit"]]
        each = ours.get("us_per_completion", ours["time"] * scale)
        text = f"{each:.1f} us a completion"
        ratio = ""
        if peer:
            other = peer.get("us_per_completion", peer["time"] * scale)
            text += f"; SimGrid {other:.0f} us, rates equal to 1e-9"
            ratio = f"{other / each:.1f} x"
        goal, met = judged(each, 400, True) if flows == 10000 else ("", "")
        yield f"max-min, {flows:,} flows", text, ratio, goal + (" us" if goal else ""), met
    small = find(rows, "BM_FollowerCatchUp")
    yield ("max-min, 70 connections into one follower, until all have ended",
           f"{small['time'] / 1000:.2f} us", "", "", "")


def model_rows(rows):
    fleet = find(rows, "BM_FleetPassEmbeddedEstate")
    goal, met = judged(fleet["time"] / 1000, 0.30, True)
    yield (f"one pass over the embedded estate, {fleet['replicas']:,.0f} replicas, "
           f"{fleet['isr_transitions_per_replica']:.3f} ISR transitions each",
           f"{fleet['time'] / 1000:.3f} s on one core", "", goal + " s", met)
    memory = find(rows, "BM_FleetMemory")
    goal, met = judged(memory["state_bytes_per_replica"], 16, True)
    yield ("state of a run", f"{memory['state_bytes_per_replica']:.1f} bytes a replica", "", goal,
           met)
    goal, met = judged(memory["peak_bytes_per_replica"], 96, True)
    yield ("peak of the process, case and program included",
           f"{memory['peak_bytes_per_replica']:.1f} bytes a replica", "", goal, met)
    snapshot = find(rows, "BM_FleetSnapshot")
    goal, met = judged(snapshot["time"] / 1000, 1.0, True)
    yield "snapshot of the running fleet", f"{snapshot['time']:.0f} us", "", goal + " ms", met
    one = find(rows, "BM_FleetOneClusterChanged")
    yield ("one cluster of twelve changed: that cluster again", f"{one['time']:.1f} ms", "", "", "")
    for crews, words in ((0, "apart"), (1000000, "in one event queue")):
        growth = find(rows, f"BM_FleetGrowth/crews:{crews}")
        goal, met = judged(growth["exponent"], 1.10, True)
        yield (f"growth, 1 / 12 / 120 clusters of 60 brokers, {words}",
               f"{growth['seconds_1']:.4f} / {growth['seconds_12']:.3f} / "
               f"{growth['seconds_120']:.2f} s",
               f"exponent {growth['exponent']:.2f}", goal, met)


def planner_rows(rows):
    for name, words in (("BM_AuditCluster60x10k", "audit"), ("BM_BoundCluster60x10k", "bound"),
                        ("BM_PlanCluster60x10k", "plan, proved optimal"),
                        ("BM_DecodeCluster60", "decode one order"),
                        ("BM_DecodeFleet766", "decode one order of 766 machines on 24 crews")):
        row = find(rows, name)
        what = words if "766" in words else f"60 brokers, 10,000 partitions, 3 racks: {words}"
        yield what, f"{row['time']:.3g} {row['time_unit']}", "", "", ""


def table(rows):
    head = "| what | measured | ratio | goal | met |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def main():
    kernel = run("bench_kernel", 3)
    models = run("bench_models", 3, "Pass|Snapshot|OneCluster")
    models.update(run("bench_models", 1, "Memory|Growth"))
    planner = run("bench_planner", 3, "Audit|Bound|Plan|Decode")
    rows = [*kernel_rows(kernel), *model_rows(models), *planner_rows(planner)]
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=True)
    text = (ROOT / "docs/performance.head.md").read_text()
    text += f"\nOn {os.cpu_count()} cores ({platform.machine()}), {compiler.stdout.splitlines()[0]}, " \
            "preset release.\n\n"
    text += table(rows)
    (ROOT / "docs/performance.md").write_text(text)
    print(table(rows))


if __name__ == "__main__":
    main()
