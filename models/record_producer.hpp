// Producers: batches, requests, acknowledgements, retries and time-outs (kafka-semantics §1.5, §3).
#pragma once

#include "models/record_state.hpp"

namespace rollcast::models {

/// When record `number` of `source` is handed to its producer; never() after the end of the load.
sim::Instant handed_over(const RecordState& state, const Source& source, std::uint64_t number);

/// Sends what is ready on a connection, at most max.in.flight requests at a time.
void send_ready(RecordState& state, std::uint32_t connection);
/// Lets `send_ready` come at `at` unless it comes earlier anyway.
void send_at(RecordState& state, std::uint32_t connection, sim::Instant at);
/// A request is at its broker: handled once those before it on the connection are.
void request_arrives(RecordState& state, std::uint32_t request, std::uint32_t version);
/// A batch at the leader no longer waits for the high watermark.
void batch_waited(RecordState& state, const Waiting& waiting, SendError error);
/// request.timeout.ms and delivery.timeout.ms of what a connection has in flight.
void connection_timer(RecordState& state, std::uint32_t connection);
/// delivery.timeout.ms of what a producer has not been able to send.
void expire_waiting(RecordState& state, std::uint32_t producer);
/// A producer asks any broker who leads, and goes there. Asks again while that is of no use.
void refresh_producer(RecordState& state, std::uint32_t producer, std::uint32_t version);
/// Lets `refresh_producer` come `after` from now unless it is on its way.
void ask_for_metadata(RecordState& state, std::uint32_t producer, sim::Duration after);

/// Connections to `b` broke at once (the process is gone, its host answers).
void connections_break(RecordState& state, BrokerId b);
/// `b` takes requests again.
void connections_return(RecordState& state, BrokerId b);
/// The rate of every producer moved with the daily curve.
void rates_move(RecordState& state, double multiplier);
/// The time between two records of topic `t` is `longer` times what it was.
void surge_moves(RecordState& state, TopicId t, double longer);

}  // namespace rollcast::models
