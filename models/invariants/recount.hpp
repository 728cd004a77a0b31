// The state of a run counted anew from its partitions and brokers alone, to hold the books against.
#pragma once

#include <string>
#include <vector>

#include "models/world.hpp"

namespace rollcast::models {

/// Every way in which the books of `world` differ from a recount, and every invariant of its state
/// that does not hold now, one sentence each. Empty = all is well.
///
/// Recounted: the N-1 margin of every log dir, broker and rack; partitions under and at their floor
/// and without a leader; replicas out of the ISR by broker; the load of every broker and rack;
/// events that are not idle.
std::vector<std::string> recount_errors(const World& world);

/// How many partitions that are not accepted (or only those that are) lie under their floor.
std::uint64_t partitions_under_floor(const RunState& run, bool accepted);

/// At the end of a run: a replica that was in sync at its start, runs, has a leader that serves it
/// and has not come back, one sentence; empty where there is none, or where something still works
/// on it, cannot go on or has no quorum to ask.
std::string forgotten_replica(const World& world);

}  // namespace rollcast::models
