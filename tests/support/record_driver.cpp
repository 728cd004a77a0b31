#include "tests/support/record_driver.hpp"

namespace rollcast::support {

using models::BrokerId;
using models::Event;
using models::EventKind;
using models::HostedReplica;
using models::PartitionId;
using models::PartitionState;

RecordDriver::RecordDriver(Lab& lab)
    : world_(lab.world()),
      run_(lab.a_case, models::Scope::of(lab.a_case.fleet, models::ClusterId{0}), lab.options),
      plane_(run_) {}

void RecordDriver::set(PartitionId p, PartitionState after) {
    const PartitionState before = run_.partitions[p];
    if (before.leader != after.leader) ++after.epoch;
    run_.partitions[p] = after;
    plane_.partition_changed(run_, p, before);
}

void RecordDriver::react(const Event& event) {
    const BrokerId b{event.entity};
    std::vector<HostedReplica> moved;
    if (event.kind == EventKind::catch_up) {
        plane_.collect_caught_up(run_, b, event.version, moved);
    } else {
        plane_.collect_lagging(run_, b, moved);
    }
    for (const HostedReplica& replica : moved) {
        if (!follows_isr) continue;
        PartitionState after = run_.partitions[replica.partition];
        const auto bit = static_cast<std::uint8_t>(1U << replica.slot);
        after.isr = static_cast<std::uint8_t>(event.kind == EventKind::catch_up ? after.isr | bit
                                                                                : after.isr & ~bit);
        if (event.kind == EventKind::catch_up) expanded.push_back(replica);
        set(replica.partition, after);
    }
}

void RecordDriver::until(sim::Instant at) {
    for (;;) {
        plane_.advance(run_, at);
        if (run_.queue.empty()) break;
        const auto entry = run_.queue.pop();
        run_.now = entry.at;
        react(entry.payload);
    }
    run_.now = at;
}

void RecordDriver::lead(std::uint32_t p, int slot, std::uint8_t isr) {
    PartitionState after = run_.partitions[PartitionId{p}];
    after.leader = static_cast<std::int8_t>(slot);
    after.isr = isr;
    set(PartitionId{p}, after);
}

void RecordDriver::stop(std::uint32_t broker, models::Stop how) {
    plane_.broker_stops(run_, BrokerId{broker}, how);
}

void RecordDriver::start(std::uint32_t broker, bool wiped) {
    plane_.broker_goes_on(run_, BrokerId{broker});
    plane_.broker_starts(run_, BrokerId{broker}, wiped);
}

models::RecordResult RecordDriver::finish() {
    models::Verdict verdict;
    plane_.finish(run_, verdict);
    return *verdict.records;
}

const models::ReplicaLog& RecordDriver::log(std::uint32_t p, std::uint8_t slot) const {
    return records().replica(records().partition(PartitionId{p}), slot).log;
}

Lab three_broker_lab(const LoadSketch& topic) { return record_lab({topic}, 3); }

LoadSketch one_partition(double rate, models::Acks acks, int min_isr) {
    LoadSketch load;
    load.replicas = {{0, 1, 2}};
    load.rate = rate;
    load.size = 1'000;
    load.acks = acks;
    load.idempotent = acks == models::Acks::all;
    load.min_isr = min_isr;
    return load;
}

}  // namespace rollcast::support
