// The order in which a follower asks a leader for its partitions at first.
#pragma once

#include <cstdint>
#include <string_view>

namespace rollcast::models {

/// Where a partition stands among the `count` partitions that a follower begins to fetch from one
/// leader: lower places come first; equal ones are hashes that collide.
///
/// Kafka's fetcher takes them over from a `mutable.HashMap` of the Scala 2.13 library, so that the
/// order follows from the names: slots ascend, and hashes within a slot. `hashCode` is that of
/// `TopicPartition`, spread by its upper half; a map of 16 slots doubles when it gets its 12th,
/// 24th, ... entry. The recorded run r10 (Kafka 3.9) shows this order; topic names are ASCII.
std::uint64_t fetch_place(std::string_view topic, std::uint32_t partition, std::size_t count);

}  // namespace rollcast::models
