// What the orchestrator contributes to a verdict: times, and the rules on windows, mixed mode and
// completion.
#include <algorithm>

#include "models/executor.hpp"

namespace rollcast::models {

namespace {

void judge_window(RunState& run, const MachineTimes& times) {
    const Windows& windows = run.a_case->limits.windows;
    if (windows.always_open() || times.start == sim::Instant::never()) return;
    const sim::Instant end = times.end == sim::Instant::never() ? run.now : times.end;
    const sim::Instant closes = windows.stretch_after(times.start).to;
    if (end <= closes) return;
    Tally& tally = run.safety.tally(Rule::windows);
    ++tally.subjects;
    tally.closed_seconds += sim::to_seconds(end - closes);
    tally.note(sim::to_seconds(end - closes), end);
    if (tally.begin(closes)) {
        tally.first->cluster = run.fleet().machines()[times.machine].cluster;
        tally.first->causes.push_back({.kind = Cause::Kind::step,
                                       .at = times.start,
                                       .machine = times.machine,
                                       .index = times.batch});
    }
}

void judge_mixed_mode(RunState& run, const ClusterTimes& times) {
    const auto& limit = run.a_case->limits.mixed_version_limit;
    if (!limit || times.first_start == sim::Instant::never()) return;
    const sim::Instant end = times.last_end == sim::Instant::never() ? run.now : times.last_end;
    const sim::Duration span = end - times.first_start;
    if (span <= *limit) return;
    Tally& tally = run.safety.tally(Rule::mixed_mode);
    ++tally.subjects;
    tally.closed_seconds += sim::to_seconds(span - *limit);
    tally.note(sim::to_seconds(span - *limit), end);
    if (tally.begin(times.first_start + *limit)) tally.first->cluster = times.cluster;
}

}  // namespace

/// `end` of the steps of `c`, or later: what its policy has moved away comes back after them.
sim::Instant Executor::end_with_moves(const RunState& run, ClusterId c, sim::Instant end) const {
    const sim::Instant moved = policies_.moved_until(c, run.now);
    return moved == sim::Instant::never() ? end : std::max(end, moved);
}

Executor::Left Executor::close_cluster(RunState& run, Verdict& verdict, ClusterId c) const {
    Left left;
    ClusterTimes cluster{.cluster = c, .trace_hash = run.trace[c].value()};
    sim::Instant last{};
    for (const MachineId m : run.fleet().clusters()[c].machines()) {
        MachineTimes times = steps_[m].times;
        times.reached = steps_[m].phase;
        verdict.machines.push_back(times);
        if (!planned(m)) continue;
        judge_window(run, times);
        cluster.first_start = std::min(cluster.first_start, times.start);
        if (times.end != sim::Instant::never()) {
            last = std::max(last, times.end);
            continue;
        }
        ++left.machines;
        if (times.reached == StepPhase::lost) ++left.lost;
        Tally& tally = run.safety.tally(Rule::finished);
        ++tally.subjects;
        if (tally.begin(run.now)) tally.first->cluster = c;
    }
    if (left.machines == 0 && cluster.first_start != sim::Instant::never()) cluster.last_end = last;
    judge_mixed_mode(run, cluster);
    if (left.machines == 0) cluster.last_end = end_with_moves(run, c, cluster.last_end);
    verdict.clusters.push_back(cluster);
    return left;
}

Unfinished Executor::why_unfinished(const Verdict& verdict,
                                    std::uint64_t lost,
                                    bool cut_short) const {
    const bool gave_up = std::any_of(
        verdict.stopped.begin(), verdict.stopped.end(), [](const auto& s) { return s.gave_up; });
    return cut_short                        ? Unfinished::horizon
           : gave_up                        ? Unfinished::gave_up
           : never_rejoined_                ? Unfinished::never_rejoins
           : dispatcher_.halted()           ? Unfinished::halted
           : lost > 0                       ? Unfinished::machine_lost
           : dispatcher_.window_too_short() ? Unfinished::no_window
                                            : Unfinished::blocked;
}

void Executor::close(RunState& run, Verdict& verdict, bool cut_short) const {
    Left left;
    for (const ClusterId c : run.scope.clusters()) {
        const Left of_cluster = close_cluster(run, verdict, c);
        left.machines += of_cluster.machines;
        left.lost += of_cluster.lost;
    }
    run.safety.tally(Rule::finished).note(static_cast<double>(left.machines), run.now);
    policies_.close(run, verdict);
    if (cut_short) std::erase_if(verdict.stopped, [](const Stopped& s) { return !s.gave_up; });
    sim::Instant end = left.machines == 0 ? last_end() : run.now;
    for (const ClusterId c : run.scope.clusters()) end = end_with_moves(run, c, end);
    verdict.makespan = end.since_start();
    if (left.machines == 0) return;
    verdict.unfinished = why_unfinished(verdict, left.lost, cut_short);
}

}  // namespace rollcast::models
