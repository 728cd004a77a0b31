// A byte on a disk flips, and nobody reads it.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// Any byte that lies in the log dir is as likely as any other.
void flip(FaultScene& scene) {
    RunState& run = scene.run;
    const Fleet& fleet = run.fleet();
    const LogDirId dir = scene.fault().log_dir;
    const auto size = [&](const HostedReplica& replica) {
        const bool here = fleet.replica_dirs(replica.partition)[replica.slot] == dir &&
                          !run.load.absent(replica.partition, replica.slot);
        if (!here) return 0.0;
        const LogSpan span = log_span(*run.a_case, replica.partition, run.now);
        return span.end - span.start;
    };
    const auto hosted = fleet.hosted(fleet.log_dirs()[dir].broker);
    double total = 0.0;
    for (const HostedReplica& replica : hosted) total += size(replica);
    sim::RandomStream random = fault_stream(run, scene.index, scene.book.times[scene.index]);
    for (int i = 0; i < static_cast<int>(scene.fault().value(0)); ++i) {
        double left = random.uniform() * total;
        for (const HostedReplica& replica : hosted) {
            const double bytes = size(replica);
            if (left >= bytes) {
                left -= bytes;
                continue;
            }
            const LogSpan span = log_span(*run.a_case, replica.partition, run.now);
            run.signatures.rotten.push_back({dir, replica.partition, span.start + left, run.now});
            ++run.signatures.flipped;
            break;
        }
    }
}

}  // namespace

const FaultInfo bit_rot{
    .word = "bit_rot",
    .family = FaultFamily::disk,
    .target = FaultTarget::log_dir,
    .lasts = false,
    .parameters = {{{.key = "flipped_bytes",
                     .unit = "",
                     .least = 0.0,
                     .most = 1e6,
                     .fallback = 1.0,
                     .meaning = "How many, anywhere in what is stored.",
                     .source = "assumed",
                     .whole = true}}},
    .phrase = "{0} bytes of log dir {target} flip",
    .effect = "Bytes of stored records change on one disk; no metric moves.",
    .shows =
        "The verify checksum of its machine's step, where the bytes were signed before they "
        "flipped; the comparison of what a wiped machine has copied with what its leaders hold "
        "(`data_checksum`); a copy from a leader whose bytes had flipped before, which ends at the "
        "batch whose CRC does not fit (§4.1); else nothing but the rule on the data signature.",
    .over_by = "The node or the replica is rebuilt, or retention has deleted the segments.",
    .source = "assumed",
    .starts = flip};

}  // namespace rollcast::models::faults
