// A plan is a policy: an order with gates over what the orchestrator observes, never a timetable.
// The planner's schedules, an operator's list and the rules of other tools are all of this form and
// run by one executor.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/ids.hpp"
#include "models/step.hpp"

namespace rollcast::models {

/// When a machine stops blocking its neighbours.
enum class Gate : std::uint8_t {
    broker_in_sync,    // all its replicas are seen back in their ISRs and its step is done
    shared_partitions  // the partitions it shares with the neighbour are seen back in their ISRs
};

/// How the machines of a cluster are started.
enum class Start : std::uint8_t {
    barrier,       // a batch starts when the batch before it is done; conflicts are not looked at
    event_driven,  // each machine starts as soon as its conflicts, crews and windows allow
    in_order       // the same, after those of its conflicts that come before it
};

/// What a step's checksums cover, each a signature over the segments of every log dir.
enum class Checksums : std::uint8_t {
    none,           // phases of fixed length, which find nothing
    sealed_online,  // sealed segments before the stop, beside the traffic; the rest after it
    all_after_stop  // everything after the clean stop
};
inline constexpr int checksums_count = 3;

/// Machines that belong together. In a barrier plan they run between two barriers; in an
/// event-driven plan the batch is only a place in the order.
struct Batch {
    std::vector<MachineId> machines;
    std::int32_t priority = 0;  // among batches of the fleet: the lower takes a free crew first
};

/// The order of one cluster. Every machine to be migrated is in exactly one batch. Quorum nodes on
/// machines of their own are in `quorum`, and go one at a time, in this order, beside the brokers.
struct ClusterPlan {
    ClusterId cluster;
    Start start = Start::event_driven;
    std::vector<Batch> batches;
    std::vector<MachineId> quorum;
    std::int32_t quorum_priority = 0;
    /// A crew and a re-image slot that one of its brokers gives back stay with the cluster for as
    /// many of its next batch as wait, while a broker of it is in a step. Where what it waits for
    /// comes free a moment later than crews do, it so gets them before others take them.
    bool keeps_crews = false;
    /// Clusters whose every machine is done, and has been for `after_soak`, before one of this
    /// starts: waves. Must have no cycle.
    std::vector<ClusterId> after{};
    sim::Duration after_soak{};
};

/// What becomes of the machines that are done when a stop rule keeps the others from starting.
enum class OnStop : std::uint8_t {
    hold,      // they stay as they are, new beside old, until somebody has looked
    roll_back  // they go back to the stack of before, the last first
};

/// How far a roll goes before somebody looks. Nothing set: as far as it can.
struct Rollout {
    int retries = 0;                    // of a re-image that has failed; then the machine is lost
    int canary = 0;                     // brokers of each cluster that go first
    sim::Duration canary_soak{};        // so long after the last of them is done the others follow
    std::optional<int> halt_batch{};    // machines given up: no more of their batch start,
    std::optional<int> halt_cluster{};  // of their cluster,
    std::optional<int> halt_fleet{};    // of the fleet
    OnStop on_stop = OnStop::hold;      // what a stop rule has stopped; not with a policy
};

/// What a step has to see before it goes on; where it does not, it looks again and again.
struct Checks {
    bool in_sync = false;  // every replica of the partitions that the broker hosts is in its ISR
    bool all_in_sync = false;      // every replica of the cluster is
    bool quorum_full = false;      // every quorum node of the cluster is up
    bool no_reassignment = false;  // no replica of the cluster moves between brokers
    bool as_golden = false;        // the configuration of the broker is as the golden file has it

    bool any() const {
        return in_sync || all_in_sync || quorum_full || no_reassignment || as_golden;
    }
};

/// Rules of today's tools, which decide while the run goes on; see models/policies/catalogue.hpp.
enum class PolicyKind : std::uint8_t {
    yelp_rolling_restart,
    cp_ansible,
    cp_ansible_parallel,
    cfk,
    strimzi,
    strimzi_v2,
    rack_naive,
    koperator,
    rollout_operator,
    zpdb,
    ok_to_stop,
    ok_to_upgrade,
    serial_isr,
    msk,
    cruise_control,
    cruise_control_demote
};
inline constexpr int policy_kind_count = 16;
inline constexpr std::size_t most_policy_parameters = 6;

struct PolicyChoice {
    PolicyKind kind = PolicyKind::serial_isr;
    /// Parameters of its kind by their place in the catalogue; what is not set has the default.
    std::array<std::optional<double>, most_policy_parameters> values{};

    /// Parameter `place` of its kind, or the default. Throws ContractViolation where the kind has
    /// none there.
    double value(std::size_t place) const;
};

/// With a `policy`, each cluster has one: of `clusters` only the order of the machines counts, as
/// the inventory of the tool, and gate, starts and priorities of batches do not. Quorum nodes on
/// machines of their own go one at a time beside the brokers, or before them where the tool says
/// so.
struct Plan {
    std::string name;
    Gate gate = Gate::broker_in_sync;
    DataDisk data_disk = DataDisk::keep;
    std::vector<ClusterPlan> clusters;
    std::optional<PolicyChoice> policy{};
    Checksums checksums = Checksums::none;
    /// Each step writes records of its own before, during and after it, and looks for them.
    bool synthetic_records = false;
    Rollout rollout{};
    Checks preflight{};    // at the end of that phase, before anything is touched
    Checks post_flight{};  // the same
};

std::string_view to_string(Gate gate);
std::string_view to_string(Start start);
std::string_view to_string(DataDisk disk);
std::string_view to_string(Checksums checksums);
std::string_view to_string(OnStop on_stop);

}  // namespace rollcast::models
