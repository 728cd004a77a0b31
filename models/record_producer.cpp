#include "models/record_producer.hpp"

#include <algorithm>
#include <cmath>

#include "models/record_draws.hpp"
#include "models/record_fetch.hpp"
#include "models/record_leader.hpp"

namespace rollcast::models {

namespace {

/// What the sockets of a connection hold: send.buffer.bytes of the producer and
/// socket.receive.buffer.bytes of the broker, Kafka's defaults.
constexpr std::int64_t socket_bytes = 131'072 + 102'400;
constexpr std::size_t max_in_flight = 5;               // §3.1
constexpr std::int64_t max_request_bytes = 1'048'576;  // max.request.size

/// Numbers of records that are handed over by `now`, counted from 0.
std::uint64_t handed_over_by(const RecordState& state, const Source& source, sim::Instant now) {
    if (source.interval <= 0.0) return source.base_number;
    now = std::min(now, state.load_ends - sim::Duration{1});
    if (now < source.base) return source.base_number;
    const double steps =
        static_cast<double>((now - source.base).count()) / source.interval - source.phase;
    auto number = source.base_number + static_cast<std::uint64_t>(std::max(0.0, steps));
    // The division may be off by one in the last place: the instants decide.
    while (number > source.base_number && handed_over(state, source, number - 1) > now) --number;
    while (handed_over(state, source, number) <= now) ++number;
    return number;
}

std::uint32_t take_request(RecordState& state) {
    if (state.free_requests.empty()) {
        state.requests.emplace_back();
        return static_cast<std::uint32_t>(state.requests.size() - 1);
    }
    const std::uint32_t r = state.free_requests.back();
    state.free_requests.pop_back();
    return r;
}

void free_request(RecordState& state, std::uint32_t r) {
    Request& request = state.requests[r];
    ++request.version;
    request.batches.clear();
    request.arrived = false;
    request.orphan = false;
    request.pending = 0;
    state.free_requests.push_back(r);
}

std::uint32_t take_batch(RecordState& state) {
    if (state.free_batches.empty()) {
        state.batches.emplace_back();
        return static_cast<std::uint32_t>(state.batches.size() - 1);
    }
    const std::uint32_t b = state.free_batches.back();
    state.free_batches.pop_back();
    state.batches[b] = {};
    return b;
}

std::uint32_t make_batch(RecordState& state, std::uint32_t s, std::uint64_t count) {
    const std::uint32_t index = take_batch(state);
    SendBatch& batch = state.batches[index];
    Source& source = state.sources[s];
    batch.source = s;
    batch.records.producer = source.producer;
    batch.records.first = source.next;
    batch.records.count = static_cast<std::uint32_t>(count);
    batch.records.first_at = handed_over(state, source, source.next);
    batch.records.last_at = handed_over(state, source, source.next + count - 1);
    source.next += count;
    return index;
}

void note_outcome(Source& source, const RecordBatch& records, SendError error) {
    if (!source.outcomes.empty()) {
        Outcome& last = source.outcomes.back();
        if (last.error == error && last.first + last.count == records.first) {
            last.count += records.count;
            return;
        }
    }
    source.outcomes.push_back({records.first, records.count, error});
}

/// When the `i`-th record of a batch was handed over: evenly between the first and the last.
sim::Instant record_at(const RecordBatch& batch, std::uint32_t i) {
    if (batch.count <= 1) return batch.first_at;
    return batch.first_at +
           sim::Duration{(batch.last_at - batch.first_at).count() * i / (batch.count - 1)};
}

void acknowledged(RecordState& state, const SendBatch& batch, sim::Instant at) {
    Source& source = state.sources[batch.source];
    const RecordPartition& p = state.partitions[source.partition];
    RecordTopic& topic = state.topics[p.topic];
    TopicRecords& counts = topic.counts;
    note_outcome(source, batch.records, SendError::none);
    counts.acked += batch.records.count;
    for (std::uint32_t i = 0; i < batch.records.count; ++i) {
        counts.produce.add(at - record_at(batch.records, i));
    }
    if (batch.records.first_at < p.stalled_until) {
        counts.stalled += batch.records.count;
        counts.longest_stalled = std::max(counts.longest_stalled, at - batch.records.first_at);
    }
    if (topic.last_ack != sim::Instant::never() && at > topic.last_ack) {
        counts.producer_stall.note(topic.last_ack, at);
    }
    topic.last_ack = topic.last_ack == sim::Instant::never() ? at : std::max(topic.last_ack, at);
}

/// Sequence numbers begin anew in a new producer epoch (KIP-360), for what waits here as well.
void bump_epoch(RecordState& state, Source& source) {
    ++source.producer_epoch;
    source.next_sequence = 0;
    for (const std::uint32_t b : source.queue) {
        SendBatch& batch = state.batches[b];
        batch.records.producer_epoch = source.producer_epoch;
        batch.records.sequence = source.next_sequence;
        source.next_sequence += batch.records.count;
    }
}

/// The batch is over for the application, with an error.
void failed(RecordState& state, std::uint32_t index, SendError error, sim::Instant at) {
    const SendBatch& batch = state.batches[index];
    Source& source = state.sources[batch.source];
    RecordTopic& topic = state.topics[state.partitions[source.partition].topic];
    note_outcome(source, batch.records, error);
    topic.counts.failed[static_cast<std::size_t>(error)] += batch.records.count;
    topic.counts.first_failure = std::min(topic.counts.first_failure, at);
    source.gap = source.gap || batch.sequenced;
    state.free_batches.push_back(index);
}

bool asks_for_metadata(SendError error) {
    return error == SendError::not_leader || error == SendError::network ||
           error == SendError::timeout;
}

sim::Instant deadline_of(const RecordState& state, const SendBatch& batch) {
    const Producer& producer = state.producers[batch.records.producer];
    return batch.records.first_at + producer.delivery_timeout;
}

void watch_expiry(RecordState& state, std::uint32_t p, sim::Instant at) {
    Producer& producer = state.producers[p];
    if (at >= producer.expire_at) return;
    producer.expire_at = at;
    state.schedule(std::max(at, state.now), RecordEventKind::expire, p);
}

/// Sees to it that what waits is given up when delivery.timeout.ms is over.
void watch_source(RecordState& state, const Source& source) {
    const sim::Instant first = source.queue.empty()
                                   ? handed_over(state, source, source.next)
                                   : state.batches[source.queue.front()].records.first_at;
    if (first == sim::Instant::never()) return;
    const Producer& producer = state.producers[source.producer];
    watch_expiry(state, source.producer, first + producer.delivery_timeout);
}

void watch_waiting(RecordState& state, std::uint32_t c) {
    for (const std::uint32_t s : state.connections[c].sources) {
        watch_source(state, state.sources[s]);
    }
}

/// The client learns at `at` how a batch fared.
void batch_ends(RecordState& state, std::uint32_t index, SendError error, sim::Instant at) {
    SendBatch& batch = state.batches[index];
    Source& source = state.sources[batch.source];
    Producer& producer = state.producers[source.producer];
    --source.unresolved;
    if (error == SendError::none) {
        acknowledged(state, batch, at);
        state.free_batches.push_back(index);
        return;
    }
    const bool asks = asks_for_metadata(error);
    if (asks) {
        const bool told = error == SendError::not_leader && producer.finds_leaders;
        ask_for_metadata(
            state, source.producer, (at - state.now) + (told ? sim::Duration{} : retry_backoff));
    }
    if (!producer.retries) {
        failed(state, index, error, at);
        return;
    }
    if (deadline_of(state, batch) <= at) {
        // An answer that comes when the time is over tells why; without one it is a time-out.
        failed(state, index, error, at);
        return;
    }
    ++batch.attempts;
    batch.not_before = at + retry_backoff;
    if (producer.idempotent) {
        // Back into its place, so that the order stays.
        const auto place =
            std::find_if(source.queue.begin(), source.queue.end(), [&](std::uint32_t other) {
                return state.batches[other].records.first > batch.records.first;
            });
        source.queue.insert(place, index);
        const bool first = source.queue.front() == index && source.unresolved == 0;
        if (error == SendError::out_of_order && first) bump_epoch(state, source);
    } else {
        source.queue.insert(source.queue.begin(), index);
    }
    watch_source(state, source);
    if (source.connection != no_index) send_at(state, source.connection, batch.not_before);
}

/// When a source has something to send, and how much: what is to be sent again comes first.
struct Ready {
    sim::Instant at = sim::Instant::never();
    std::uint64_t fresh = 0;  // records not yet in a batch
};
Ready ready_of(const RecordState& state, const Producer& producer, const Source& source) {
    if (!source.queue.empty()) return {state.batches[source.queue.front()].not_before, 0};
    const std::uint64_t fresh = handed_over_by(state, source, state.now) - source.next;
    if (fresh >= producer.per_batch) return {state.now, fresh};
    const sim::Instant first = handed_over(state, source, source.next);
    if (first == sim::Instant::never()) return {};
    const sim::Instant full = handed_over(state, source, source.next + producer.per_batch - 1);
    return {std::min(first + producer.linger, full), fresh};
}

void watch_timer(RecordState& state, std::uint32_t c, sim::Instant at) {
    Connection& connection = state.connections[c];
    if (at >= connection.timer_at) return;
    connection.timer_at = at;
    state.schedule(std::max(at, state.now), RecordEventKind::connection_timer, c);
}

/// Puts one batch of each source into a request, as the Java client's sender does.
void fill_request(RecordState& state, std::uint32_t c, Request& request) {
    const Connection& connection = state.connections[c];
    const Producer& producer = state.producers[connection.producer];
    std::int64_t left = max_request_bytes;
    for (const std::uint32_t s : connection.sources) {
        Source& source = state.sources[s];
        const std::int64_t size = state.partitions[source.partition].record_bytes;
        std::uint32_t b = no_index;
        if (!source.queue.empty()) {
            if (state.batches[source.queue.front()].not_before > state.now) continue;
            b = source.queue.front();
            source.queue.erase(source.queue.begin());
        } else {
            const std::uint64_t fresh = handed_over_by(state, source, state.now) - source.next;
            if (fresh == 0) continue;
            if (source.gap && producer.idempotent) {
                // Nobody knows whether the lost batch is in the log: a new epoch begins once all
                // that was sent has ended.
                if (source.unresolved > 0) continue;
                bump_epoch(state, source);
                source.gap = false;
            }
            b = make_batch(state, s, std::min<std::uint64_t>(fresh, producer.per_batch));
        }
        SendBatch& batch = state.batches[b];
        if (!batch.sequenced) {
            batch.sequenced = true;
            batch.records.producer_epoch = source.producer_epoch;
            batch.records.sequence = source.next_sequence;
            source.next_sequence += batch.records.count;
        }
        ++source.unresolved;
        request.batches.push_back(b);
        left -= size * batch.records.count;
        request.bytes += size * batch.records.count;
        if (left <= 0) return;
    }
}

/// No more requests may be under way. With acks=0 one is over for the client when its socket has
/// taken it.
bool full(const RecordState& state, const Connection& connection) {
    if (state.producers[connection.producer].acks == Acks::none) {
        return connection.unread_bytes >= socket_bytes;
    }
    return connection.in_flight.size() >= max_in_flight;
}

void release(RecordState& state, std::uint32_t c, sim::Instant at) {
    Connection& connection = state.connections[c];
    if (!connection.blocked) return;
    connection.blocked = false;
    send_at(state, c, at);
}

/// Each batch of a request has ended as it says; with acks=0 that was so when it was sent.
void end_batches(RecordState& state,
                 const std::vector<std::uint32_t>& batches,
                 Acks acks,
                 sim::Instant at) {
    for (const std::uint32_t b : batches) {
        if (acks == Acks::none) {
            state.free_batches.push_back(b);
        } else {
            batch_ends(state, b, state.batches[b].error, at);
        }
    }
}

/// Appends every batch of a request at `b`. Counts those that wait in `pending`.
void append_request(RecordState& state, std::uint32_t r, BrokerId b) {
    const bool orphan = state.requests[r].orphan;
    for (const std::uint32_t index : state.requests[r].batches) {
        SendBatch& batch = state.batches[index];
        const Source& source = state.sources[batch.source];
        const std::uint32_t at = source.partition;
        const RecordPartition& p = state.partitions[at];
        batch.error = SendError::not_leader;
        for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
            RecordReplica& replica = state.replica(p, slot);
            if (replica.broker != b) continue;
            Offset end = 0;
            batch.error = append_batch(state, at, slot, batch, end);
            const bool waits = batch.error == SendError::none && !orphan &&
                               state.producers[source.producer].acks == Acks::all &&
                               replica.log.high_watermark < end;
            if (!waits) continue;
            replica.waiting.push_back({end, r, state.requests[r].version, index});
            ++state.requests[r].pending;
        }
    }
}

/// High watermarks move and parked fetches wake after all of a request is appended.
void after_append(RecordState& state, const std::vector<std::uint32_t>& partitions) {
    for (const std::uint32_t p : partitions) advance_high_watermark(state, p);
    for (std::size_t i = 0; i < state.woken.size(); ++i) wake(state, state.woken[i]);
    state.woken.clear();
}

std::vector<std::uint32_t> partitions_of(const RecordState& state, const Request& request) {
    std::vector<std::uint32_t> partitions;
    partitions.reserve(request.batches.size());
    for (const std::uint32_t b : request.batches) {
        partitions.push_back(state.sources[state.batches[b].source].partition);
    }
    return partitions;
}

/// All that a connection has in flight has come to nothing.
void fail_in_flight(RecordState& state, std::uint32_t c, SendError error, bool broker_has_it) {
    Connection& connection = state.connections[c];
    const std::vector<std::uint32_t> requests = std::exchange(connection.in_flight, {});
    connection.serving = false;
    connection.unread_bytes = 0;
    connection.broken = !state.up(connection.broker);
    const Acks acks = state.producers[connection.producer].acks;
    for (const std::uint32_t r : requests) {
        if (broker_has_it) {
            // The process has not read it yet: it will, and append it, though nobody waits.
            const std::uint32_t copy = take_request(state);
            Request& orphan = state.requests[copy];
            orphan.connection = c;
            orphan.orphan = true;
            for (const std::uint32_t b : state.requests[r].batches) {
                const std::uint32_t again = take_batch(state);
                state.batches[again].records = state.batches[b].records;
                state.batches[again].source = state.batches[b].source;
                orphan.batches.push_back(again);
            }
            state.broker(connection.broker)
                .deferred.push_back({RecordEventKind::request_arrives, copy, orphan.version});
        }
        const std::vector<std::uint32_t> batches = std::move(state.requests[r].batches);
        free_request(state, r);
        for (const std::uint32_t b : batches) state.batches[b].error = error;
        end_batches(state, batches, acks, state.now);
    }
    release(state, c, state.now);
}

/// The answer to the first request of a connection leaves the broker.
void answer(RecordState& state, std::uint32_t r) {
    const std::uint32_t c = state.requests[r].connection;
    Connection& connection = state.connections[c];
    const Producer& producer = state.producers[connection.producer];
    connection.serving = false;
    connection.in_flight.erase(connection.in_flight.begin());
    connection.unread_bytes -= state.requests[r].bytes;
    const sim::Instant at = state.now + state.times().network;
    const std::vector<std::uint32_t> batches = std::move(state.requests[r].batches);
    free_request(state, r);
    const bool refused = std::any_of(batches.begin(), batches.end(), [&](std::uint32_t b) {
        return state.batches[b].error != SendError::none;
    });
    end_batches(state, batches, producer.acks, at);
    if (refused && producer.acks == Acks::none) {
        // There is no answer to say so: the broker closes the connection (kafka-semantics §1.5).
        fail_in_flight(state, c, SendError::network, false);
        ask_for_metadata(state, connection.producer, at - state.now);
        return;
    }
    release(state, c, at);
}

/// Handles the requests of a connection that have arrived, one after the other: a broker reads the
/// next one when it has answered the one before.
void serve(RecordState& state, std::uint32_t c) {
    for (;;) {
        Connection& connection = state.connections[c];
        if (connection.serving || connection.in_flight.empty()) return;
        const std::uint32_t r = connection.in_flight.front();
        if (!state.requests[r].arrived) return;
        connection.serving = true;
        const std::vector<std::uint32_t> partitions = partitions_of(state, state.requests[r]);
        state.requests[r].pending = 1;
        append_request(state, r, connection.broker);
        after_append(state, partitions);
        if (--state.requests[r].pending > 0) return;
        answer(state, r);
    }
}

}  // namespace

sim::Instant handed_over(const RecordState& state, const Source& source, std::uint64_t number) {
    const auto ahead = static_cast<std::int64_t>(number - source.base_number);
    if (source.interval <= 0.0) return ahead < 0 ? source.base : sim::Instant::never();
    const double steps = static_cast<double>(ahead) + source.phase;
    const sim::Instant at =
        source.base + sim::Duration{static_cast<std::int64_t>(steps * source.interval)};
    return at < state.load_ends ? at : sim::Instant::never();
}

void send_at(RecordState& state, std::uint32_t c, sim::Instant at) {
    Connection& connection = state.connections[c];
    if (at >= connection.send_at) return;
    connection.send_at = at;
    state.schedule(std::max(at, state.now), RecordEventKind::send, c);
}

void send_ready(RecordState& state, std::uint32_t c) {
    if (state.connections[c].send_at > state.now) return;  // one that came later was void
    state.connections[c].send_at = sim::Instant::never();
    const Producer& producer = state.producers[state.connections[c].producer];
    const BrokerId b = state.connections[c].broker;
    if (state.broker(b).process != RecordBroker::Process::up && state.connections[c].broken) {
        ask_for_metadata(state, state.connections[c].producer, reconnect_backoff);
        watch_waiting(state, c);
        return;
    }
    if (full(state, state.connections[c])) {
        state.connections[c].blocked = true;
        watch_waiting(state, c);
        return;
    }
    sim::Instant ready = sim::Instant::never();
    for (const std::uint32_t s : state.connections[c].sources) {
        ready = std::min(ready, ready_of(state, producer, state.sources[s]).at);
    }
    if (ready == sim::Instant::never()) return;
    if (ready > state.now) {
        send_at(state, c, ready);
        return;
    }
    const std::uint32_t r = take_request(state);
    state.requests[r].bytes = 0;
    fill_request(state, c, state.requests[r]);
    Request& request = state.requests[r];
    request.connection = c;
    request.sent_at = state.now;
    request.deadline = state.now + producer.request_timeout;
    for (const std::uint32_t index : request.batches) {
        request.deadline = std::min(request.deadline, deadline_of(state, state.batches[index]));
    }
    state.connections[c].in_flight.push_back(r);
    // It counts as arrived when it has been handled: until then it is lost with the process.
    state.schedule(
        state.now + state.times().network + request_service(state, c, state.connections[c].sent++),
        RecordEventKind::request_arrives,
        r,
        request.version);
    state.connections[c].unread_bytes += request.bytes;
    if (producer.acks != Acks::none) {
        watch_timer(state, c, request.deadline);
    } else {
        for (const std::uint32_t index : request.batches) {
            --state.sources[state.batches[index].source].unresolved;
            acknowledged(state, state.batches[index], state.now);
        }
    }
    sim::Instant next = sim::Instant::never();
    for (const std::uint32_t s : state.connections[c].sources) {
        next = std::min(next, ready_of(state, producer, state.sources[s]).at);
    }
    if (next != sim::Instant::never()) send_at(state, c, std::max(next, state.now));
}

void request_arrives(RecordState& state, std::uint32_t r, std::uint32_t version) {
    Request& request = state.requests[r];
    if (request.version != version) return;
    const BrokerId b = state.connections[request.connection].broker;
    RecordBroker& broker = state.broker(b);
    if (broker.process == RecordBroker::Process::dead) return;  // its time-out will tell
    if (broker.process == RecordBroker::Process::hung) {
        broker.deferred.push_back({RecordEventKind::request_arrives, r, version});
        return;
    }
    request.arrived = true;
    if (!request.orphan) {
        serve(state, request.connection);
        return;
    }
    const std::vector<std::uint32_t> partitions = partitions_of(state, request);
    append_request(state, r, b);
    after_append(state, partitions);
    for (const std::uint32_t index : state.requests[r].batches) state.free_batches.push_back(index);
    free_request(state, r);
}

void batch_waited(RecordState& state, const Waiting& waiting, SendError error) {
    Request& request = state.requests[waiting.request];
    if (request.version != waiting.version) return;
    state.batches[waiting.batch].error = error;
    const std::uint32_t c = request.connection;
    if (--request.pending > 0) return;
    answer(state, waiting.request);
    serve(state, c);
}

void connection_timer(RecordState& state, std::uint32_t c) {
    Connection& connection = state.connections[c];
    if (connection.timer_at > state.now) return;
    connection.timer_at = sim::Instant::never();
    if (connection.in_flight.empty()) return;
    sim::Instant oldest = sim::Instant::never();
    for (const std::uint32_t r : connection.in_flight) {
        oldest = std::min(oldest, state.requests[r].deadline);
    }
    if (oldest > state.now) {
        watch_timer(state, c, oldest);
        return;
    }
    const bool hung = state.broker(connection.broker).process == RecordBroker::Process::hung;
    // The client closes the connection and opens another; a process that stands still never
    // greets it, so nothing more is sent.
    connection.broken = connection.broken || hung;
    fail_in_flight(state, c, SendError::timeout, hung);
}

void expire_waiting(RecordState& state, std::uint32_t index) {
    if (state.producers[index].expire_at > state.now) return;
    state.producers[index].expire_at = sim::Instant::never();
    const Producer& producer = state.producers[index];
    sim::Instant next = sim::Instant::never();
    for (std::uint32_t s = producer.first_source; s < producer.first_source + producer.source_count;
         ++s) {
        Source& source = state.sources[s];
        while (!source.queue.empty()) {
            const std::uint32_t b = source.queue.front();
            if (deadline_of(state, state.batches[b]) > state.now) {
                next = std::min(next, deadline_of(state, state.batches[b]));
                break;
            }
            source.queue.erase(source.queue.begin());
            failed(state, b, SendError::timeout, state.now);
        }
        if (!source.queue.empty()) continue;
        for (;;) {
            const sim::Instant first = handed_over(state, source, source.next);
            if (first == sim::Instant::never()) break;
            const sim::Instant over = first + producer.delivery_timeout;
            if (over > state.now) {
                if (first <= state.now) next = std::min(next, over);
                break;
            }
            const std::uint64_t waiting = handed_over_by(state, source, state.now) - source.next;
            const std::uint32_t b =
                make_batch(state, s, std::min<std::uint64_t>(waiting, producer.per_batch));
            failed(state, b, SendError::timeout, state.now);
        }
    }
    if (next != sim::Instant::never()) watch_expiry(state, index, next);
}

void ask_for_metadata(RecordState& state, std::uint32_t index, sim::Duration after) {
    Client& client = state.producers[index].client;
    if (client.refreshing) return;
    client.refreshing = true;
    state.schedule(state.now + after, RecordEventKind::refresh, index, ++client.version);
}

void refresh_producer(RecordState& state, std::uint32_t index, std::uint32_t version) {
    Producer& producer = state.producers[index];
    if (producer.client.version != version) return;
    producer.client.refreshing = false;
    bool nobody = false;
    bool unreachable = false;
    for (std::uint32_t s = producer.first_source; s < producer.first_source + producer.source_count;
         ++s) {
        Source& source = state.sources[s];
        const RecordPartition& p = state.partitions[source.partition];
        std::uint32_t target = no_index;
        if (p.leader >= 0) {
            const BrokerId leader = state.replica(p, p.leader).broker;
            target = producer.first_connection + leader.value -
                     state.topics[producer.topic].first_broker.value;
            unreachable =
                unreachable || state.broker(leader).process == RecordBroker::Process::dead;
        } else {
            nobody = true;
        }
        if (target != source.connection) {
            if (source.connection != no_index) {
                std::erase(state.connections[source.connection].sources, s);
            }
            source.connection = target;
            if (target != no_index) state.connections[target].sources.push_back(s);
        }
        if (target == no_index) {
            watch_source(state, source);
        } else {
            send_at(state, target, state.now);
        }
    }
    if (!nobody && !unreachable) {
        producer.client.attempts = 0;
        return;
    }
    const auto doublings = std::min<std::uint32_t>(producer.client.attempts++, 5);
    const sim::Duration reconnect =
        std::min(reconnect_backoff * (std::int64_t{1} << doublings), reconnect_backoff_max);
    ask_for_metadata(state, index, nobody ? retry_backoff : reconnect);
}

void connections_break(RecordState& state, BrokerId b) {
    for (std::uint32_t c = 0; c < state.connections.size(); ++c) {
        if (state.connections[c].broker != b) continue;
        const bool used = !state.connections[c].sources.empty();
        fail_in_flight(state, c, SendError::network, false);
        if (used) ask_for_metadata(state, state.connections[c].producer, reconnect_backoff);
    }
}

void connections_return(RecordState& state, BrokerId b) {
    for (std::uint32_t c = 0; c < state.connections.size(); ++c) {
        if (state.connections[c].broker != b) continue;
        fail_in_flight(state, c, SendError::network, false);  // the new process knows nothing of it
        state.connections[c].broken = false;
        send_at(state, c, state.now);
    }
}

namespace {

/// From now on its records come at the pace of `mean_interval` under `multiplier`.
void set_pace(const RecordState& state, Source& source, double mean_interval, double multiplier) {
    if (source.mean_interval <= 0.0) return;
    source.base_number = handed_over_by(state, source, state.now);
    source.base = state.now;
    source.mean_interval = mean_interval;
    source.interval = multiplier > 0.0 ? mean_interval / multiplier : 0.0;
}

}  // namespace

void surge_moves(RecordState& state, TopicId t, double longer) {
    for (Source& source : state.sources) {
        if (state.topics[state.partitions[source.partition].topic].id != t) continue;
        set_pace(state, source, source.mean_interval * longer, state.multiplier);
    }
    for (std::uint32_t c = 0; c < state.connections.size(); ++c) send_at(state, c, state.now);
}

void rates_move(RecordState& state, double multiplier) {
    if (multiplier == state.multiplier) return;
    for (Source& source : state.sources) {
        set_pace(state, source, source.mean_interval, multiplier);
    }
    state.multiplier = multiplier;
    for (std::uint32_t c = 0; c < state.connections.size(); ++c) send_at(state, c, state.now);
}

}  // namespace rollcast::models
