// Clusters placed as Kafka itself places them, for benchmarks on sparse conflict graphs.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/support/planner_fleets.hpp"

namespace rollcast::support {

/// How a cluster is drawn: topics of lognormal size (median 30 partitions) and rate, RF 3.
struct StripedShape {
    std::uint32_t brokers = 60;
    std::uint32_t racks = 10;  // 0: placed without racks, every broker in one of three
    std::uint32_t partitions = 1'000;
};

/// Replicas as AdminUtils.assignReplicasToBrokers of Kafka lays them: a start and a shift by lot a
/// topic, racks in turn.
ClusterSketch striped_cluster(std::uint64_t seed, const StripedShape& shape);

/// Re-image times in minutes, one a broker: normal, mean 45, deviation 10, within 25 and 75.
std::vector<double> reimage_minutes(std::uint64_t seed, std::uint32_t brokers);

}  // namespace rollcast::support
