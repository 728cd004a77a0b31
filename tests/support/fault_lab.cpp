#include "tests/support/fault_lab.hpp"

namespace rollcast::support {

using models::Fault;
using models::FaultTarget;

ClusterSketch ring_of_six(std::int64_t write_bytes_per_s) {
    ClusterSketch cluster;
    cluster.rack_of = {0, 1, 2, 0, 1, 2};
    TopicSketch topic;
    topic.min_isr = 2;
    topic.write_bytes_per_s = write_bytes_per_s;
    for (std::uint32_t i = 0; i < 6; ++i) {
        topic.replicas.push_back({i, (i + 1) % 6, (i + 2) % 6});
    }
    cluster.topics = {topic};
    return cluster;
}

Fault fault_of(models::FaultKind kind, sim::Duration from, sim::Duration length) {
    Fault fault;
    fault.kind = kind;
    fault.name = models::fault_info(kind).word;
    switch (models::fault_info(kind).target) {
        case FaultTarget::broker:
            fault.broker = models::BrokerId{0};
            break;
        case FaultTarget::rack:
            fault.rack = models::RackId{0};
            break;
        case FaultTarget::machine:
            fault.machine = models::MachineId{0};
            break;
        case FaultTarget::log_dir:
            fault.log_dir = models::LogDirId{0};
            break;
        case FaultTarget::quorum_node:
            fault.quorum_node = models::QuorumNodeId{0};
            break;
        case FaultTarget::cluster:
            fault.cluster = models::ClusterId{0};
            break;
        case FaultTarget::topic:
            fault.topic = models::TopicId{0};
            break;
    }
    fault.trigger.at = sim::Instant{from};
    if (models::fault_info(kind).lasts) fault.duration = length;
    return fault;
}

Fault fault_at(models::FaultKind kind, double value, sim::Duration from, sim::Duration length) {
    Fault fault = fault_of(kind, from, length);
    fault.values[0] = value;
    return fault;
}

void two_log_dirs(Lab& lab) {
    models::IdMap<models::LogDirId, models::LogDir> dirs;
    for (const models::LogDir& dir : lab.tables.log_dirs) {
        dirs.push_back(dir);
        if (lab.tables.brokers[dir.broker].cluster != models::ClusterId{0}) continue;
        dirs.push_back(dir);
        dirs[models::LogDirId{static_cast<std::uint32_t>(dirs.size() - 1)}].path = "/data2";
    }
    lab.tables.log_dirs = dirs;
}

}  // namespace rollcast::support
