// Leaders: roles, appends, high watermarks, followers that lag.
#pragma once

#include "models/record_state.hpp"

namespace rollcast::models {

/// The broker of `slot` hears of the leader and the ISR of `run`'s partition `p`, if it runs: who
/// leads begins an epoch, who led before gives up what waits, the others follow (kafka-semantics
/// §2.1). Clients are told of a leader once its own broker has heard of it; one that is to lead
/// stops to follow first and takes a while until it leads.
void learn_partition(RecordState& state, const RunState& run, PartitionId p, std::uint8_t slot);
/// The broker of `slot` leads from now on, if it is still to.
void take_over(RecordState& state, const RunState& run, PartitionId p, std::uint8_t slot);

/// The replica in `slot` leads no more: what waited for its high watermark is told so.
void resign(RecordState& state, std::uint32_t p, std::uint8_t slot);

/// Appends `batch` at the leader in `slot`; `end` is set to the offset that acks=all waits for. The
/// error is none where it was appended, or was there already (idempotence, §3.3).
SendError append_batch(
    RecordState& state, std::uint32_t p, std::uint8_t slot, SendBatch& batch, Offset& end);

/// Moves the leader's high watermark to what every member of the ISR has (kafka-semantics §1.4);
/// acks=all requests and consumers that waited for it go on.
void advance_high_watermark(RecordState& state, std::uint32_t p);

/// Followers of the partitions that `b` leads which are out of sync (kafka-semantics §1.2).
void lagging_followers(const RecordState& state, BrokerId b, std::vector<HostedReplica>& out);
/// One check of `b`; the next comes half of replica.lag.time.max.ms later.
void check_isr(RecordState& state, BrokerId b);

}  // namespace rollcast::models
