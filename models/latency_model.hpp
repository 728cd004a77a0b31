// Produce and end-to-end latency from rates alone: what the flow fidelity can say.
#pragma once

#include <vector>

#include "models/case.hpp"

namespace rollcast::models {

struct LatencyEstimate {
    sim::Duration produce_p50{};
    sim::Duration produce_p99{};
    sim::Duration end_to_end_p50{};
    sim::Duration end_to_end_p99{};
};

/// Latency of a topic's records while every replica is in sync, at `multiplier` times the mean
/// rates; the slowest of its producers' acks. No time without a leader and no wait for a dead
/// broker is in it: those are stalls, and counted apart.
///
/// A record waits in its producer until the batch leaves (at most linger.ms, less where another
/// partition of the broker is sent first), is appended, and with acks=all waits for the slower of
/// its followers, whose fetcher may be busy with the round before. Service and flushes have their
/// spread; pauses of a process are stalls, too. Requests to a leader form a queue: the broker reads
/// the next when it has answered the one before, at most five are in flight. The leader that is
/// sent most is the one that counts. With acks=0 alone a record is done when it is sent. It is held
/// against the count of the record fidelity and against published quantiles (V3).
///
/// Where a NIC, a disk or a link is asked for more than it carries (`busiest_share` > 1; every
/// topic of the cluster is then served less in the same proportion, assumed), or a connection for
/// more than a batch of each partition an answer, the producers' buffers are full (buffer.memory,
/// kafka-semantics §3.1), and a record waits for all that they hold: all quantiles grow by that.
/// Records that an application could not hand over meanwhile are not in it.
LatencyEstimate estimate_latency(const Case& a_case, TopicId topic, double multiplier);
/// Of every topic of a cluster, in their order.
std::vector<LatencyEstimate> estimate_latencies(const Case& a_case, ClusterId c, double multiplier);

}  // namespace rollcast::models
