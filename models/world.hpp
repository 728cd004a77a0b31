// One running fleet: state, data plane, orchestrator and faults, driven event by event.
#pragma once

#include <memory>

#include "models/action_runner.hpp"
#include "models/data_plane.hpp"
#include "models/executor.hpp"
#include "models/fault_injector.hpp"
#include "models/headroom_watch.hpp"
#include "models/lag_watch.hpp"
#include "models/link_watch.hpp"
#include "models/run_state.hpp"
#include "models/run_watch.hpp"

namespace rollcast::models {

/// A run that can be stepped, looked at and copied.
///
/// A copy is an independent continuation; copy-assigning into used storage allocates next to
/// nothing, so it is a cheap snapshot. The case must outlive the world and its copies.
class World {
public:
    World(const Case& a_case, const Plan& plan, const Scope& scope, const RunOptions& options);
    World(const World& other);
    World& operator=(const World& other);
    World(World&&) = default;
    World& operator=(World&&) = default;
    ~World() = default;

    /// Handles the next event. False where the run is over.
    bool step();
    /// Steps to the end of the run.
    void run();
    /// Steps while the next event is not after `until`.
    void run_until(sim::Instant until);

    /// When the next event of the run is due, what the data plane does by itself aside; never()
    /// where none is scheduled. Not const, because the queue may have to sort it out first.
    sim::Instant next_event_at() {
        return run_.queue.empty() ? sim::Instant::never() : run_.queue.top().at;
    }

    const RunState& state() const { return run_; }
    /// Keeps every change of leader or ISR from here on in `state().transitions`.
    void record_transitions() { run_.record_transitions = true; }
    /// Lets `watch` look on from here on; it must outlive the stepping. It is no part of the run,
    /// so that copies are not watched. Call before the first step, and make `watch` of `view()`
    /// after `count_metrics()`.
    void watched_by(RunWatch& watch) { watch_ = &watch; }
    /// Keeps the counters that metrics are read from.
    void count_metrics();
    RunView view() const { return {run_, *data_, executor_, lag_}; }
    const Executor& executor() const { return executor_; }
    const DataPlane& data() const { return *data_; }
    DataPlane& data() { return *data_; }

    /// The verdict of the run so far. Call once, at its end.
    Verdict verdict();

private:
    bool idles() const;
    bool reach_next_event();
    void handle(const Event& event);
    void handle_broker(ControlPlane& control, const Event& event);
    void handle_cluster(ControlPlane& control, const Event& event);
    void judge_scan(MachineId machine, StepPhase phase);
    void write_synthetic(MachineId machine, StepPhase phase);
    void note_copied(BrokerId b);
    void judge_moved(BrokerId to);
    void judge_load(EventKind kind, ClusterId c);
    void settle();
    ClusterId cluster_of(const Event& event) const;

    std::shared_ptr<const Case> own_case_;  // the case of the run, where that is not as given
    RunState run_;
    std::unique_ptr<DataPlane> data_;
    Executor executor_;
    FaultInjector faults_;
    ActionRunner actions_;
    LinkWatch links_;
    HeadroomWatch headroom_;
    LagWatch lag_;
    std::vector<HostedReplica> caught_up_;  // scratch of one event
    std::vector<HostedReplica> lagging_;    // the same
    bool cut_short_ = false;
    RunWatch* watch_ = nullptr;
};

}  // namespace rollcast::models
