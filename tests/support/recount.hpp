// The state of a run counted anew from its partitions and brokers alone, to hold the books against.
#pragma once

#include <string>
#include <vector>

#include "models/world.hpp"

namespace rollcast::support {

/// Every way in which the books of `world` differ from a recount, and every invariant of its state
/// that does not hold now, one sentence each. Empty = all is well.
///
/// Recounted: the N-1 margin of every log dir, broker and rack; partitions under and at their floor
/// and without a leader; replicas out of the ISR by broker; the load of every broker and rack;
/// events that are not idle.
std::vector<std::string> mismatches(const models::World& world);

/// How many partitions that are not accepted (or only those that are) lie under their floor.
std::uint64_t partitions_under_floor(const models::RunState& run, bool accepted);

}  // namespace rollcast::support
