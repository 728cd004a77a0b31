#!/usr/bin/env python3
"""Measures what no documentation gives over recorded runs, as `rollcast validate --measured` reads it.

    scripts/measure.py RUN_DIR...                     the times, and how many cases each rests on
    scripts/measure.py --leave-one-out RUN_DIR...     each run predicted with what the others give
"""
import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "build/release/bin/rollcast"

LINGER_MS = 5
HEARTBEAT_MS, SESSION_MS = 2000, 9000  # KRaft
LEADERS = 5                            # that a started broker of six fetches from
FETCH_WAIT_MS = 500
FAILOVER_EACH_MS = 0.157               # models/era_costs.cpp
ELECTION_MS = 300                      # of a ZooKeeper ensemble


def table(path):
    head, *rows = path.read_text().rstrip("\n").split("\n")
    return [dict(zip(head.split("\t"), row.split("\t"))) for row in rows]


class Run:
    def __init__(self, folder):
        self.name = folder.name
        self.folder = folder
        self.meta = json.loads((folder / "run.json").read_text())
        self.t0 = self.meta["t0_ms"]
        self.kraft = self.meta["mode"] == "kraft"
        # Recorded beside other work on the machine: how long its processes start and answer is
        # not what it is in the others.
        self.busy = self.name[:3] in ("r28", "r29", "r30", "r31")
        self.acts = [(int(a["t_ms"]), a["action"], int(a["target"]))
                     for a in table(folder / "actions.tsv") if a["target"].isdigit()]
        acts = [(int(a["t_ms"]), a["action"], a["target"])
                for a in table(folder / "actions.tsv")]
        self.alters = any(what == "alter" for _, what, _ in acts)
        self.exits = {}  # of a broker that was asked to stop then
        for at, what, target in acts:
            if what == "exited" and target.isdigit():
                asked = max(t for t, w, b in acts if w == "term" and b == target and t <= at)
                self.exits[int(target), asked] = at
        done = [at for at, what, _ in acts if what == "alter_done"]
        self.alterations = [min(t for t in done if t >= at) - at
                            for at, what, _ in acts if what == "alter" and max(done) >= at]
        self.partitions = len((folder / "assignment.tsv").read_text().splitlines())
        self.elections = [at for at, what, _ in acts if what == "elect"]
        self.quorum_starts = [at for at, what, target in acts
                              if what == "start" and target.startswith("q")]
        self.quorum_kills = [at for at, what, target in acts
                             if what == "kill" and target.startswith("q")]
        self.sessions = [(int(s["t_ms"]), int(s["broker"]), s["state"])
                         for s in table(folder / "sessions.tsv")]
        self.changes = []  # time, leader before and after, ISR before and after
        state = {}
        for row in table(folder / "transitions.tsv"):
            key = row["topic"], row["partition"]
            now = int(row["leader"]), [int(b) for b in row["isr"].split(",") if b]
            if key in state:
                self.changes.append((int(row["t_ms"]), *state[key], *now))
            state[key] = now

    def session(self, broker, state, after, until=math.inf):
        return next((t for t, b, s in self.sessions
                     if b == broker and s == state and after < t < until), None)


def controlled_shutdowns(run, out):
    for at, what, broker in run.acts:
        if what != "term":
            continue
        led = [t for t, old, _, new, _ in run.changes
               if at <= t < at + 20000 and old == broker != new]
        if led:
            out["first_answer_ms"].append(min(led) - at)
        ended = run.session(broker, "fenced" if run.kraft else "gone", at)
        exited = run.exits.get((broker, at))
        if ended and exited and exited > ended:
            out["kraft_exit_ms" if run.kraft else "zookeeper_exit_ms"].append(exited - ended)
        if run.kraft or not led:
            continue
        left = [t for t, old, before, _, after in run.changes
                if at <= t < min(led) + 1000 and old != broker and broker in before
                and broker not in after]
        if left:
            out["followers_after_ms"].append(max(1, max(left) - min(led)))
        gone = run.session(broker, "gone", at)
        if gone:
            out["session_closes_ms"].append(gone - at)


def starts(run, out):
    for i, (at, what, broker) in enumerate(run.acts):
        if what != "start":
            continue
        # Nobody joins while the quorum is lost.
        until = min([t for t, w, b in run.acts[i + 1:] if b == broker] +
                    [t for t in run.quorum_kills if t > at], default=math.inf)
        serves = run.session(broker, "unfenced" if run.kraft else "registered", at, until)
        joins = [t for t, _, before, _, after in run.changes
                 if at <= t < until and broker in after and broker not in before and before]
        if serves is None or not joins:
            continue
        registered = run.session(broker, "registered", at, until)
        first, last = min(joins) - serves, max(joins) - min(joins)
        # One leader after the other lets it in, at any places of a queue.
        queue = last * (LEADERS + 1) / (LEADERS - 1)
        if run.alters:
            queue = None
            wait = FETCH_WAIT_MS / (LEADERS + 1)
        else:
            wait = queue / (LEADERS + 1)
            name = "kraft_queue_share" if run.kraft else "zookeeper_queue_share"
            out[name].append(max(1, queue) / (registered - at))
            out["join_queue_ms"].append(max(1, queue))
        if run.kraft:
            out["first_join_ms"].append(max(20, first - wait))
        else:
            out["serves_share"].append(max(0.01, (first - wait) / (serves - at)))


def heartbeats(run, out):
    for at, what, broker in run.acts:
        if not run.kraft or what not in ("kill", "stop"):
            continue
        fenced = run.session(broker, "fenced", at, at + SESSION_MS + HEARTBEAT_MS)
        known = max((t for t, b, s in run.sessions if b == broker and s == "unfenced" and t < at),
                    default=None)
        if fenced is None or known is None:
            continue
        elapsed = fenced - SESSION_MS - known
        beats = elapsed // HEARTBEAT_MS
        if beats > 0:
            out["heartbeat_answer_ms"].append(max(1, elapsed / beats - HEARTBEAT_MS))


def tools(run, out):
    """From the call of a tool to its end, or to the first leader that moves."""
    out["alter_tool_ms"].extend(run.alterations)
    for at in run.elections:
        moved = [t for t, old, _, new, _ in run.changes if at < t < at + 20000 and old != new]
        if moved:
            out["election_tool_ms"].append(min(moved) - at)


def zookeeper(run, out):
    if run.kraft:
        return
    controllers = [t for t, _, state in run.sessions if state == "controller" and t > run.t0]
    for at in controllers:
        orphaned = [t for t, old, _, new, _ in run.changes if at < t < at + 5000 and new == -1]
        first = [t for t, *_ in run.changes if at < t < at + 5000]
        if orphaned and first and not any(at - 30000 < q < at for q in run.quorum_starts):
            out["failover_ms"].append(max(1, min(first) - at - FAILOVER_EACH_MS * run.partitions))
        if not orphaned:
            continue
        adopted = [t for t, old, _, new, _ in run.changes
                   if max(orphaned) - 1000 < t < max(orphaned) + 5000 and old == -1 and new >= 0]
        if adopted:
            out["offline_elected_ms"].append(max(1, min(adopted) - min(orphaned)))
    for at, what, broker in run.acts:
        back = run.session(broker, "registered", at, at + 10000)
        gone = max((t for t, b, s in run.sessions if b == broker and s == "gone" and t < at),
                   default=0)
        came = max((t for t, b, s in run.sessions if b == broker and s == "registered" and t < at),
                   default=0)
        if what == "cont" and back and gone > came:
            out["new_session_ms"].append(back - at)
            joins = [t for t, _, before, _, after in run.changes
                     if back <= t < back + 15000 and broker in after and broker not in before]
            if joins:
                queue = (max(joins) - min(joins)) * (LEADERS + 1) / (LEADERS - 1)
                out["follows_anew_ms"].append(max(1, min(joins) - back - queue / (LEADERS + 1)))
    # Sessions are counted anew, for 18 s and up to the next tick of 2 s, from the moment when the
    # ensemble has a leader again; the middle of that.
    for i, at in enumerate(run.quorum_starts):
        gone = next((t for t, _, s in run.sessions if s == "gone" and t > at + 18000), None)
        alone = i == 0 or at - run.quorum_starts[i - 1] > 1000
        if alone and gone and gone < at + 26000:
            out["quorum_node_start_ms"].append(gone - at - 19000 - ELECTION_MS)


def requests(run, out):
    """Latency with acks=1 where nothing happens; records that failed on connections to the dead."""
    first = min((t for t, w, _ in run.acts if w in ("kill", "term", "stop")), default=None)
    mode = "kraft" if run.kraft else "zookeeper"
    for name, topic in run.meta["topics"].items():
        if topic.get("acks") != "1":
            continue
        rows = table(run.folder / f"producer.{name}.tsv")
        quiet = [r for r in rows if 20000 <= int(r["t_ms"]) - run.t0 and r["lat_p50_ms"]
                 and first is not None and int(r["t_ms"]) < first - 1000]
        if len(quiet) >= 20:
            middle = statistics.median(int(r["lat_p50_ms"]) for r in quiet) - LINGER_MS
            slow = statistics.median(int(r["lat_max_ms"]) for r in quiet) - LINGER_MS
            network = 1.0 if run.kraft else 0.5
            out[f"{mode}_service"].append((max(1.0, middle - network), max(1.0, slow - network)))
        if str(topic.get("retries", "")) != "0":
            continue
        rate = topic["rate"] / len(run.meta["brokers"]) / 1000.0
        for at, what, broker in run.acts:
            if what != "kill":
                continue
            failed = 0
            for r in rows:
                if not at - 100 <= int(r["t_ms"]) <= at + 500:
                    continue
                for part in r["errors"].strip("{}").split(","):
                    key, _, count = part.strip().partition("=")
                    failed += int(count) if key == "NetworkException" else 0
            out["closing"].append(failed / rate)


def wakes(run, out):
    """A record that was sent to a hung leader is answered once its process has read it: at least as
    long after the hang as the first such answer with acks=1 outlasts it, at most as long before as
    two records are apart, and within the 100 ms that were counted together."""
    for at, what, broker in run.acts:
        if what != "cont" or any(w == "cont" and 0 <= at - t < 1000 and b != broker
                                 for t, w, b in run.acts):
            continue
        hung = at - max(t for t, w, b in run.acts if w == "stop" and b == broker and t < at)
        for name, topic in run.meta["topics"].items():
            if topic.get("acks") != "1":
                continue
            apart = 1000.0 * len(run.meta["brokers"]) / topic["rate"]
            first = next((r for r in table(run.folder / f"producer.{name}.tsv")
                          if at - 100 < int(r["t_ms"]) < at + 500 and r["lat_max_ms"]
                          and int(r["lat_max_ms"]) > hung - 100), None)
            if first:
                over = int(first["lat_max_ms"]) - hung
                most = min(over + apart, int(first["t_ms"]) + 100 - at)
                out["wake_ms"].append(max(1.0, (max(0.0, over) + most) / 2))


def lognormal(values):
    """Median and 95th percentile."""
    logs = [math.log(v) for v in values]
    spread = statistics.stdev(logs) if len(logs) > 1 else 0.0
    middle = statistics.median(logs)
    return [round(math.exp(middle), 3), round(math.exp(middle + 1.645 * spread), 3)]


NAMES = ("first_answer_ms", "followers_after_ms", "session_closes_ms", "first_join_ms",
         "join_queue_ms", "kraft_queue_share", "zookeeper_queue_share", "kraft_exit_ms",
         "zookeeper_exit_ms", "serves_share", "heartbeat_answer_ms", "kraft_service",
         "zookeeper_service", "closing", "alter_tool_ms", "election_tool_ms", "offline_elected_ms",
         "new_session_ms", "follows_anew_ms", "quorum_node_start_ms", "failover_ms", "wake_ms")


def measure(runs):
    """The times and the number of cases of each; what has fewer than three cases is left out."""
    cases = {name: [] for name in NAMES}
    for run in runs:
        for part in (controlled_shutdowns, starts, heartbeats, tools, zookeeper, requests, wakes):
            if not run.busy or part in (tools, zookeeper, wakes):
                part(run, cases)
    times = {}
    for name, found in cases.items():
        if len(found) < 3:
            continue
        if name in ("session_closes_ms", "new_session_ms"):
            times[name] = [min(found), max(found)]
        elif name in ("failover_ms", "quorum_node_start_ms"):
            # Too few for a tail: the most that was seen stands for it.
            times[name] = [round(statistics.median(found)), round(max(found))]
        elif name == "offline_elected_ms":
            times[name] = round(statistics.median(found))
        elif name == "closing":
            # Few records a kill: the mean is all that they give, and half of it as spread.
            mean = statistics.mean(found)
            times["closing_ms"] = [round(0.8 * mean), round(2 * mean)]
        elif name.endswith("_service"):
            middles = [m for m, _ in found]
            within = statistics.median(s / m for m, s in found)
            middle, often = lognormal(middles)
            times[f"{name}_ms"] = [middle, round(middle * within, 3)]
            times[f"{name.removesuffix('_service')}_slowness_p95"] = round(often / middle, 3)
        else:
            times[name] = lognormal(found)
    return times, {name: len(found) for name, found in cases.items()}


def validate(run, times):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(times, file)
        file.flush()
        done = subprocess.run([PROGRAM, "validate", run.folder, "--measured", file.name, "--json",
                               "--progress", "none"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"error: {PROGRAM.name} validate failed:\n{done.stderr}")
    return json.loads(done.stdout)["runs"][0]


def leave_one_out(runs):
    """Scores of each run by what the others give."""
    return [validate(run, measure([r for r in runs if r is not run])[0]) for run in runs]


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--leave-one-out", action="store_true")
    options = parser.parse_args()
    runs = [Run(folder) for folder in options.runs]
    if options.leave_one_out:
        for score in leave_one_out(runs):
            print(f"{score['name']:24} recall {score['recall']:.3f} precision "
                  f"{score['precision']:.3f} within {score['times_within']:.3f} "
                  f"false safe {score['false_safe']}")
        return
    times, cases = measure(runs)
    print(json.dumps(times, indent=2))
    print(json.dumps(cases, indent=2), file=sys.stderr)


if __name__ == "__main__":
    main()
