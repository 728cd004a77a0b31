#include "planner/certificate/fingerprint.hpp"

#include <bit>
#include <string_view>

#include "models/capacity.hpp"
#include "models/era_costs.hpp"
#include "sim/trace.hpp"

namespace rollcast::planner::certificate {

namespace {

using models::Case;
using models::Fleet;
using sim::TraceHash;

/// Change windows have no end; the openings of a good month tell them apart.
constexpr int stretches_told = 40;

void fold(TraceHash& hash, std::int64_t value) { hash.fold(static_cast<std::uint64_t>(value)); }
void fold(TraceHash& hash, double value) { hash.fold(std::bit_cast<std::uint64_t>(value)); }
void fold(TraceHash& hash, sim::Duration value) { fold(hash, value.count()); }
void fold(TraceHash& hash, std::string_view text) {
    hash.fold(text.size());
    for (const char c : text) hash.fold(static_cast<unsigned char>(c));
}
void fold(TraceHash& hash, const std::optional<int>& limit) {
    fold(hash, static_cast<std::int64_t>(limit.value_or(-1)));
}

void fold_limits(TraceHash& hash, const models::Limits& limits) {
    fold(hash, limits.crews);
    fold(hash, limits.image_slots);
    fold(hash, limits.max_down);
    fold(hash, limits.mixed_version_limit.value_or(sim::Duration{-1}));
    if (limits.windows.always_open()) return;
    sim::Instant at{};
    for (int i = 0; i < stretches_told && at != sim::Instant::never(); ++i) {
        const models::Span open = limits.windows.stretch_after(at);
        fold(hash, open.from.count());
        fold(hash, open.to.count());
        at = open.from == sim::Instant::never() ? open.from : open.to;
    }
}

void fold_step_times(TraceHash& hash, const models::StepTimes& step) {
    for (const sim::Duration d : {step.preflight.nominal,
                                  step.drain_base,
                                  step.drain_per_leader.value_or(sim::Duration{-1}),
                                  step.shutdown.nominal,
                                  step.baseline_checksum.nominal,
                                  step.reimage.nominal,
                                  step.install.nominal,
                                  step.verify_checksum.nominal,
                                  step.start.nominal,
                                  step.quorum_sync.nominal,
                                  step.observe_delay,
                                  step.post_flight.nominal,
                                  step.soak}) {
        fold(hash, d);
    }
}

void fold_machines(TraceHash& hash, const Fleet& fleet) {
    for (const models::Machine& machine : fleet.machines()) {
        fold(hash, machine.name);
        hash.fold(std::uint64_t{machine.cluster.value} << 32 | machine.rack.value);
        hash.fold(std::uint64_t{machine.broker.value} << 32 | machine.quorum_node.value);
        if (!machine.broker.exists()) continue;
        fold(hash, models::catch_up_capacity(fleet, machine.broker));
        const models::Cluster& cluster = fleet.clusters()[machine.cluster];
        fold(hash, models::index_check_time(fleet, machine.broker, models::version_after(cluster)));
    }
}

void fold_partitions(TraceHash& hash, const Fleet& fleet) {
    for (std::uint32_t p = 0; p < fleet.partitions().size(); ++p) {
        const models::Partition& partition = fleet.partitions()[models::PartitionId{p}];
        const models::Topic& topic = fleet.topics()[partition.topic];
        hash.fold(std::uint64_t{partition.floor} << 24 | std::uint64_t{partition.isr} << 16 |
                  std::uint64_t{partition.leader < 0} << 1 | std::uint64_t{topic.accepted});
        fold(hash, partition.write_bytes_per_s);
        fold(hash, partition.stored_bytes);
        for (const models::BrokerId b : fleet.replicas(models::PartitionId{p})) hash.fold(b.value);
    }
}

}  // namespace

std::uint64_t estate_fingerprint(const Case& a_case) {
    TraceHash hash;
    for (const models::Cluster& cluster : a_case.fleet.clusters()) {
        fold(hash, cluster.name);
        hash.fold(std::uint64_t{cluster.broker_count} << 32 | cluster.quorum_node_count);
    }
    fold_machines(hash, a_case.fleet);
    fold_partitions(hash, a_case.fleet);
    fold_step_times(hash, a_case.step);
    fold_limits(hash, a_case.limits);
    fold(hash, a_case.curve.lowest());
    return hash.value();
}

std::uint64_t plan_fingerprint(const models::Plan& plan) {
    TraceHash hash;
    hash.fold(static_cast<std::uint64_t>(plan.gate));
    hash.fold(static_cast<std::uint64_t>(plan.data_disk));
    const auto fold_list = [&](const std::vector<models::MachineId>& machines) {
        hash.fold(machines.size());
        for (const models::MachineId m : machines) hash.fold(m.value);
    };
    for (const models::ClusterPlan& cluster : plan.clusters) {
        hash.fold(std::uint64_t{cluster.cluster.value} << 8 |
                  std::uint64_t{cluster.keeps_crews} << 7 |
                  static_cast<std::uint64_t>(cluster.start));
        hash.fold(cluster.batches.size());
        for (const models::Batch& batch : cluster.batches) {
            fold(hash, static_cast<std::int64_t>(batch.priority));
            fold_list(batch.machines);
        }
        fold(hash, static_cast<std::int64_t>(cluster.quorum_priority));
        fold_list(cluster.quorum);
    }
    return hash.value();
}

}  // namespace rollcast::planner::certificate
