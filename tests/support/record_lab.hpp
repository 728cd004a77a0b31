// The six brokers of the reference runs with their load, record by record.
#pragma once

#include "models/record_plane.hpp"
#include "tests/support/lab.hpp"

namespace rollcast::support {

/// One topic of a lab: `rate` records/s of `size` bytes over all its partitions.
struct LoadSketch {
    std::string name = "orders";
    std::vector<Places> replicas;
    double rate = 300;
    double size = 4'000;
    models::Acks acks = models::Acks::all;
    bool idempotent = true;
    bool retries = true;
    int min_isr = 2;
};

/// `count` partitions with one replica in each of three racks, two brokers a rack, leaders spread.
std::vector<Places> spread_replicas(std::uint32_t count, std::uint32_t shift);
/// The three topics of the reference runs (base() of the load script): orders 48 x acks=all,
/// events 24 x acks=1 without retries, audit 6 x acks=all with min ISR 3.
std::vector<LoadSketch> reference_load();

/// A lab with the record fidelity, KRaft 3.9 as in the reference runs, and `topics` on six brokers
/// in three racks; nothing stored before the run, linger 5 ms. The run ends at its horizon.
Lab record_lab(const std::vector<LoadSketch>& topics, int brokers = 6);

const models::RecordPlane& records(const models::World& world);
models::RecordPlane& records(models::World& world);
/// Counts of topic `t` at the end of the lab's run.
models::TopicRecords counted(Lab& lab, std::size_t t = 0);

}  // namespace rollcast::support
