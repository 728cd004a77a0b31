// All of a run but the plan and the seed: fleet, workload, limits, rules, faults.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "models/action.hpp"
#include "models/fault.hpp"
#include "models/fleet.hpp"
#include "models/plan.hpp"
#include "models/reaction_times.hpp"
#include "models/record_times.hpp"
#include "models/replica_move.hpp"
#include "models/step.hpp"
#include "models/windows.hpp"
#include "models/workload.hpp"

namespace rollcast::models {

/// What the clusters of a fleet share, and what a cluster may do at once.
struct Limits {
    std::optional<int> crews;        // machines between preflight and registration, fleet-wide
    std::optional<int> image_slots;  // machines between preflight and the end of re-image
    std::optional<int> max_down;     // brokers of one cluster in a step at once
    Windows windows;
    std::optional<sim::Duration> mixed_version_limit;  // first start to last end of a cluster

    /// True where they let one cluster's progress hold up another's.
    bool couple_clusters() const { return crews.has_value() || image_slots.has_value(); }
};

/// Thresholds of the safety rules that have one.
struct SafetyRules {
    double headroom_limit = 0.9;  // share of a disk's or NIC's rate that clients may use; assumed
    sim::Duration delivery_timeout = sim::seconds(120);  // kafka-semantics §3.1
    std::optional<sim::Duration> produce_p99{};  // of a topic's records, send to acknowledgement
};

/// One pass of a programme over all clusters that name stacks.
struct Pass {
    std::string name;
    StackId target;  // what a broker runs after it
    StepTimes step;
    std::optional<Gate> gate{};  // instead of the plan's
    /// False: machines are restarted only. Nothing is signed, imaged or wiped, whatever the plan
    /// asks for, and `step` has no time for it.
    bool reimages = true;
    /// What clients run from its start on, of the clusters of `clients_of`; of all where none is
    /// named. None: nobody moves.
    StackId clients = StackId::none();
    std::vector<ClusterId> clients_of{};

    bool moves_clients(ClusterId c) const {
        const auto found = std::find(clients_of.begin(), clients_of.end(), c);
        return clients.exists() && (clients_of.empty() || found != clients_of.end());
    }
};

struct Case {
    std::string name;
    Fleet fleet;
    DailyCurve curve;
    Limits limits;
    SafetyRules rules;
    StepTimes step;
    RecordTimes record;
    ReactionTimes reaction;
    sim::Duration step_timeout = sim::hours(4);  // after it a machine is given up; assumed
    std::vector<Fault> faults;
    std::vector<Action> actions;
    std::vector<Pass> programme;  // in order; empty: one pass, to the clusters' targets
    /// By cluster, instead of those of the fleet: in a pass of a programme.
    std::vector<ClusterStacks> stacks;
    sim::Duration started{};  // the run starts so long after its programme
    /// By partition: what its faults move in a run, which `with_room_for_moves` makes of them.
    std::vector<ReplicaMove> moves;
    bool rates_assumed = false;  // no measured write rate: every makespan is marked "assumed"

    const ClusterStacks& stacks_of(ClusterId c) const {
        return stacks.empty() ? fleet.clusters()[c].stacks : stacks[c.index()];
    }

    /// When a handshake at `now` of this run is, as certificates count.
    sim::Instant handshake_at(sim::Instant now) const { return now + started; }

    /// True where one cluster's progress can hold up another's, faults aside.
    bool clusters_coupled() const {
        return limits.couple_clusters() || fleet.links_couple_clusters();
    }
};

}  // namespace rollcast::models
