// The record plane without a control plane: a test decides who leads, who is in sync, who stops.
#pragma once

#include "models/record_plane.hpp"
#include "tests/support/record_lab.hpp"

namespace rollcast::support {

/// One cluster whose ISRs follow what leaders ask for, at once, while `follows_isr`.
class RecordDriver {
public:
    /// Takes the fleet, the case and the options of `lab`.
    explicit RecordDriver(Lab& lab);

    bool follows_isr = true;
    std::vector<models::HostedReplica> expanded;  // by leaders' requests, in order

    void until(sim::Instant at);
    void lead(std::uint32_t p, int slot, std::uint8_t isr);
    void stop(std::uint32_t broker, models::Stop how);
    void start(std::uint32_t broker, bool wiped = false);
    /// The end: what was counted.
    models::RecordResult finish();

    const models::RecordState& records() const { return plane_.state(); }
    const models::ReplicaLog& log(std::uint32_t p, std::uint8_t slot) const;
    std::uint8_t isr(std::uint32_t p) const { return run_.partitions[models::PartitionId{p}].isr; }

private:
    void set(models::PartitionId p, models::PartitionState after);
    void react(const models::Event& event);

    models::World world_;  // keeps the case of the lab whole
    models::RunState run_;
    models::RecordPlane plane_;
};

/// `topics` on brokers 0, 1, 2, each in a rack of its own.
Lab three_broker_lab(const LoadSketch& topic);
/// One partition on brokers 0, 1, 2, led by 0: `rate` records/s of 1 kB.
LoadSketch one_partition(double rate, models::Acks acks = models::Acks::all, int min_isr = 2);

}  // namespace rollcast::support
