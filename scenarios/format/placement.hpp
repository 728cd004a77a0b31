// Where the replicas of generated topics lie: Kafka's own assignment, and partitions that break its
// rack rule, as reassignments by hand leave them in real clusters.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/random.hpp"

namespace rollcast::scenarios {

/// Brokers of one cluster by their place in it, each with its rack by its place in the cluster.
using RackOf = std::vector<std::uint32_t>;

/// Replicas of `partitions` partitions, `rf` brokers each, one after the other; the first of each
/// is the preferred leader.
///
/// The rack-aware algorithm of Kafka with ZooKeeper (kafka-semantics §7): brokers in
/// rack-alternating order; start and follower shift are drawn from `random`. Replicas span
/// min(racks, rf) racks. Requires `1 <= rf <= rack_of.size()`. O(partitions * rf * brokers) at
/// worst, O(partitions * rf) where racks are even.
std::vector<std::uint32_t> striped_replicas(const RackOf& rack_of,
                                            std::size_t partitions,
                                            std::size_t rf,
                                            sim::RandomStream& random);

/// One partition of a list of replicas.
struct ReplicaSpan {
    std::size_t first = 0;
    std::size_t rf = 0;
};

/// Moves one follower into the rack of another replica in `wanted` of the `partitions`, drawn from
/// `random` among those whose replicas are all in different racks. Returns how many could be
/// changed: fewer than `wanted` only where no more are possible.
std::size_t break_rack_rule(const RackOf& rack_of,
                            const std::vector<ReplicaSpan>& partitions,
                            std::size_t wanted,
                            std::vector<std::uint32_t>& replicas,
                            sim::RandomStream& random);

/// `total` over `count` shares whose sizes are drawn: the largest is at most `skew` times the
/// smallest, with a density that falls with the square of the size. Sums up to `total` exactly.
/// Requires `count > 0`, `total >= 0`, `skew >= 1`.
std::vector<std::int64_t> skewed_shares(std::int64_t total,
                                        std::size_t count,
                                        double skew,
                                        sim::RandomStream& random);

}  // namespace rollcast::scenarios
