#include "tests/support/record_lab.hpp"

namespace rollcast::support {

using models::Acks;
using models::TopicId;

std::vector<Places> spread_replicas(std::uint32_t count, std::uint32_t shift) {
    std::vector<Places> all;
    for (std::uint32_t p = 0; p < count; ++p) {
        Places replicas;
        for (std::uint32_t i = 0; i < 3; ++i) {
            const std::uint32_t rack = (p + shift + i) % 3;
            const std::uint32_t second = (p / 3 + i * (1 + (p / 6) % 2)) % 2;
            replicas.push_back(rack + 3 * second);
        }
        all.push_back(replicas);
    }
    return all;
}

std::vector<LoadSketch> reference_load() {
    LoadSketch orders;
    orders.replicas = spread_replicas(48, 0);
    LoadSketch events;
    events.name = "events";
    events.replicas = spread_replicas(24, 1);
    events.rate = 150;
    events.acks = Acks::leader;
    events.idempotent = false;
    events.retries = false;
    LoadSketch audit;
    audit.name = "audit";
    audit.replicas = spread_replicas(6, 2);
    audit.rate = 20;
    audit.size = 1'000;
    audit.min_isr = 3;
    return {orders, events, audit};
}

Lab record_lab(const std::vector<LoadSketch>& topics, int brokers) {
    ClusterSketch sketch;
    for (int b = 0; b < brokers; ++b) sketch.rack_of.push_back(static_cast<std::uint32_t>(b % 3));
    for (const LoadSketch& load : topics) {
        TopicSketch topic;
        topic.name = load.name;
        topic.min_isr = load.min_isr;
        topic.replicas = load.replicas;
        topic.stored_bytes = 0;
        topic.write_bytes_per_s = static_cast<std::int64_t>(
            load.rate * load.size / static_cast<double>(load.replicas.size()));
        sketch.topics.push_back(topic);
    }
    Lab lab(sketch);
    lab.kraft();
    lab.tables.clusters[models::ClusterId{0}].stack.kafka_version = "3.9.1";
    for (std::uint32_t t = 0; t < topics.size(); ++t) {
        models::Topic& topic = lab.tables.topics[TopicId{t}];
        topic.acks_all = topics[t].acks == Acks::all ? 1.0 : 0.0;
        topic.acks_none = topics[t].acks == Acks::none ? 1.0 : 0.0;
        topic.idempotent = topics[t].idempotent;
        topic.retries = topics[t].retries;
        topic.bytes_per_message = topics[t].size;
        topic.producer.linger = sim::milliseconds(5);
    }
    lab.options.fidelity = models::Fidelity::record;
    lab.options.horizon = sim::seconds(240);
    // Runs of half a minute more than a restart takes: a process is back soon, as in the lab.
    lab.a_case.step.start = {sim::seconds(12), {}};
    return lab;
}

const models::RecordPlane& records(const models::World& world) {
    return dynamic_cast<const models::RecordPlane&>(world.data());
}

models::RecordPlane& records(models::World& world) {
    return dynamic_cast<models::RecordPlane&>(world.data());
}

models::TopicRecords counted(Lab& lab, std::size_t t) { return lab.verdict().records->topics[t]; }

}  // namespace rollcast::support
