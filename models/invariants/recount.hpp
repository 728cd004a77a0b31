// The state of a run counted anew from its partitions and brokers alone, to hold the books against.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/invariants/load_recount.hpp"
#include "models/world.hpp"

namespace rollcast::models {

/// What is counted from leaders and ISRs.
struct PartitionCounts {
    std::vector<std::uint32_t> dirs;        // partitions that would be under their floor without it
    std::vector<std::uint32_t> brokers;     // the same
    std::vector<std::uint32_t> racks;       // the same
    std::vector<std::uint32_t> out_of_isr;  // replicas of a broker
    std::uint64_t at_floor = 0;
    std::uint64_t under_floor[2] = {0, 0};  // of topics that are not accepted, and that are
    std::uint64_t leaderless[2] = {0, 0};   // the same
};

/// Holds the books of one run against a recount, event by event.
///
/// Recounted: the N-1 margin of every log dir, broker and rack; partitions under and at their floor
/// and without a leader; replicas out of the ISR by broker; the load of every broker, rack and
/// room; events that are not idle. What a count is made of is compared with what it was at the look
/// before, value by value, and counted again only where it is another; the books are read at every
/// look.
class Recounter {
public:
    /// Every way in which the books of `world` differ from a recount, and every invariant of its
    /// state that does not hold now, one sentence each. Empty = all is well. Always the same world.
    std::vector<std::string> look(const World& world);

    /// Partitions that lay under their floor at the last look: those of topics that are accepted,
    /// or those of all others.
    std::uint64_t under_floor(bool accepted) const { return counts_.under_floor[accepted ? 1 : 0]; }

private:
    /// What counts depend on besides the partitions.
    struct Others {
        std::vector<BrokerState::Process> processes;
        std::vector<bool> fenced;
        std::vector<LogDirId> dead_dirs;
        std::vector<double> surges;
        std::vector<std::int64_t> scans;
        friend bool operator==(const Others&, const Others&) = default;
    };

    bool partitions_differ(const RunState& run);
    bool others_differ(const RunState& run);

    PartitionTable partitions_;
    Others others_;
    PartitionCounts counts_;
    LoadCounts load_;
    bool check_again_ = false;  // something was wrong, or depends on links
};

/// The same by one look, with everything counted.
std::vector<std::string> recount_errors(const World& world);

/// How many partitions that are not accepted (or only those that are) lie under their floor.
std::uint64_t partitions_under_floor(const RunState& run, bool accepted);

/// At the end of a run: a replica that was in sync at its start, runs, has a leader that serves it
/// and has not come back, one sentence; empty where there is none, or where something still works
/// on it, cannot go on or has no quorum to ask.
std::string forgotten_replica(const World& world);

}  // namespace rollcast::models
