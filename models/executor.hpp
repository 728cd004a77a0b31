// The orchestrator: walks machines through their steps, in the order of a plan, seeing what a real
// one sees, with its delay.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/control_plane.hpp"
#include "models/dispatcher.hpp"
#include "models/policy_runner.hpp"

namespace rollcast::models {

/// Runs one plan over a scope. Each member is one event; `dispatch` starts what may start.
class Executor {
public:
    Executor(const RunState& run, const Plan& plan);

    /// The run begins: policies look, and what may start does.
    void begin(RunState& run);
    /// Starts every machine that may start now.
    void dispatch(RunState& run);
    /// The policy of `c` looks at its cluster. True where it has moved replicas or leaders.
    bool policy_looks(RunState& run, ControlPlane& control, ClusterId c);
    void phase_ends(RunState& run, ControlPlane& control, const Event& event);
    void step_times_out(RunState& run, const DataPlane& data, const Event& event);
    void quorum_node_back(RunState& run, QuorumNodeId q);
    /// The broker of a machine may be wholly back in sync: its step goes on if so.
    void check_in_sync(RunState& run, BrokerId b);
    /// Gate shared_partitions: replicas left or joined their ISRs, which may release neighbours.
    void isr_moved(RunState& run, const std::vector<IsrMove>& moves);
    void pair_released(const RunState& run, const Event& event);
    void seen_out(const RunState& run, BrokerId b);
    void seen_back(RunState& run, BrokerId b);
    /// What runs on `m` is scraped again: what waited for that goes on after the next scrape.
    void scraped_again(RunState& run, MachineId m);

    /// The process of `b` died on its own.
    void process_died(RunState& run, BrokerId b);
    /// `m` lost power: its step stands still; `power_returns` begins the interrupted phase again.
    void power_lost(RunState& run, MachineId m);
    void power_returns(RunState& run, MachineId m);
    /// The re-image of `m` that goes on now, or else its next one, will not end.
    void never_return(MachineId m);
    /// The data disks of `m` do not survive the re-image that goes on now, or else its next one.
    void lose_disks(MachineId m) { hindrances_[m].disks_lost = true; }
    /// The phases of the step of `m` that are work at the machine take `times` as long from the
    /// next one on.
    void slow_down(MachineId m, double times) { hindrances_[m].slowness = times; }
    /// The step of `m` waits `patience` for its replicas, and goes on without them then.
    void skip_gate(MachineId m, sim::Duration patience) { hindrances_[m].patience = patience; }
    void gate_gives_up(RunState& run, MachineId m);
    /// `m` is taken out of its turn, whatever the plan says; nothing where its step has begun.
    void take_out_of_turn(MachineId m);
    /// The quorum node of `m` is taken before all of its cluster that wait.
    void take_first(MachineId m);
    /// The next batch of `c` that waits is started now, whatever the plan says.
    void start_next_batch(ClusterId c);

    /// True while the step of `m` holds its machine down, so that a process cannot start by itself.
    bool holds_down(MachineId m) const;
    /// False while a machine has no power or is being re-imaged, or never returned from that.
    bool host_answers(MachineId m) const;
    StepPhase phase(MachineId m) const { return steps_[m].phase; }
    std::size_t running() const { return dispatcher_.running(); }
    std::size_t waiting() const { return dispatcher_.waiting(); }
    /// Looks that are due of policies that wait for something else to change.
    std::size_t patient_looks(const RunState& run) const { return policies_.patient(run); }
    std::uint32_t batch_of(MachineId m) const {
        return policies_.any() ? policies_.batch_of(m) : dispatcher_.batch_of(m);
    }
    bool planned(MachineId m) const { return dispatcher_.planned(m); }

    /// Machines that entered `phase` since the last call, for faults that wait for that.
    std::vector<std::pair<MachineId, StepPhase>> take_entered();

    /// A change window has opened.
    void window_opened() { dispatch_due_ = true; }

    Checksums checksums() const { return checksums_; }
    /// `m` reads its disks in `phase` for a checksum, while its broker serves.
    bool scans_beside_traffic(const RunState& run, MachineId m, StepPhase phase) const;
    /// A policy of the plan moves the replicas of brokers away.
    bool empties_brokers() const { return policies_.empties(); }
    bool synthetic_records() const { return synthetic_records_; }

    /// Writes machine and cluster times, and the rules on windows, mixed mode and completion.
    void close(RunState& run, Verdict& verdict, bool cut_short) const;
    /// End of the last step so far; the start of the run if none has ended.
    sim::Instant last_end() const;

private:
    struct Step {
        StepPhase phase = StepPhase::waiting;
        std::uint32_t version = 0;
        std::uint32_t restarts = 0;  // phases begun again: the occurrence of the next draw
        bool never_returns = false;
        bool quorum_synced = true;
        bool powered = true;
        bool end_unseen = false;    // its phase is over, and nobody scrapes what would say so
        bool death_unseen = false;  // nor what would say that its broker is out of sync
        bool turned = false;        // a stop has been thought through for it
        bool back = false;          // its step leads back to what it ran before
        bool was_lost = false;      // and the one forward was given up
        MachineTimes times;
    };

    /// What faults do to the step of a machine.
    struct Hindrance {
        bool disks_lost = false;
        bool killed = false;  // by its supervisor, before it had stopped
        double slowness = 1.0;
        std::optional<sim::Duration> patience;
        sim::Instant stop_began = sim::Instant::never();
    };

    /// Planned machines of a cluster that did not finish their step.
    struct Left {
        std::uint64_t machines = 0;
        std::uint64_t lost = 0;  // of these: never came back
    };

    sim::Instant end_with_moves(const RunState& run, ClusterId c, sim::Instant end) const;
    /// Of a run with machines left, `lost` of which never came back.
    Unfinished why_unfinished(const Verdict& verdict, std::uint64_t lost, bool cut_short) const;
    Left close_cluster(RunState& run, Verdict& verdict, ClusterId c) const;
    void enter(RunState& run, MachineId m, StepPhase phase);
    sim::Duration length_of(const RunState& run, MachineId m, StepPhase phase) const;
    sim::Duration hindered(const RunState& run, MachineId m, StepPhase phase, sim::Duration length);
    sim::Duration until_killed(const RunState& run,
                               MachineId m,
                               StepPhase phase,
                               sim::Duration length);
    const Hindrance* hindrance(MachineId m) const;
    bool passes_checks(const RunState& run, MachineId m) const;
    void turn_back(RunState& run);
    void turn_back(RunState& run, ClusterId c);
    BrokerId past_return(const RunState& run, const std::vector<MachineId>& begun) const;
    void send_back(MachineId m);
    void close_rollbacks(Verdict& verdict) const;
    /// Of the step of `m` by which it was migrated, or was to be.
    const MachineTimes& times_forward(MachineId m) const;
    bool reimage_fails(const RunState& run, MachineId m) const;
    bool leave(RunState& run, ControlPlane& control, MachineId m, const Event& event);
    sim::Duration checksum_time(const RunState& run, MachineId m, StepPhase phase) const;
    sim::Duration compared(RunState& run, MachineId m);
    void checks_end(RunState& run, MachineId m);
    Cause cause_of_step(MachineId m) const;
    bool stop_broker(RunState& run, ControlPlane& control, MachineId m, const Event& event);
    bool come_back(RunState& run, ControlPlane& control, MachineId m, const Event& event);
    void start_quorum_node(RunState& run, MachineId m);
    void finish(RunState& run, ControlPlane& control, MachineId m);
    void release_pairs(RunState& run, BrokerId a);
    std::uint32_t& shared_out(const RunState& run, BrokerId a, BrokerId b);

    std::shared_ptr<const std::vector<ClusterConflicts>> conflicts_;  // never changes
    DataDisk data_disk_;
    Checksums checksums_;
    bool synthetic_records_;
    Gate gate_;
    Checks preflight_;
    Checks post_flight_;
    std::uint32_t most_reimages_;  // of one machine
    OnStop on_stop_;
    Dispatcher dispatcher_;
    PolicyRunner policies_;
    ScopeMap<MachineId, Step> steps_;
    std::map<MachineId, Hindrance> hindrances_;  // few
    std::map<ClusterId, Rollback> rollbacks_;
    std::map<MachineId, MachineTimes> forward_;  // of those whose steps lead back
    std::vector<std::pair<MachineId, StepPhase>> entered_;
    // Gate shared_partitions: partitions shared by two brokers of a cluster that the first keeps
    // below full, by (place x size + place).
    ScopeMap<ClusterId, std::vector<std::uint32_t>> shared_out_;
    bool dispatch_due_ = true;
    bool never_rejoined_ = false;
    sim::Instant wake_scheduled_ = sim::Instant::never();
};

}  // namespace rollcast::models
