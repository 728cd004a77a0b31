// Consumers that read what was written long ago, from disk.
#include <cmath>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// All that the scans that hold read of the cluster, of every partition alike.
void read_old_records(FaultScene& scene) {
    RunState& run = scene.run;
    const ClusterId c = scene.fault().cluster;
    const Cluster& cluster = run.fleet().clusters()[c];
    double rate = 0.0;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        if (scene.book.active[f] == 0 || other.kind != FaultKind::cold_consumer_scan) continue;
        if (other.cluster == c) rate += other.value(0);
    }
    const std::int64_t each = std::llround(rate / static_cast<double>(cluster.partition_count));
    bool moves = false;
    for (const TopicId t : cluster.topics()) {
        if (run.load.scan(t) == each) continue;
        moves = true;
        run.load.set_scan(t, each, run.partitions);
    }
    if (!moves) return;
    for (const BrokerId b : cluster.brokers()) {
        const bool runs = run.brokers[b].process == BrokerState::Process::up;
        if (scene.active() && runs) run.brokers[b].reason = cause_of(scene, b);
        scene.data.rates_change(run, b);
    }
}

}  // namespace

const FaultInfo cold_consumer_scan{
    .word = "cold_consumer_scan",
    .family = FaultFamily::load,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "read_bytes_per_s",
                     .unit = "B/s",
                     .least = 0.0,
                     .most = 1e12,
                     .fallback = 250e6,
                     .meaning = "What is read in all, of every partition alike; the mean over the "
                                "day, as of all traffic.",
                     .source = "assumed: what one rebuild without throttle reads, §4.4"}}},
    .phrase = "consumers read old records of {target} from disk at {0}, for {duration}",
    .effect =
        "Consumers read records of a cluster that no page cache holds: the disks of the leaders, "
        "up to half of their time, and their way out are busy with that.",
    .shows =
        "Headroom; rebuilds take longer, from disks and NICs that have less left; appends that do "
        "not fit into the rest put their broker out of its ISRs.",
    .over_by = "They have read it all: disks and NICs are there for the rest again.",
    .source = "§4.4",
    .starts = read_old_records,
    .ends = read_old_records,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fault.cluster].partition_count > 0;
        },
    .only = "a cluster with topics"};

}  // namespace rollcast::models::faults
