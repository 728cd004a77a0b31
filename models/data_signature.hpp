// What log dirs hold, and the signatures that a step takes of it: whether bit rot is found follows
// from when it came, what was covered, and what retention and compaction have taken away since.
#pragma once

#include <map>
#include <vector>

#include "models/ids.hpp"
#include "models/plan.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

struct Case;
struct RunState;
struct Verdict;

/// What a check of a step has found.
struct StepFinding {
    enum class Kind : std::uint8_t {
        config_drift,      // its cluster or broker is not as the golden file has it
        checksum_mismatch  // what is on its disks is not what was there before
    };
    Kind kind = Kind::config_drift;
    sim::Instant at;
    MachineId machine;
};

/// A byte of a replica that has flipped; nobody has read it yet.
struct RottenByte {
    LogDirId dir;
    PartitionId partition;
    double at_byte = 0.0;  // of the log, from its end at the start of the run
    sim::Instant since;
};

/// A log as bytes, from its end at the start of the run. Segments are as long as
/// log.segment.bytes (1 GiB) or, where that takes longer, what is written in log.roll.hours (168).
struct LogSpan {
    double start = 0.0;   // retention has taken what was before
    double active = 0.0;  // where the active segment begins: all before it is sealed
    double end = 0.0;
    /// How often the cleaner has rewritten the sealed segments since the start of the run: each
    /// time as much has been written as is kept (min.cleanable.dirty.ratio 0.5).
    std::int64_t rewritten = 0;
};
LogSpan log_span(const Case& a_case, PartitionId p, sim::Instant at);

/// When the signatures of a machine were taken.
struct Baseline {
    sim::Instant sealed_at = sim::Instant::never();  // of its sealed segments, beside the traffic
    sim::Instant rest_at = sim::Instant::never();    // of all that was left, after the stop
};

/// The bytes that have flipped, and what steps know of them.
struct DataSignatures {
    std::vector<RottenByte> rotten;  // on the disks now; retention may have taken them since
    std::map<MachineId, Baseline> baselines;
    std::uint64_t flipped = 0;     // so far
    std::uint64_t mismatches = 0;  // machines
};

/// How long the checksum of a machine's log dirs takes, side by side; `sealed`: of their sealed
/// segments alone, or, with `but_sealed`, of all but those.
enum class Covered : std::uint8_t { all, sealed, but_sealed };
sim::Duration scan_time(const RunState& run, MachineId m, Covered covered);
/// Share of the time of its disks that a scan beside the traffic leaves.
double left_by_scan(const RunState& run, MachineId m);

/// True where the signature taken now over all of the machine's disks differs from its baselines in
/// what both cover.
bool signature_differs(const RunState& run, MachineId m);
/// The disks of the machine are empty: what had flipped there is gone.
void forget_rot(RunState& run, MachineId m);
/// Answers the rule on the data signature, at the end of the run.
void judge_signatures(const RunState& run, Checksums checksums, Verdict& verdict);

}  // namespace rollcast::models
