// Followers: fetch, append, truncate to a new leader, fetch again.
#pragma once

#include "models/record_state.hpp"

namespace rollcast::models {

inline constexpr sim::Duration fetch_backoff = sim::seconds(1);  // replica.fetch.backoff.ms, §4.1

/// `slot` of `p` follows the leader on `leader` from now on (kafka-semantics §4.1: one fetcher for
/// each leader). Joins the fetcher's next request.
void follow(RecordState& state, std::uint32_t p, std::uint8_t slot, BrokerId leader);
/// `slot` of `p` follows nobody. A response that is under way for it is dropped.
void unfollow(RecordState& state, std::uint32_t p, std::uint8_t slot);

/// The request of a fetcher is at its leader, which answers, or parks it until something is
/// appended (replica.fetch.min.bytes = 1, replica.fetch.wait.max.ms = 500).
void fetch_arrives(RecordState& state, std::uint32_t fetcher, std::uint32_t version);
/// A parked request has waited long enough.
void fetch_ends(RecordState& state, std::uint32_t fetcher, std::uint32_t version);
/// Something was appended at the leader of a parked fetcher.
void wake(RecordState& state, std::uint32_t fetcher);

/// The process of `b` is gone: what had reached it is appended, the rest is lost.
void fetchers_stop(RecordState& state, BrokerId b);

/// When the follower in `slot` was last caught up as far as its leader knows, parked fetches
/// counted as repeated every 500 ms (kafka-semantics §1.2 point 2).
sim::Instant last_caught_up(const RecordState& state,
                            const RecordPartition& p,
                            std::uint8_t slot,
                            sim::Instant now);

/// Cuts a replica to `end` records and notes what it lost.
void cut_replica(
    RecordState& state, std::uint32_t p, std::uint8_t slot, Offset end, LogLoss::Why why);

}  // namespace rollcast::models
