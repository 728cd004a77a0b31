// Who may start now. One set of rules for the executor of a run and for the planner's fast decoder,
// so that a schedule means the same in both.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/case.hpp"
#include "models/conflicts.hpp"
#include "models/plan.hpp"
#include "models/rollout.hpp"

namespace rollcast::models {

/// Admission state of every machine of a plan.
///
/// A machine starts when: it is the next of its order (barrier: every earlier batch is done and no
/// broker of the cluster is seen out of sync by itself; quorum: the node before it is done;
/// event-driven: none of its conflicts is held and no other quorum node of its ensemble is in a
/// step; in order: no conflict that comes before it waits, either); a crew and a re-image slot are
/// free; fewer than max_down brokers of its cluster are in a step; its step fits the change window.
/// In a plan with a policy, a broker's machine is admitted when the policy has asked for it, in
/// place of the first and the third. Free crews go by batch priority, then cluster, then place in
/// the batch. What a cluster keeps of freed crews and slots (`keeps_crews`) is free for itself
/// only.
///
/// Above all that stands the rollout of the plan: canaries, waves and stop rules.
///
/// The dispatcher sees only what it is told: it knows what it started, the rest as observed.
class Dispatcher {
public:
    /// `conflicts`: one a cluster of the fleet, in cluster order. Both must outlive the dispatcher.
    Dispatcher(const Case& a_case,
               const Plan& plan,
               const std::vector<ClusterConflicts>& conflicts);

    /// Machines that may start at `now`, in order; they count as started on return. `wake_at` is
    /// the next instant at which a window alone could admit more (never() if none).
    std::vector<MachineId> start_ready(sim::Instant now);
    sim::Instant wake_at() const { return wake_at_; }

    /// The crew of `machine` is free: its process has registered.
    void crew_free(MachineId machine);
    /// Its re-image slot is free.
    void slot_free(MachineId machine);
    /// Its step is done: nothing waits for it any more.
    void done(MachineId machine);
    /// Gate shared_partitions: what `machine` shares with broker `other` is back in sync.
    void released_towards(MachineId machine, BrokerId other);
    /// Seen out of sync or dead though no step of the plan is at work (a fault): blocks its
    /// neighbours until `seen_in_sync`.
    void seen_out_of_sync(BrokerId broker);
    void seen_in_sync(BrokerId broker);
    bool is_seen_out(BrokerId broker) const;
    /// Given up: keeps blocking its neighbours, holds no crew and no slot.
    void lost(MachineId machine);
    /// A stop rule of the plan keeps what is left of the batch of `machine` from starting.
    bool stopped(MachineId machine) const;
    /// Machines of one cluster whose steps are done or lost go through a step once more, back to
    /// what they ran: in this order, before all that wait, each as soon as its conflicts, crews,
    /// slots and windows allow, whatever kind the plan is. Those that are lost go first, one at a
    /// time, since the others have to wait for what they keep out of sync.
    void send_back(const std::vector<MachineId>& machines);

    std::size_t waiting() const { return waiting_; }
    std::size_t running() const { return running_; }
    /// True where a waiting machine's step fits no change window at all.
    bool window_too_short() const { return window_too_short_; }
    /// Index of the batch of a machine in its cluster's order (quorum nodes: 0).
    std::uint32_t batch_of(MachineId machine) const { return entries_[entry_of_[machine]].batch; }
    /// A mistake of the operation: `machine`, or all of the next batch of `c` that waits, starts as
    /// soon as a crew is free, whatever stands against it. Nothing where it has started.
    void force(MachineId machine);
    void force_next_batch(ClusterId c);
    /// In a plan with a policy, which alone decides when a broker's machine starts: `machine` may,
    /// as soon as a crew, a slot and a window allow.
    void ask(MachineId machine);
    /// A quorum node's own machine goes before all of its cluster that wait, the order of the
    /// others stands; one with a broker is forced. Nothing where it has started.
    void put_first(MachineId machine);
    /// A stop rule of the plan keeps machines that wait from starting.
    bool halted() const { return rollout_.halted(); }
    bool planned(MachineId machine) const { return entry_of_[machine] != none; }

private:
    static constexpr std::uint32_t none = 0xffff'ffffU;
    enum class State : std::uint8_t { waiting, running, done, lost };
    struct Entry {
        MachineId machine;
        ClusterId cluster;
        std::uint32_t broker = none;  // place in the cluster; none for a quorum node's own machine
        std::uint32_t batch = 0;
        std::uint32_t chain = none;  // quorum: the machine that must be done before
        std::int32_t priority = 0;
        bool quorum_node = false;
        bool barrier = false;
        bool in_order = false;
        bool holds_crew = false;
        bool holds_slot = false;
        bool forced = false;
        bool asked = false;
        bool back = false;  // its step leads back
        bool out = false;   // and its step forward was lost: it still holds its place
        State state = State::waiting;
        sim::Duration length{};  // nominal, for windows
    };
    struct ClusterState {
        std::vector<std::uint64_t> held;     // bit set: brokers in a step, lost or out of sync
        std::vector<std::uint64_t> waiting;  // bit set: brokers that have not started
        std::vector<std::uint32_t> place;    // of each broker in the order of dispatch
        std::vector<std::uint8_t> holds;     // number of reasons, by broker
        std::vector<std::uint16_t> group_held;
        std::vector<std::uint64_t> open_pairs;  // bit matrix: what a holds is released towards b
        std::vector<bool> out_of_sync;          // seen so, by broker
        std::vector<std::uint32_t> batch_left;  // machines of each batch not done yet
        std::uint32_t open_batch = 0;
        int seen_out = 0;
        int in_step = 0;
        int quorum_in_step = 0;
        std::vector<std::uint64_t> out;  // bit set: brokers that are lost and are to go back
        int out_left = 0;                // machines that are
        std::vector<std::uint32_t> batch_waiting;  // brokers of each batch that have not started
        std::uint32_t next_batch = 0;              // the first that has some
        bool keeps = false;
        int kept_crews = 0;
        int kept_slots = 0;
        bool changed = true;  // since its waiting machines were last looked at
    };

    /// Waiting entries of one cluster that follow each other in dispatch order: passed over as one
    /// while nothing has changed in the cluster.
    struct Stretch {
        ClusterId cluster;
        std::vector<std::uint32_t> waiting;
    };

    void start_all(sim::Instant now, std::vector<MachineId>& started);
    bool has_crew_and_slot(ClusterId cluster, bool broker) const;
    static int next_waiting(ClusterState& state);
    void give_up(ClusterState& state, int most);
    void give_up_idle();
    void start_from(Stretch& stretch, sim::Instant now, std::vector<MachineId>& started);
    void add_cluster(const ClusterPlan& plan);
    bool admissible(const Entry& entry) const;
    bool conflict_free(const Entry& entry) const;
    bool may_go_back(const Entry& entry) const;
    void no_longer_out(Entry& entry);
    bool first_of_its_conflicts(const Entry& entry) const;
    bool fits_window(const Entry& entry, sim::Instant now);
    bool rolled_out(const Entry& entry, sim::Instant now);
    void look_at_all_again();
    void begin(Entry& entry);
    void leave_step(Entry& entry);
    void close_pairs(ClusterId cluster, std::uint32_t broker);
    void hold(ClusterId cluster, std::uint32_t broker);
    void release(ClusterId cluster, std::uint32_t broker);
    Entry& entry_of(MachineId machine);

    const Case* case_;
    const std::vector<ClusterConflicts>* conflicts_;
    Gate gate_;
    bool by_policy_;
    DataDisk data_disk_;
    Checksums checksums_;
    std::vector<Entry> entries_;    // in dispatch order
    std::vector<Stretch> pending_;  // waiting entries, in dispatch order
    std::size_t waiting_ = 0;
    IdMap<MachineId, std::uint32_t> entry_of_;
    IdMap<ClusterId, ClusterState> clusters_;
    RolloutGate rollout_;
    int free_crews_ = 0;  // for every cluster
    int free_slots_ = 0;
    int keepers_ = 0;        // clusters that keep crews
    bool given_up_ = false;  // what one kept, since the last look at who may start
    std::size_t running_ = 0;
    bool window_too_short_ = false;
    sim::Instant wake_at_ = sim::Instant::never();
};

}  // namespace rollcast::models
