// What log dirs hold, and the signatures that a step takes of it: whether bit rot is found follows
// from when it came, what was covered, and what retention and compaction have taken away since. A
// disk that came back empty is compared with what its leaders hold instead.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "models/fleet.hpp"
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
    /// Brokers whose disks came back empty: what they hold is a copy of what their leaders held.
    std::set<BrokerId> copies;
    std::set<MachineId> to_compare;  // machines whose copies nobody has compared yet
    /// Replicas whose copy ends at a batch that its leader's disk has spoilt.
    std::vector<HostedReplica> failed;
};

/// How long the checksum of a machine's log dirs takes, side by side; `sealed`: of their sealed
/// segments alone, or, with `but_sealed`, of all but those.
enum class Covered : std::uint8_t { all, sealed, but_sealed };
sim::Duration scan_time(const RunState& run, MachineId m, Covered covered, bool beside_traffic);
/// The same of all that is stored, nominal, at the start of a run.
sim::Duration nominal_scan_time(const Case& a_case, MachineId m, bool beside_traffic);
/// Share of the time of its disks that a scan beside the traffic leaves. The scan takes no more
/// than the live writes of the daily peak do not need, half at most, and a twentieth at least: a
/// reader with the lowest I/O priority (assumed).
double left_by_scan(const RunState& run, MachineId m);

/// True where the signature taken now over all of the machine's disks differs from its baselines in
/// what both cover.
bool signature_differs(const RunState& run, MachineId m);
/// The disks of the machine are empty: what had flipped there is gone. With `compare`, what it
/// copies from its leaders is to be held against them.
void disks_emptied(RunState& run, MachineId m, bool compare);
/// Of `caught_up`, replicas of one broker, takes away those that cannot have been copied: a
/// follower checks the CRC of every batch that it appends, and one that does not fit ends the fetch
/// of its partition, and of no other (kafka-semantics §4.1).
void hold_back_spoilt(RunState& run, BrokerId b, std::vector<HostedReplica>& caught_up);
/// Replicas that were held back and whose leaders now have what they need.
std::vector<HostedReplica> take_copied(RunState& run);
/// Holds what the machine has copied against what its leaders hold, over the offsets that both
/// have. Where a byte differs, the CRC of its batch says which of the two is spoilt, and that
/// replica is deleted and fetched anew from the other. Returns how long that takes, at the rate of
/// the disk that is read; nothing where all is alike. What both have alike, neither of them knows.
sim::Duration compare_with_leaders(RunState& run, MachineId m);
/// Answers the rule on the data signature, at the end of the run.
void judge_signatures(const RunState& run, Checksums checksums, Verdict& verdict);

}  // namespace rollcast::models
