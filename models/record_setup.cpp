// The record fidelity before anything happens.
#include <algorithm>
#include <cmath>

#include "models/capacity.hpp"
#include "models/record_draws.hpp"

namespace rollcast::models {

namespace {

Offset stored_records(const Partition& partition, std::int64_t record) {
    return partition.stored_bytes / record;
}

void add_brokers(RecordState& state, const RunState& run) {
    for (const BrokerId b : run.scope.brokers()) {
        const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[b].cluster];
        state.brokers.emplace_back();
        state.cluster_first.push_back(cluster.first_broker);
        state.first_fetcher.push_back(static_cast<std::uint32_t>(state.fetchers.size()));
        for (const BrokerId leader : cluster.brokers()) {
            Fetcher fetcher;
            fetcher.follower = b;
            fetcher.leader = leader;
            state.fetchers.push_back(fetcher);
        }
        // Phases of what a broker does again and again: drawn, the middle where nothing is drawn.
        sim::RandomStream random{state.seed, b.value, sim::Draw::lag_check, 0};
        const auto phase = [&](sim::Duration period) {
            const auto width =
                static_cast<std::uint64_t>(std::max<std::int64_t>(period.count(), 1));
            const std::uint64_t drawn = random.below(width);
            return sim::Instant{
                sim::Duration{static_cast<std::int64_t>(run.options.sampled ? drawn : width / 2)}};
        };
        const std::uint32_t index = b.value - state.first_broker;
        const sim::Duration lag = cluster.config.replica_lag_time_max;
        state.schedule(phase(sim::Duration{lag.count() / 2}), RecordEventKind::isr_check, index);
        state.schedule(phase(sim::Duration{state.times().write_back.count() /
                                           static_cast<std::int64_t>(RecordReplica::samples)}),
                       RecordEventKind::write_back,
                       index);
    }
}

void add_partition(RecordState& state, const RunState& run, PartitionId id, std::uint32_t topic) {
    const Fleet& fleet = run.fleet();
    const Partition& partition = fleet.partitions()[id];
    const Cluster& cluster = fleet.clusters()[fleet.cluster_of(id)];
    const KafkaVersion version = parse_kafka_version(cluster.stack.kafka_version);
    RecordPartition p;
    p.id = id;
    p.topic = topic;
    p.first_replica = static_cast<std::uint32_t>(state.replicas.size());
    p.rf = partition.rf;
    p.min_isr = partition.min_isr;
    p.freezes = version >= KafkaVersion{3, 7};          // kafka-semantics §1.4
    p.equality_counts = version >= KafkaVersion{2, 1};  // kafka-semantics §1.2
    p.record_bytes =
        std::max<std::int64_t>(1, std::llround(record_bytes(fleet.topics()[partition.topic])));
    p.lag_time_max = cluster.config.replica_lag_time_max;
    const Offset stored = stored_records(partition, p.record_bytes);
    p.records = PartitionRecords(stored);
    const auto replicas = fleet.replicas(id);
    for (std::uint8_t slot = 0; slot < p.rf; ++slot) {
        RecordReplica replica;
        replica.broker = replicas[slot];
        // Behind before the run and nobody knows how far: everything stored (assumed).
        if (run.partitions[id].in_sync(slot)) {
            replica.log.append(0, stored);
            replica.log.high_watermark = stored;
            replica.log.flushed = stored;
            replica.written.fill(stored);
        }
        state.replicas.push_back(replica);
    }
    state.partitions.push_back(std::move(p));
}

void add_producer(
    RecordState& state, const RunState& run, std::uint32_t t, Acks acks, double share) {
    RecordTopic& topic = state.topics[t];
    const Topic& named = run.fleet().topics()[topic.id];
    const Cluster& cluster = run.fleet().clusters()[named.cluster];
    const double size = record_bytes(named);
    Producer producer;
    producer.topic = t;
    producer.acks = acks;
    producer.idempotent = named.idempotent && acks == Acks::all;
    producer.retries = named.retries;
    producer.finds_leaders = parse_kafka_version(cluster.stack.kafka_version) >= KafkaVersion{3, 7};
    producer.per_batch = static_cast<std::uint32_t>(
        std::max(1.0, static_cast<double>(named.producer.batch_size.count()) / size));
    producer.linger = named.producer.linger;
    producer.request_timeout = named.producer.request_timeout;
    producer.delivery_timeout =
        named.producer.delivery_timeout.value_or(run.a_case->rules.delivery_timeout);
    producer.first_source = static_cast<std::uint32_t>(state.sources.size());
    producer.source_count = topic.partition_count;
    producer.first_connection = static_cast<std::uint32_t>(state.connections.size());
    const auto index = static_cast<std::uint32_t>(state.producers.size());
    for (const BrokerId b : cluster.brokers()) {
        Connection connection;
        connection.producer = index;
        connection.broker = b;
        state.connections.push_back(connection);
    }
    // Partitions take turns. Whose turn it is when the run begins is drawn, 0 where nothing is.
    sim::RandomStream random{state.seed, index, sim::Draw::lag_check, 1};
    const double first_turn = run.options.sampled ? random.uniform() : 0.0;
    for (std::uint32_t i = 0; i < topic.partition_count; ++i) {
        const RecordPartition& p = state.partitions[topic.first_partition + i];
        const double rate =
            share * static_cast<double>(run.fleet().partitions()[p.id].write_bytes_per_s) / size;
        Source source;
        source.producer = index;
        source.partition = topic.first_partition + i;
        source.mean_interval = rate > 0.0 ? 1e9 / rate : 0.0;
        source.interval = state.multiplier > 0.0 ? source.mean_interval / state.multiplier : 0.0;
        const double turn = static_cast<double>(i) / topic.partition_count + first_turn;
        source.phase = turn < 1.0 ? turn : turn - 1.0;
        state.sources.push_back(source);
    }
    ++topic.producer_count;
    state.producers.push_back(producer);
}

void add_topic(RecordState& state, const RunState& run, TopicId id) {
    const Topic& named = run.fleet().topics()[id];
    const Cluster& cluster = run.fleet().clusters()[named.cluster];
    const auto t = static_cast<std::uint32_t>(state.topics.size());
    RecordTopic topic;
    topic.id = id;
    topic.counts.topic = id;
    topic.first_broker = BrokerId{cluster.first_broker};
    topic.broker_count = cluster.broker_count;
    topic.first_partition = static_cast<std::uint32_t>(state.partitions.size());
    topic.partition_count = named.partition_count;
    topic.first_producer = static_cast<std::uint32_t>(state.producers.size());
    topic.first_reader = static_cast<std::uint32_t>(state.readers.size());
    topic.first_position = static_cast<std::uint32_t>(state.positions.size());
    state.topics.push_back(topic);
    for (const BrokerId b : cluster.brokers()) {
        Reader reader;
        reader.topic = t;
        reader.broker = b;
        state.readers.push_back(reader);
    }
    for (const PartitionId p : named.partitions()) {
        add_partition(state, run, p, t);
        RecordPartition& partition = state.partitions.back();
        partition.position = static_cast<std::uint32_t>(state.positions.size());
        state.positions.push_back(
            {.partition = static_cast<std::uint32_t>(state.partitions.size() - 1),
             .next = partition.records.stored()});
    }
    // Producers of one topic differ in acks alone.
    const double rest = 1.0 - named.acks_all - named.acks_none;
    constexpr double none = 1e-9;  // shares that do not add up to one in the last place
    if (named.acks_all > none) add_producer(state, run, t, Acks::all, named.acks_all);
    if (rest > none) add_producer(state, run, t, Acks::leader, rest);
    if (named.acks_none > none) add_producer(state, run, t, Acks::none, named.acks_none);
}

}  // namespace

RecordState initial_records(const RunState& run) {
    RecordState state;
    state.a_case = run.a_case;
    state.seed = run.options.seed;
    state.multiplier = run.a_case->curve.multiplier(sim::Instant{});
    state.sampled = run.options.sampled;
    state.slowness = slowness(state.times(), run.options);
    const auto partitions = run.scope.partitions();
    state.first_partition = partitions.empty() ? 0 : partitions.front().value;
    state.first_broker = run.scope.brokers().empty() ? 0 : run.scope.brokers().front().value;
    add_brokers(state, run);
    for (const ClusterId c : run.scope.clusters()) {
        for (const TopicId t : run.fleet().clusters()[c].topics()) add_topic(state, run, t);
    }
    return state;
}

}  // namespace rollcast::models
