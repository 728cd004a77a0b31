// Live consumers: one group a topic that reads what is below the high watermark from the leader.
#pragma once

#include "models/record_state.hpp"

namespace rollcast::models {

/// The high watermark of `p` moved: its consumer reads, or will with its next fetch.
void readable(RecordState& state, std::uint32_t p);
/// The next fetch of a consumer is at its broker.
void consume(RecordState& state, std::uint32_t reader);
/// A fetch at a broker that hangs or lost its power is overdue (request.timeout.ms).
void reader_timer(RecordState& state, std::uint32_t reader, std::uint32_t version);
/// The consumers of a topic ask who leads, and go there.
void refresh_consumer(RecordState& state, std::uint32_t topic, std::uint32_t version);
/// Consumers of `b` notice that it is gone; at once where its host closes the connections, else
/// when their fetch is overdue.
void readers_stop(RecordState& state, BrokerId b, bool at_once);
/// `b` answers consumers again.
void readers_return(RecordState& state, BrokerId b);
/// Leadership of `p` moved away from the broker that its consumer reads from.
void reader_redirected(RecordState& state, std::uint32_t p);

}  // namespace rollcast::models
