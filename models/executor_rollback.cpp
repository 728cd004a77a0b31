// What becomes of machines that are done when a stop rule has closed what is left: they go back,
// the last first, as far as there is a way back.
#include <algorithm>

#include "models/executor.hpp"
#include "models/stacks/way_back.hpp"

namespace rollcast::models {

void Executor::turn_back(RunState& run) {
    if (on_stop_ != OnStop::roll_back || !dispatcher_.halted()) return;
    for (const ClusterId c : run.scope.clusters()) turn_back(run, c);
}

/// What a stop rule has stopped of `c` turns when the last step that was under way has ended, one
/// way or the other: an operator who has stopped looks first.
void Executor::turn_back(RunState& run, ClusterId c) {
    std::vector<MachineId> begun;
    for (const MachineId m : run.fleet().clusters()[c].machines()) {
        const Step& step = steps_[m];
        const bool waits = !planned(m) || step.turned || step.phase == StepPhase::waiting;
        if (waits || !dispatcher_.stopped(m)) continue;
        if (step.phase != StepPhase::done && step.phase != StepPhase::lost) return;
        begun.push_back(m);
    }
    if (begun.empty()) return;
    std::stable_sort(begun.begin(), begun.end(), [&](MachineId a, MachineId b) {
        return steps_[a].times.start > steps_[b].times.start;
    });
    Rollback& rollback =
        rollbacks_.try_emplace(c, Rollback{.cluster = c, .at = run.now}).first->second;
    if (!rollback.past_return.exists()) rollback.past_return = past_return(run, begun);
    std::vector<MachineId> back;
    for (const MachineId m : begun) {
        Step& step = steps_[m];
        step.turned = true;
        if (step.times.stopped == sim::Instant::never()) continue;  // nothing of it was touched
        ++rollback.machines;
        const bool gone = step.phase == StepPhase::lost &&
                          (step.times.reached == StepPhase::reimage || !step.powered);
        if (!gone && !rollback.past_return.exists()) back.push_back(m);
    }
    dispatcher_.send_back(back);
    for (const MachineId m : back) send_back(m);
}

/// A broker of `begun` that has run what it cannot go back from; none where each can.
BrokerId Executor::past_return(const RunState& run, const std::vector<MachineId>& begun) const {
    for (const MachineId m : begun) {
        const Machine& machine = run.fleet().machines()[m];
        const ClusterLinks* links = run.links.of(machine.cluster);
        const bool ran =
            machine.broker.exists() && steps_[m].times.registered != sim::Instant::never();
        if (!ran || links == nullptr || links->running.empty()) continue;
        const NodeStack& before = run.fleet().stacks()[run.a_case->stacks_of(machine.cluster).now];
        const NodeStack& now = links->running[links->place(machine.broker)];
        if (!goes_back(now, before, data_disk_)) return machine.broker;
    }
    return BrokerId::none();
}

/// The step of `m` begins anew, towards what it ran before.
void Executor::send_back(MachineId m) {
    Step& step = steps_[m];
    MachineTimes& forward = forward_[m];
    forward = step.times;
    forward.reached = step.phase;
    step.was_lost = step.phase == StepPhase::lost;
    step.back = true;
    step.times = {.machine = m};
    step.phase = StepPhase::waiting;
    step.end_unseen = false;
    ++step.version;
    ++step.restarts;  // its draws are its own
    const auto hindrance = hindrances_.find(m);
    if (hindrance == hindrances_.end()) return;
    // What was done wrong in the step forward; the machine stays as slow as it is.
    hindrance->second.patience.reset();
    hindrance->second.killed = false;
    hindrance->second.stop_began = sim::Instant::never();
}

const MachineTimes& Executor::times_forward(MachineId m) const {
    const auto found = forward_.find(m);
    return found == forward_.end() ? steps_[m].times : found->second;
}

void Executor::close_rollbacks(Verdict& verdict) const {
    for (const auto& [c, rollback] : rollbacks_) verdict.rollbacks.push_back(rollback);
    for (const auto& [m, forward] : forward_) {
        verdict.went_back.push_back(steps_[m].times);
        verdict.went_back.back().reached = steps_[m].phase;
    }
}

}  // namespace rollcast::models
