// Why a machine of a plan does not start earlier, and which partitions, if moved, would let it.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"
#include "models/plan.hpp"
#include "planner/holds.hpp"

namespace rollcast::planner {

/// A replica that goes to another broker of its cluster.
struct ReplicaChange {
    models::PartitionId partition;
    models::BrokerId from;
    models::BrokerId to;
};

/// `a_case` with these replicas elsewhere, in sync and in the emptiest log dir of their new broker.
/// Requires that `from` holds a replica and `to` none, all of one cluster.
models::Case with_changes(const models::Case& a_case, const std::vector<ReplicaChange>& changes);

/// Changes that let the machine start earlier, as the full simulation found.
struct Remedy {
    std::vector<ReplicaChange> changes;
    sim::Bytes bytes{};         // that have to be copied
    sim::Instant start;         // of the machine, the plan's order as it is
    sim::Duration makespan{};   // of the plan as it is
    sim::Duration replanned{};  // of the plan as it is or of a new one, whichever ends first
};

/// One wait of the chain, with the partitions that make the conflict where it is one.
struct Link {
    Hold hold;
    std::vector<models::PartitionId> shared;  // by id
};

struct Explanation {
    models::MachineId machine;
    models::MachineTimes times;
    sim::Duration makespan{};       // of the plan
    std::vector<HoldKind> besides;  // what else stood against its start just before it
    std::vector<Link> chain;        // from its start back to the start of the run
    std::vector<Remedy> remedies;   // the earliest start first
    std::string no_remedy;          // why there is none, as a sentence without its full stop
};

struct ExplainOptions {
    std::uint64_t seed = 1;
    std::uint64_t effort = 2'000;  // evaluations of each new plan
    int threads = 1;
    const std::atomic<bool>* stop = nullptr;
};

/// Runs `plan` on `a_case` without its faults, by nominal durations. Requires a machine of the plan
/// that starts in this run.
///
/// A remedy moves every partition of slack 1 that the machine shares with those that hold it: off
/// the one or off the other, to a broker in a rack that has no replica of it, where that adds the
/// fewest conflicts. It is offered where the run of the changed case is safe and the machine starts
/// earlier in it.
Explanation explain_start(const models::Case& a_case,
                          const models::Plan& plan,
                          models::MachineId machine,
                          const ExplainOptions& options);

/// Partitions that allow one replica out of sync and have both brokers in their ISR, by id.
std::vector<models::PartitionId> shared_tightly(const models::Fleet& fleet,
                                                models::BrokerId a,
                                                models::BrokerId b);

}  // namespace rollcast::planner
