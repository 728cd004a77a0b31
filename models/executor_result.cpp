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
    if (tally.begin_earlier(closes)) {
        tally.first->cluster = run.fleet().machines()[times.machine].cluster;
        tally.first->causes.push_back({.kind = Cause::Kind::step,
                                       .at = times.start,
                                       .machine = times.machine,
                                       .index = times.batch});
    }
}

/// `ended`: when the cluster ran one stack again though it was not migrated; never() if it did not.
void judge_mixed_mode(RunState& run, const ClusterTimes& times, sim::Instant ended) {
    const auto& limit = run.a_case->limits.mixed_version_limit;
    if (!limit || times.first_start == sim::Instant::never()) return;
    const sim::Instant end = std::min(run.now, std::min(times.last_end, ended));
    const sim::Duration span = end - times.first_start;
    if (span <= *limit) return;
    Tally& tally = run.safety.tally(Rule::mixed_mode);
    ++tally.subjects;
    tally.closed_seconds += sim::to_seconds(span - *limit);
    tally.note(sim::to_seconds(span - *limit), end);
    if (tally.begin_earlier(times.first_start + *limit)) tally.first->cluster = times.cluster;
}

/// A stop rule turned the roll back, and nothing runs what is new any more where it did.
bool all_went_back(const Verdict& verdict) {
    const auto complete = [](const Rollback& r) {
        return r.outcome() == Rollback::Outcome::complete;
    };
    return std::any_of(verdict.rollbacks.begin(),
                       verdict.rollbacks.end(),
                       [](const Rollback& r) { return r.machines > 0; }) &&
           std::all_of(verdict.rollbacks.begin(), verdict.rollbacks.end(), complete);
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
        const Step& step = steps_[m];
        MachineTimes times = times_forward(m);
        if (!step.back) times.reached = step.phase;
        verdict.machines.push_back(times);
        if (!planned(m)) continue;
        judge_window(run, times);
        if (step.back) judge_window(run, step.times);
        cluster.first_start = std::min(cluster.first_start, times.start);
        if (times.end != sim::Instant::never() && !step.back) {
            last = std::max(last, times.end);
            continue;
        }
        ++left.machines;
        if (step.phase == StepPhase::lost) ++left.lost;
        Tally& tally = run.safety.tally(Rule::finished);
        ++tally.subjects;
        if (tally.begin(run.now)) tally.first->cluster = c;
    }
    if (left.machines == 0 && cluster.first_start != sim::Instant::never()) cluster.last_end = last;
    const auto rollback = rollbacks_.find(c);
    const bool as_before =
        rollback != rollbacks_.end() && rollback->second.outcome() == Rollback::Outcome::complete;
    judge_mixed_mode(run, cluster, as_before ? rollback->second.end : sim::Instant::never());
    if (left.machines == 0) cluster.last_end = end_with_moves(run, c, cluster.last_end);
    verdict.clusters.push_back(cluster);
    return left;
}

Unfinished Executor::why_unfinished(const Verdict& verdict,
                                    std::uint64_t lost,
                                    bool cut_short) const {
    const bool gave_up = std::any_of(
        verdict.stopped.begin(), verdict.stopped.end(), [](const auto& s) { return s.gave_up; });
    if (cut_short) return Unfinished::horizon;
    if (gave_up) return Unfinished::gave_up;
    if (all_went_back(verdict)) return Unfinished::rolled_back;
    if (never_rejoined_) return Unfinished::never_rejoins;
    if (dispatcher_.halted()) return Unfinished::halted;
    if (lost > 0) return Unfinished::machine_lost;
    return dispatcher_.window_too_short() ? Unfinished::no_window : Unfinished::blocked;
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
    close_rollbacks(verdict);
    if (cut_short) std::erase_if(verdict.stopped, [](const Stopped& s) { return !s.gave_up; });
    const bool over = left.machines == 0 || (all_went_back(verdict) && !cut_short);
    sim::Instant end = over ? last_end() : run.now;
    for (const ClusterId c : run.scope.clusters()) end = end_with_moves(run, c, end);
    verdict.makespan = end.since_start();
    if (left.machines == 0) return;
    verdict.unfinished = why_unfinished(verdict, left.lost, cut_short);
}

}  // namespace rollcast::models
