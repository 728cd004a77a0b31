#include "models/record_consumer.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {

constexpr sim::Duration request_timeout = sim::seconds(30);  // §3.4

sim::Duration service_of(const RecordState& state) {
    return sim::ceil_seconds(sim::to_seconds(state.times().service.nominal) * state.slowness);
}

sim::Duration round_trip(const RecordState& state) {
    return state.times().network * 2 + service_of(state);
}

void read(RecordState& state, std::uint32_t index) {
    ReaderPosition& position = state.positions[index];
    const RecordPartition& p = state.partitions[position.partition];
    if (p.leader < 0) return;
    const RecordReplica& leader = state.replica(p, p.leader);
    // After a truncation it goes on where the logs part (KIP-320).
    position.next = std::min(position.next, leader.log.leo);
    const Offset end = leader.log.high_watermark;
    if (end <= position.next) return;
    RecordTopic& topic = state.topics[p.topic];
    TopicRecords& counts = topic.counts;
    const sim::Instant at = state.now + service_of(state) + state.times().network;
    p.records.for_each(
        leader.log, position.next, end, [&](const RecordBatch& batch, std::uint32_t count) {
            counts.consumed += count;
            const std::int64_t span = (batch.last_at - batch.first_at).count();
            for (std::uint32_t i = 0; i < count; ++i) {
                const std::int64_t into = batch.count > 1 ? span * i / (batch.count - 1) : 0;
                counts.end_to_end.add(at - batch.first_at - sim::Duration{into});
            }
        });
    position.next = end;
    if (topic.last_read != sim::Instant::never() && at > topic.last_read) {
        counts.consumer_stall.note(topic.last_read, at);
    }
    topic.last_read = at;
}

bool leads_at(const RecordState& state, const ReaderPosition& position, BrokerId b) {
    const RecordPartition& p = state.partitions[position.partition];
    if (p.leader < 0) return false;
    const RecordReplica& leader = state.replica(p, p.leader);
    return leader.leads && leader.broker == b && state.up(b);
}

void ask(RecordState& state, std::uint32_t topic, sim::Duration after) {
    Client& client = state.topics[topic].consumer;
    if (client.refreshing) return;
    client.refreshing = true;
    state.schedule(state.now + after,
                   RecordEventKind::refresh,
                   static_cast<std::uint32_t>(state.producers.size()) + topic,
                   ++client.version);
}

void schedule_fetch(RecordState& state, std::uint32_t r, sim::Instant at) {
    Reader& reader = state.readers[r];
    if (reader.scheduled) return;
    reader.scheduled = true;
    state.schedule(std::max(at, state.now), RecordEventKind::consume, r);
}

void add_dirty(RecordState& state, std::uint32_t index) {
    ReaderPosition& position = state.positions[index];
    if (position.waits || position.reader == no_index) return;
    position.waits = true;
    state.readers[position.reader].dirty.push_back(index);
}

}  // namespace

void readable(RecordState& state, std::uint32_t p) {
    const std::uint32_t index = state.partitions[p].position;
    const std::uint32_t r = state.positions[index].reader;
    if (r == no_index || !leads_at(state, state.positions[index], state.readers[r].broker)) return;
    Reader& reader = state.readers[r];
    if (reader.ready_at <= state.now && !reader.scheduled) {
        read(state, index);
        reader.ready_at = state.now + round_trip(state);
        return;
    }
    add_dirty(state, index);
    schedule_fetch(state, r, reader.ready_at);
}

void consume(RecordState& state, std::uint32_t r) {
    Reader& reader = state.readers[r];
    reader.scheduled = false;
    if (!state.up(reader.broker)) return;
    for (const std::uint32_t index : reader.dirty) {
        state.positions[index].waits = false;
        if (leads_at(state, state.positions[index], reader.broker)) {
            read(state, index);
        } else {
            ask(state, reader.topic, retry_backoff);
        }
    }
    reader.dirty.clear();
    reader.ready_at = state.now + round_trip(state);
}

void reader_timer(RecordState& state, std::uint32_t r, std::uint32_t version) {
    const Reader& reader = state.readers[r];
    if (reader.version != version || state.up(reader.broker)) return;
    ask(state, reader.topic, {});
    state.schedule(state.now + request_timeout, RecordEventKind::reader_timer, r, version);
}

void refresh_consumer(RecordState& state, std::uint32_t t, std::uint32_t version) {
    RecordTopic& topic = state.topics[t];
    if (topic.consumer.version != version) return;
    topic.consumer.refreshing = false;
    bool nobody = false;
    bool unreachable = false;
    for (std::uint32_t i = 0; i < topic.partition_count; ++i) {
        const std::uint32_t index = topic.first_position + i;
        ReaderPosition& position = state.positions[index];
        const RecordPartition& p = state.partitions[position.partition];
        std::uint32_t target = no_index;
        if (p.leader < 0) {
            nobody = true;
        } else {
            const BrokerId leader = state.replica(p, p.leader).broker;
            target = topic.first_reader + leader.value - topic.first_broker.value;
            unreachable =
                unreachable || state.broker(leader).process == RecordBroker::Process::dead;
        }
        if (target != position.reader) {
            if (position.waits) std::erase(state.readers[position.reader].dirty, index);
            position.waits = false;
            position.reader = target;
        }
        if (target == no_index) continue;
        add_dirty(state, index);
        const sim::Instant at = state.now + state.times().network;
        schedule_fetch(state, target, std::max(at, state.readers[target].ready_at));
    }
    if (!nobody && !unreachable) {
        topic.consumer.attempts = 0;
        return;
    }
    const auto doublings = std::min<std::uint32_t>(topic.consumer.attempts++, 5);
    const sim::Duration reconnect =
        std::min(reconnect_backoff * (std::int64_t{1} << doublings), reconnect_backoff_max);
    ask(state, t, nobody ? retry_backoff : reconnect);
}

void readers_stop(RecordState& state, BrokerId b, bool at_once) {
    for (std::uint32_t r = 0; r < state.readers.size(); ++r) {
        Reader& reader = state.readers[r];
        if (reader.broker != b) continue;
        const RecordTopic& topic = state.topics[reader.topic];
        bool used = false;
        for (std::uint32_t i = 0; i < topic.partition_count; ++i) {
            used = used || state.positions[topic.first_position + i].reader == r;
        }
        if (!used) continue;
        if (at_once) {
            ask(state, reader.topic, reconnect_backoff);
        } else {
            state.schedule(
                state.now + request_timeout, RecordEventKind::reader_timer, r, ++reader.version);
        }
    }
}

void readers_return(RecordState& state, BrokerId b) {
    for (std::uint32_t r = 0; r < state.readers.size(); ++r) {
        Reader& reader = state.readers[r];
        if (reader.broker != b) continue;
        ++reader.version;
        const RecordTopic& topic = state.topics[reader.topic];
        for (std::uint32_t i = 0; i < topic.partition_count; ++i) {
            if (state.positions[topic.first_position + i].reader != r) continue;
            add_dirty(state, topic.first_position + i);
        }
        if (!reader.dirty.empty()) schedule_fetch(state, r, state.now + state.times().network);
    }
}

void reader_redirected(RecordState& state, std::uint32_t p) {
    const ReaderPosition& position = state.positions[state.partitions[p].position];
    if (position.reader == no_index) return;
    // Told by an error of a broker that is there; one that is not tells nothing.
    const BrokerId b = state.readers[position.reader].broker;
    if (state.up(b) && !leads_at(state, position, b)) {
        ask(state, state.partitions[p].topic, retry_backoff);
    }
}

}  // namespace rollcast::models
