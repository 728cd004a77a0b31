// Something else fills a data disk; to Kafka that is the failure of the log dir.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// True where the logs of its dir and what else is there need all of the disk.
bool is_full(const Fleet& fleet, const Fault& fault) {
    const LogDir& dir = fleet.log_dirs()[fault.log_dir];
    double stored = 0.0;
    for (const HostedReplica& replica : fleet.hosted(dir.broker)) {
        if (fleet.replica_dirs(replica.partition)[replica.slot] != fault.log_dir) continue;
        stored += static_cast<double>(fleet.partitions()[replica.partition].stored_bytes);
    }
    const auto capacity = static_cast<double>(dir.capacity.count());
    const double filled = fault.value(0);
    return filled > 0.0 &&
           (filled >= 1.0 || (capacity > 0.0 && stored + filled * capacity >= capacity));
}

}  // namespace

const FaultInfo disk_full{
    .word = "disk_full",
    .family = FaultFamily::disk,
    .target = FaultTarget::log_dir,
    .parameters = {{{.key = "filled",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the disk that something else takes.",
                     .source = "assumed"}}},
    .phrase = "something else takes {0} of the disk of {target} for {duration}",
    .effect =
        "A share of a disk is filled by something else; where the logs do not fit the log dir "
        "fails.",
    .shows = "As log_dir_fails, where the disk is full; nothing where there is room.",
    .over_by =
        "Space is made and the broker restarted: its logs are there, it catches up with what it "
        "missed.",
    .source = "§8.1",
    .starts =
        [](FaultScene& scene) {
            if (is_full(scene.run.fleet(), scene.fault())) fail_dir(scene);
        },
    .ends = [](FaultScene& scene) { repair_dir(scene, false); }};

}  // namespace rollcast::models::faults
