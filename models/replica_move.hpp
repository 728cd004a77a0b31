// A replica that goes from one broker to another while a run goes on, and room for it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "models/ids.hpp"

namespace rollcast::models {

struct Case;
struct Fault;
struct HostedReplica;
class Fleet;

/// A reassignment of one partition (KIP-455): the replica in slot `adds` is made, catches up, and
/// when it is in sync the one in slot `removes` goes and its place in the order is taken over. Of a
/// partition at most one is under way, and at most one replica is away from where it was.
struct ReplicaMove {
    static constexpr std::uint32_t no_fault = 0xffff'ffffU;

    PartitionId partition;
    std::uint8_t adds = 0;
    std::uint8_t removes = 0;
    std::uint32_t fault = 0;  // of the case, that asks for it; no_fault: a policy may
    double throttle = 0.0;    // bytes/s that a broker gives or takes of what is moved; 0 = all
};

/// True where some broker of the cluster could take a replica of another one's.
bool has_room_for_moves(const Fleet& fleet, ClusterId c);

/// What moves replicas in a run.
struct Movers {
    bool faults = true;
    std::vector<BrokerId> emptied{};  // brokers that a policy may empty, one at a time
    double throttle = 0.0;            // of what it moves: ReplicaMove::throttle
};

/// The case with a slot more for every replica that is moved, and the moves; nothing where none is.
/// What was there before keeps its ids and slots.
///
/// What a fault moves goes to a rack that holds none of the others, that of the old one first,
/// there to the broker that hosts least, into the log dir with the fewest
/// (LogManager.nextLogDirs).
///
/// What a policy moves off a broker goes to a rack without another replica of its partition, there
/// to the broker that stores least with what it takes from that broker, and to none that would be
/// filled above 0.8 of its capacity (RackAwareGoal, DiskCapacityGoal and disk.capacity.threshold of
/// Cruise Control). A replica for which there is no such broker gets no slot, nor one that a fault
/// moves, nor one of a partition whose slots are used up. Replicas of a partition may have the same
/// broker to go to, one after the other, and share its slot.
/// O(replicas of the emptied brokers x brokers of their cluster).
std::shared_ptr<const Case> with_room_for_moves(const Case& a_case, const Movers& movers);

/// The move by which a policy takes `replica` away from the broker that it was on at the start;
/// nothing where there is no room. O(log moves).
std::optional<ReplicaMove> policy_move(const Case& a_case, const HostedReplica& replica);

}  // namespace rollcast::models
