// What the control plane and log load cost per partition, by Kafka version and quorum kind.
#pragma once

#include "models/case.hpp"

namespace rollcast::models {

/// Costs that changed by orders of magnitude from one version to the next (kafka-semantics §2.2,
/// §10). docs/published-figures.md holds them against the figures that they come from.
struct EraCosts {
    /// ZooKeeper: what a new controller needs to read one partition of the cluster before it
    /// reacts to anything. KRaft: nothing, its followers hold the log (kafka-semantics §2.3).
    sim::Duration failover_per_partition{};
    /// Controlled shutdown: one leader moved.
    sim::Duration drain_per_leader{};
    /// A broker that was fenced: one new leader in its place.
    sim::Duration election_per_leader{};
};

/// By today's version of the cluster. A version that cannot be read: ZooKeeper as from 1.1 on.
EraCosts era_costs(const Cluster& cluster);

/// One leader moved in a controlled shutdown: as the case has it, else by version.
sim::Duration drain_per_leader(const Case& a_case, ClusterId cluster);
/// One leader elected in the place of a dead one: as the case has it, else by version.
sim::Duration election_per_leader(const Case& a_case, ClusterId cluster);

/// What opening and checking every index adds to the log load of a broker with `version` of Kafka,
/// over StepTimes::start. Nothing from 2.3 on, where indexes are opened when they are used
/// (KAFKA-7283), and where the version cannot be read.
sim::Duration index_check_time(const Fleet& fleet, BrokerId broker, std::string_view version);
/// The version that a broker of the cluster runs after its step.
std::string_view version_after(const Cluster& cluster);

}  // namespace rollcast::models
