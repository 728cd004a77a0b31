#!/usr/bin/env python3
"""Holds predictions against the recorded runs in tests/reference and writes docs/validation.md.

    scripts/build.sh release && python3 scripts/validation.py
"""
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/bin/rollcast"
PAGE = ROOT / "docs/validation.md"


def validate(*options):
    runs = sorted(str(p) for p in (ROOT / "tests/reference").iterdir() if p.is_dir())
    done = subprocess.run([PROGRAM, "validate", *runs, "--json", "--progress", "none", *options],
                          capture_output=True, text=True, cwd=ROOT)
    if done.returncode not in (0, 1):
        sys.exit(f"error: {PROGRAM.name} validate failed:\n{done.stderr}")
    return json.loads(done.stdout)


def percent(share):
    return f"{100 * share:.1f} %"


def score_row(name, score, naive):
    return (f"| {name} | {score['recall']:.3f} | {score['precision']:.3f} | "
            f"{percent(score['times_within'])} | {percent(score['coverage'])} | "
            f"{score['false_safe']} | {percent(score['false_unsafe'] + score['undecided'])} | "
            f"{percent(naive['times_within'])} | {naive['false_safe']} |")


def figure(value, digits=0):
    return (f"{value['observed']:.{digits}f}",
            f"{value['low']:.{digits}f}-{value['high']:.{digits}f}")


def client_row(run, clients):
    cells = [f"{run} {clients['topic']}"]
    for key, digits in (("acked_lost", 0), ("failed", 0), ("duplicates", 0),
                        ("producer_stall_s", 1), ("consumer_stall_s", 1)):
        cells.extend(figure(clients[key], digits))
    return "| " + " | ".join(cells) + " |"


def left_out(runs):
    """Share of times within, with each run left out in turn: the least and the most."""
    counts = [(sum(o["within"] for o in r["observations"]), len(r["observations"])) for r in runs]
    shares = []
    for i in range(len(counts)):
        rest = counts[:i] + counts[i + 1:]
        shares.append(sum(w for w, _ in rest) / sum(n for _, n in rest))
    return min(shares), max(shares)


def main():
    ours, naive = validate(), validate("--naive")
    lines = [(ROOT / "docs/validation.head.md").read_text().rstrip(), "", "## Changes and safety", "",
             "| run | recall | precision | in time | covered | called safe and was not | unclear | "
             "naive: in time | naive: called safe and was not |", "|---|" + "---:|" * 8]
    for run, simple in zip(ours["runs"], naive["runs"]):
        lines.append(score_row(run["name"], run, simple))
    lines.append(score_row("all", ours["summary"], naive["summary"]))
    summary = ours["summary"]
    least, most = left_out(ours["runs"])
    lines += ["",
              f"{summary['times']} times; coverage of the 90 % intervals: exact binomial test "
              f"p = {summary['coverage_p_value']:.2f}; mean width "
              f"{summary['interval_width_mean_s']:.2f} s. With any one run left out, "
              f"{percent(least)} to {percent(most)} of the times are within.",
              "", "## Rolls walked by our own gate", "",
              "| run | whole, observed | predicted | off by | steps within 10 % |",
              "|---|---:|---:|---:|---:|"]
    for run in ours["runs"]:
        for roll in run["rolls"]:
            whole = roll["whole"]
            off = whole["predicted_s"] / whole["observed_s"] - 1
            within = sum(step["within"] for step in roll["steps"])
            lines.append(f"| {run['name']} | {whole['observed_s']:.1f} s | "
                         f"{whole['predicted_s']:.1f} s | {100 * off:+.1f} % | "
                         f"{within} of {len(roll['steps'])} |")
    lines += ["", "## Clients", "",
              "Records lost, failed and duplicated, and the longest time without an "
              "acknowledgement and without a record read (s), observed and as 95 % interval. "
              f"Of {summary['loss_cells']} cells with a loss observed or predicted "
              f"{percent(summary['losses_within'])} are inside; losses where Kafka forbids them: "
              f"{summary['forbidden_losses']} cells predicted.", "",
              "| run | lost | 95 % | failed | 95 % | twice | 95 % | no ack | 95 % | no read | 95 % |",
              "|---|" + "---:|" * 10]
    for run in ours["runs"]:
        for clients in run["clients"]:
            lines.append(client_row(run["name"][:3], clients))
    margin = [sum(run["margin"][key] for run in ours["runs"]) for key in ("named", "broke", "both")]
    lines += ["", "## Margin", "",
              f"Before the acts that took a broker away the N-1 margin named {margin[0]} partitions; "
              f"{margin[1]} then fell under their floor, {margin[2]} of them named.", ""]
    PAGE.write_text("\n".join(lines))
    print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
