#include "models/era_costs.hpp"

#include "models/kafka_version.hpp"

namespace rollcast::models {

namespace {

/// Before 1.1 the controller's requests to ZooKeeper go one by one. Failover: 63 s for 100,000
/// partitions (PR#3765). Controlled shutdown: fitted to 390 s for 5,000 leaders (Confluent, "Apache
/// Kafka supports 200K partitions per cluster"; that half of 10,000 replicas lead is assumed).
/// Election: 5 ms (Jun Rao, "How to choose the number of topics/partitions").
constexpr EraCosts one_by_one{.failover_per_partition = sim::microseconds(630),
                              .drain_per_leader = sim::microseconds(77'500),
                              .election_per_leader = sim::milliseconds(5)};

/// From 1.1 on they are pipelined (KAFKA-5642). Failover: the published points lie from 0.05 to
/// 0.30 ms; this one is off by at most half from each (fitted: PR#3765, PR#5101, LI-PR#361). The
/// rest: 0.1-0.2 ms (kafka-semantics §2.2).
constexpr EraCosts pipelined{.failover_per_partition = sim::microseconds(157),
                             .drain_per_leader = sim::microseconds(150),
                             .election_per_leader = sim::microseconds(150)};

/// KRaft: fitted to 32 s against ZooKeeper's 135 s in the controlled shutdown of one rig
/// (Confluent, "Kafka without ZooKeeper: a sneak peek").
constexpr EraCosts logged{.failover_per_partition = {},
                          .drain_per_leader = sim::microseconds(32),
                          .election_per_leader = sim::microseconds(32)};

/// Before 2.3, of every hosted replica: fitted to the rolling bounce of PR#5498, with the disks and
/// the segments of that rig (6,360 replicas a broker).
constexpr sim::Duration index_check_per_replica = sim::milliseconds(42);

}  // namespace

EraCosts era_costs(const Cluster& cluster) {
    if (cluster.quorum_kind == QuorumKind::kraft) return logged;
    return before(cluster.stack.kafka_version, 1, 1) ? one_by_one : pipelined;
}

sim::Duration drain_per_leader(const Case& a_case, ClusterId cluster) {
    return a_case.step.drain_per_leader.value_or(
        era_costs(a_case.fleet.clusters()[cluster]).drain_per_leader);
}

sim::Duration election_per_leader(const Case& a_case, ClusterId cluster) {
    return a_case.step.drain_per_leader.value_or(
        era_costs(a_case.fleet.clusters()[cluster]).election_per_leader);
}

sim::Duration index_check_time(const Fleet& fleet, BrokerId broker, std::string_view version) {
    if (!before(version, 2, 3)) return {};
    return index_check_per_replica * static_cast<std::int64_t>(fleet.hosted(broker).size());
}

std::string_view version_after(const Cluster& cluster) {
    return cluster.target.kafka_version.empty() ? cluster.stack.kafka_version
                                                : cluster.target.kafka_version;
}

}  // namespace rollcast::models
