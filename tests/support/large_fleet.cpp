#include "tests/support/large_fleet.hpp"

#include <fmt/format.h>

namespace rollcast::support {

using namespace models;

namespace {

/// Replicas of partition `p`: one in each of three consecutive racks, brokers of a rack in turn.
void place(FleetTables& tables, const LargeShape& shape, std::uint32_t first, std::uint32_t p) {
    const std::uint32_t per_rack = shape.brokers / shape.racks;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const std::uint32_t rack = (p + i) % shape.racks;
        const std::uint32_t turn = (p / shape.racks + i * (1 + p / shape.brokers)) % per_rack;
        tables.replica_broker.push_back(BrokerId{first + turn * shape.racks + rack});
    }
}

void add_cluster(FleetTables& tables, const LargeShape& shape) {
    Cluster cluster;
    cluster.name = fmt::format("c{:02}", tables.clusters.size() + 1);
    const ClusterId c = tables.clusters.push_back(cluster);
    const auto first_rack = static_cast<std::uint32_t>(tables.racks.size());
    const auto first_broker = static_cast<std::uint32_t>(tables.brokers.size());
    for (std::uint32_t r = 0; r < shape.racks; ++r) {
        tables.racks.push_back({.name = fmt::format("r{}", r), .cluster = c});
    }
    for (std::uint32_t b = 0; b < shape.brokers; ++b) {
        const BrokerId id =
            tables.brokers.push_back({.number = b,
                                      .host = fmt::format("b{}", b),
                                      .cluster = c,
                                      .rack = RackId{first_rack + b % shape.racks},
                                      .nic_in = sim::bytes_per_second(1'250'000'000),
                                      .nic_out = sim::bytes_per_second(1'250'000'000),
                                      .page_cache = sim::bytes(64'000'000'000),
                                      .machine = {}});
        for (int dir = 0; dir < 4; ++dir) {
            tables.log_dirs.push_back({.broker = id,
                                       .path = fmt::format("d{}", dir),
                                       .capacity = sim::bytes(4'000'000'000'000),
                                       .read_rate = sim::bytes_per_second(150'000'000),
                                       .write_rate = sim::bytes_per_second(150'000'000)});
        }
    }
    const TopicId t =
        tables.topics.push_back({.name = "orders", .cluster = c, .rf = 3, .min_isr = 2});
    for (std::uint32_t p = 0; p < shape.partitions; ++p) {
        Partition partition{.topic = t, .number = p, .rf = 3, .isr = 0b111};
        partition.first_replica = static_cast<std::uint32_t>(tables.replica_broker.size());
        partition.write_bytes_per_s = shape.write_bytes_per_s * (90 + p % 21) / 100;
        partition.stored_bytes = partition.write_bytes_per_s * 7 * 86'400;
        place(tables, shape, first_broker, p);
        tables.partitions.push_back(partition);
    }
}

}  // namespace

Case large_case(const LargeShape& shape) {
    FleetTables tables;
    for (std::uint32_t c = 0; c < shape.clusters; ++c) add_cluster(tables, shape);
    Case a_case;
    a_case.name = "large";
    a_case.fleet = make_fleet(std::move(tables));
    return a_case;
}

Plan one_at_a_time(const Case& a_case) {
    Plan plan;
    plan.name = "one at a time";
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterPlan cluster;
        cluster.cluster = c;
        cluster.start = Start::barrier;
        for (const BrokerId b : a_case.fleet.clusters()[c].brokers()) {
            cluster.batches.push_back({.machines = {a_case.fleet.brokers()[b].machine}});
        }
        plan.clusters.push_back(cluster);
    }
    return plan;
}

Plan rack_at_a_time(const Case& a_case) {
    Plan plan;
    plan.name = "rack at a time";
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterPlan cluster;
        cluster.cluster = c;
        cluster.start = Start::barrier;
        for (const RackId r : a_case.fleet.clusters()[c].racks()) {
            Batch batch;
            for (const BrokerId b : a_case.fleet.clusters()[c].brokers()) {
                const Broker& broker = a_case.fleet.brokers()[b];
                if (broker.rack == r) batch.machines.push_back(broker.machine);
            }
            cluster.batches.push_back(batch);
        }
        plan.clusters.push_back(cluster);
    }
    return plan;
}

}  // namespace rollcast::support
