#include "tests/support/planner_fleets.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "sim/random.hpp"

namespace rollcast::support {

using models::BrokerId;
using models::ClusterId;
using models::FleetTables;
using models::RackId;
using models::TopicId;

namespace {

void add_topic(FleetTables& tables,
               const TopicSketch& sketch,
               ClusterId cluster,
               std::uint32_t first_broker) {
    models::Topic topic;
    topic.name = sketch.name;
    topic.cluster = cluster;
    topic.rf = sketch.replicas.empty() ? 3 : static_cast<int>(sketch.replicas.front().size());
    topic.min_isr = sketch.min_isr;
    topic.accepted = sketch.accepted;
    const TopicId id = tables.topics.push_back(topic);
    for (std::uint32_t number = 0; number < sketch.replicas.size(); ++number) {
        models::Partition partition;
        partition.topic = id;
        partition.number = number;
        partition.first_replica = static_cast<std::uint32_t>(tables.replica_broker.size());
        partition.rf = static_cast<std::uint8_t>(sketch.replicas[number].size());
        partition.isr = static_cast<std::uint8_t>((1U << partition.rf) - 1);
        partition.write_bytes_per_s = sketch.write_bytes_per_s;
        partition.stored_bytes = sketch.stored_bytes;
        for (const std::uint32_t place : sketch.replicas[number]) {
            tables.replica_broker.push_back(BrokerId{first_broker + place});
        }
        tables.partitions.push_back(partition);
    }
}

void add_cluster(FleetTables& tables, const ClusterSketch& sketch) {
    models::Cluster cluster;
    cluster.name = sketch.name;
    cluster.stack = {"CentOS 7", "2.8.2", "2.8", "2.8", "SASL_SSL", "old"};
    cluster.target = {"RHEL 9", "3.9.1", "3.9", "3.9", "mTLS", "new"};
    const ClusterId id = tables.clusters.push_back(cluster);
    const auto first_rack = static_cast<std::uint32_t>(tables.racks.size());
    std::uint32_t racks = 0;
    for (const std::uint32_t r : sketch.rack_of) racks = std::max(racks, r + 1);
    for (const QuorumSketch& q : sketch.quorum) racks = std::max(racks, q.rack + 1);
    for (std::uint32_t r = 0; r < racks; ++r) {
        tables.racks.push_back({.name = fmt::format("r{}", r + 1), .cluster = id});
    }
    const auto first_broker = static_cast<std::uint32_t>(tables.brokers.size());
    for (std::uint32_t place = 0; place < sketch.rack_of.size(); ++place) {
        models::Broker broker;
        broker.number = place + 1;
        broker.host = fmt::format("{}-b{}", sketch.name, place + 1);
        broker.cluster = id;
        broker.rack = RackId{first_rack + sketch.rack_of[place]};
        broker.nic_in = broker.nic_out = models::ByteRate{sketch.nic_bytes_per_s};
        const BrokerId b = tables.brokers.push_back(broker);
        models::LogDir dir;
        dir.broker = b;
        dir.path = "/data";
        dir.capacity = models::Bytes{8'000'000'000'000};
        dir.read_rate = dir.write_rate = models::ByteRate{sketch.disk_bytes_per_s};
        tables.log_dirs.push_back(dir);
    }
    for (std::uint32_t i = 0; i < sketch.quorum.size(); ++i) {
        const QuorumSketch& q = sketch.quorum[i];
        models::QuorumNode node;
        node.name = fmt::format("{}-zk{}", sketch.name, i + 1);
        node.cluster = id;
        node.rack = RackId{first_rack + q.rack};
        node.leader_at_start = q.leader;
        if (q.shared_with >= 0) {
            node.shared_with = BrokerId{first_broker + static_cast<std::uint32_t>(q.shared_with)};
        }
        tables.quorum_nodes.push_back(node);
    }
    for (const TopicSketch& topic : sketch.topics) add_topic(tables, topic, id, first_broker);
}

/// One partition's brokers: distinct racks as far as they go, then distinct brokers.
std::vector<std::uint32_t> draw_replicas(sim::RandomStream& random,
                                         const RandomShape& shape,
                                         bool broken) {
    std::vector<std::uint32_t> replicas;
    std::vector<bool> rack_used(shape.racks, false);
    const auto taken = [&](std::uint32_t b) {
        return std::find(replicas.begin(), replicas.end(), b) != replicas.end();
    };
    for (int draws = 0; replicas.size() < shape.rf; ++draws) {
        const auto b = static_cast<std::uint32_t>(random.below(shape.brokers));
        const bool racks_left =
            std::any_of(rack_used.begin(), rack_used.end(), [](bool used) { return !used; });
        if (taken(b)) continue;
        const bool patient = draws < 100;  // no rack may have a second broker to offer
        const bool wrong_rack = rack_used[b % shape.racks] && racks_left;
        const bool last = replicas.size() + 1 == shape.rf;
        if (shape.rack_aware && !broken && wrong_rack) continue;
        if (broken && last && patient && !rack_used[b % shape.racks]) continue;
        replicas.push_back(b);
        rack_used[b % shape.racks] = true;
    }
    return replicas;
}

}  // namespace

FleetTables fleet_tables(const std::vector<ClusterSketch>& clusters) {
    FleetTables tables;
    tables.name = "sketch";
    for (const ClusterSketch& cluster : clusters) add_cluster(tables, cluster);
    return tables;
}

models::Case sketched_case(const std::vector<ClusterSketch>& clusters) {
    models::Case a_case;
    a_case.name = "sketch";
    a_case.fleet = models::make_fleet(fleet_tables(clusters));
    return a_case;
}

ClusterSketch random_cluster(std::uint64_t seed, const RandomShape& shape) {
    sim::RandomStream random(seed, 0, sim::Draw::placement, 0);
    ClusterSketch cluster;
    for (std::uint32_t b = 0; b < shape.brokers; ++b) cluster.rack_of.push_back(b % shape.racks);
    for (std::uint32_t t = 0; t < std::min(shape.partitions, 4U); ++t) {
        TopicSketch topic;
        topic.name = fmt::format("t{}", t + 1);
        topic.min_isr = shape.min_isr;
        topic.write_bytes_per_s =
            static_cast<std::int64_t>(1 + random.below(shape.rate_spread)) * 1'000'000;
        for (std::uint32_t p = t; p < shape.partitions; p += 4) {
            const bool broken = random.below(1'000) < shape.broken_per_mille;
            topic.replicas.push_back(draw_replicas(random, shape, broken));
        }
        cluster.topics.push_back(topic);
    }
    return cluster;
}

ClusterSketch reference_cluster(bool accept_audit) {
    // kafka-topics --describe of the reference runs, brokers 1..6 as places 0..5.
    const std::vector<std::vector<std::uint32_t>> pattern{{0, 4, 2},
                                                          {1, 5, 0},
                                                          {2, 3, 1},
                                                          {3, 1, 5},
                                                          {4, 2, 3},
                                                          {5, 0, 4},
                                                          {0, 1, 2},
                                                          {1, 2, 0},
                                                          {2, 0, 1},
                                                          {3, 4, 5},
                                                          {4, 5, 3},
                                                          {5, 3, 4}};
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2, 0, 1, 2};
    const auto topic = [&](const char* name, int min_isr, std::uint32_t partitions) {
        TopicSketch t;
        t.name = name;
        t.min_isr = min_isr;
        t.write_bytes_per_s = 4'000;
        t.stored_bytes = 2'000'000;
        for (std::uint32_t p = 0; p < partitions; ++p) t.replicas.push_back(pattern[p % 12]);
        return t;
    };
    cluster.topics = {topic("orders", 2, 48),
                      topic("__consumer_offsets", 1, 6),
                      topic("audit", 3, 6),
                      topic("events", 2, 24)};
    cluster.topics[2].accepted = accept_audit;
    return cluster;
}

ClusterSketch pairs_cluster(std::uint32_t brokers,
                            const std::vector<std::pair<std::uint32_t, std::uint32_t>>& pairs) {
    ClusterSketch cluster;
    cluster.rack_of.resize(brokers);
    std::iota(cluster.rack_of.begin(), cluster.rack_of.end(), 0U);
    TopicSketch topic;
    topic.min_isr = 1;
    for (const auto& [a, b] : pairs) topic.replicas.push_back({a, b});
    cluster.topics.push_back(topic);
    return cluster;
}

}  // namespace rollcast::support
