// Small fleets for the planner's tests: sketched by hand or drawn from a seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/case.hpp"

namespace rollcast::support {

struct TopicSketch {
    std::string name = "orders";
    int min_isr = 2;
    bool accepted = false;
    /// By partition: its brokers, by place in the cluster, preferred leader first.
    std::vector<std::vector<std::uint32_t>> replicas;
    std::int64_t write_bytes_per_s = 1'000'000;  // of each partition
    std::int64_t stored_bytes = 10'000'000'000;  // of each replica
};

struct QuorumSketch {
    std::uint32_t rack = 0;  // by place in the cluster
    bool leader = false;
    int shared_with = -1;  // broker by place, -1 = a machine of its own
};

struct ClusterSketch {
    std::string name = "c01";
    std::vector<std::uint32_t> rack_of;  // by broker: its rack, by place in the cluster
    std::vector<TopicSketch> topics;
    std::vector<QuorumSketch> quorum;
    std::int64_t nic_bytes_per_s = 1'250'000'000;
    std::int64_t disk_bytes_per_s = 500'000'000;
};

models::FleetTables fleet_tables(const std::vector<ClusterSketch>& clusters);
models::Case sketched_case(const std::vector<ClusterSketch>& clusters);

/// How a random cluster is drawn.
struct RandomShape {
    std::uint32_t brokers = 6;
    std::uint32_t racks = 3;
    std::uint32_t partitions = 12;
    std::uint32_t rf = 3;
    int min_isr = 2;
    bool rack_aware = true;
    std::uint32_t broken_per_mille = 0;  // partitions that get two replicas in one rack
    std::uint32_t rate_spread = 1;       // write rates from 1 to this many MB/s
};

/// Brokers go round the racks; replicas of a partition to distinct brokers, in distinct racks where
/// `rack_aware` and the racks allow it.
ClusterSketch random_cluster(std::uint64_t seed, const RandomShape& shape);

/// The six brokers of the reference clusters: racks {0,3}, {1,4}, {2,5}; topics orders (min ISR 2),
/// __consumer_offsets (min ISR 1), audit (RF 3, min ISR 3), events.
ClusterSketch reference_cluster(bool accept_audit);

/// A cluster in which places `a` and `b` conflict for each listed pair and no others do: one
/// RF 2, min ISR 1 partition a pair; every broker in a rack of its own.
ClusterSketch pairs_cluster(std::uint32_t brokers,
                            const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs);

}  // namespace rollcast::support
