// A replica that goes from one broker to another while a run goes on, and room for it.
#pragma once

#include <cstdint>
#include <memory>

#include "models/ids.hpp"

namespace rollcast::models {

struct Case;
struct Fault;
class Fleet;

/// A reassignment of one partition (KIP-455): the replica in slot `adds` is made, catches up, and
/// when it is in sync the one in slot `removes` goes and its place in the order is taken over. At
/// most one a partition and a run.
struct ReplicaMove {
    PartitionId partition;
    std::uint8_t adds = 0;
    std::uint8_t removes = 0;
    std::uint32_t fault = 0;  // of the case, that asks for it
    double throttle = 0.0;    // bytes/s that a broker gives or takes of what is moved; 0 = all
};

/// True where some broker of the cluster could take a replica of another one's.
bool has_room_for_moves(const Fleet& fleet, ClusterId c);

/// The case with a slot more for every replica that its faults move, and the moves; nothing where
/// they move none. What was there before keeps its ids and slots.
///
/// A new replica goes to a rack that holds none of the others, that of the old one first, there to
/// the broker that hosts least, into the log dir with the fewest (LogManager.nextLogDirs).
std::shared_ptr<const Case> with_room_for_moves(const Case& a_case);

}  // namespace rollcast::models
