#include "tests/support/kafka_placement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/elementary.hpp"
#include "sim/random.hpp"

namespace rollcast::support {

namespace {

/// Brokers with the racks in turn: rack 0's first, rack 1's first, ...
std::vector<std::uint32_t> in_turn(const StripedShape& shape) {
    std::vector<std::uint32_t> order;
    for (std::uint32_t b = 0; b < shape.brokers; ++b) order.push_back(b);
    return order;  // brokers go round the racks already
}

/// One topic's replicas, after AdminUtils.assignReplicasToBrokersRackAware and its counterpart
/// without racks (Apache Kafka 3, core/src/main/scala/kafka/admin/AdminUtils.scala).
std::vector<std::vector<std::uint32_t>> assigned(sim::RandomStream& random,
                                                 const StripedShape& shape,
                                                 std::uint32_t partitions) {
    constexpr std::uint32_t rf = 3;
    const std::vector<std::uint32_t> order = in_turn(shape);
    const auto n = static_cast<std::uint32_t>(order.size());
    const auto first_place = static_cast<std::uint32_t>(random.below(n));
    auto shift = static_cast<std::uint32_t>(random.below(n));
    const std::uint32_t racks = shape.racks;
    std::vector<std::vector<std::uint32_t>> all;
    for (std::uint32_t p = 0; p < partitions; ++p) {
        if (p > 0 && p % n == 0) ++shift;
        const std::uint32_t first = (p + first_place) % n;
        std::vector<std::uint32_t> replicas{order[first]};
        for (std::uint32_t k = 0; replicas.size() < rf; ++k) {
            const std::uint32_t second = racks == 0 ? shift : shift * racks;
            const std::uint32_t broker = order[(first + 1 + (second + k) % (n - 1)) % n];
            const bool taken =
                std::any_of(replicas.begin(), replicas.end(), [&](std::uint32_t other) {
                    return other == broker || (racks > 0 && other % racks == broker % racks);
                });
            if (!taken) replicas.push_back(broker);
        }
        all.push_back(std::move(replicas));
    }
    return all;
}

}  // namespace

ClusterSketch striped_cluster(std::uint64_t seed, const StripedShape& shape) {
    sim::RandomStream random(seed, 50, sim::Draw::placement, 0);
    ClusterSketch cluster;
    const std::uint32_t racks = shape.racks == 0 ? 3 : shape.racks;
    for (std::uint32_t b = 0; b < shape.brokers; ++b) cluster.rack_of.push_back(b % racks);
    for (std::uint32_t left = shape.partitions; left > 0;) {
        TopicSketch topic;
        topic.name = fmt::format("t{}", cluster.topics.size() + 1);
        const double size = 30.0 * sim::exp_exact(random.normal());
        const auto partitions = std::min(left, static_cast<std::uint32_t>(std::max(1.0, size)));
        // 1.2 GB/s into the cluster, shared by lognormal rates.
        topic.write_bytes_per_s = static_cast<std::int64_t>(
            1.2e9 / shape.partitions * std::min(20.0, sim::exp_exact(random.normal() - 0.5)));
        topic.replicas = assigned(random, shape, partitions);
        left -= partitions;
        cluster.topics.push_back(std::move(topic));
    }
    cluster.disk_bytes_per_s = 250'000'000;
    return cluster;
}

std::vector<double> reimage_minutes(std::uint64_t seed, std::uint32_t brokers) {
    sim::RandomStream random(seed, 51, sim::Draw::placement, 0);
    std::vector<double> minutes;
    for (std::uint32_t b = 0; b < brokers; ++b) {
        minutes.push_back(std::clamp(45.0 + 10.0 * random.normal(), 25.0, 75.0));
    }
    return minutes;
}

}  // namespace rollcast::support
