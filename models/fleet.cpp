#include "models/fleet.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rollcast::models {

using sim::ensure;

double record_bytes(const Topic& topic) {
    constexpr double unknown = 1'000.0;  // assumed
    return topic.bytes_per_message > 0.0 ? topic.bytes_per_message : unknown;
}

double record_rate(const Fleet& fleet, PartitionId p) {
    const Partition& partition = fleet.partitions()[p];
    return static_cast<double>(partition.write_bytes_per_s) /
           record_bytes(fleet.topics()[partition.topic]);
}

int effective_floor(const Topic& topic) {
    const int chosen = topic.isr_floor > 0 ? topic.isr_floor
                       : topic.rf >= 3     ? std::max(topic.min_isr, 2)
                                           : topic.min_isr;
    return std::min(chosen, topic.rf);
}

std::string Fleet::partition_name(PartitionId p) const {
    const Partition& partition = tables_.partitions[p];
    const Topic& topic = tables_.topics[partition.topic];
    return fmt::format(
        "{}/{}-{}", tables_.clusters[topic.cluster].name, topic.name, partition.number);
}

bool Fleet::links_couple_clusters() const {
    for (const ClusterId c : Range<ClusterId>(link_group_.size())) {
        if (link_group_[c] != c) return true;
    }
    return false;
}

namespace {

/// Clusters with racks in one room of limited links are of one group.
IdMap<ClusterId, ClusterId> link_groups(const FleetTables& tables) {
    IdMap<ClusterId, ClusterId> group;
    for (const ClusterId c : Range<ClusterId>(tables.clusters.size())) group.push_back(c);
    IdMap<RoomId, ClusterId> first(tables.rooms.size(), ClusterId::none());
    for (const Rack& rack : tables.racks) {
        if (!rack.room.exists()) continue;
        if (!tables.rooms.at(rack.room).limited()) continue;
        if (!first[rack.room].exists()) first[rack.room] = rack.cluster;
        const ClusterId a = group[rack.cluster];
        const ClusterId b = group[first[rack.room]];
        for (ClusterId& of : group) {
            if (of == std::max(a, b)) of = std::min(a, b);
        }
    }
    return group;
}

/// Sets the contiguous range of a cluster's entities of one kind.
template <class Id, class Entity>
void index_by_cluster(const IdMap<Id, Entity>& entities,
                      IdMap<ClusterId, Cluster>& clusters,
                      std::uint32_t Cluster::*first,
                      std::uint32_t Cluster::*count) {
    std::uint32_t at = 0;
    for (const ClusterId c : Range<ClusterId>(clusters.size())) {
        clusters[c].*first = at;
        while (at < entities.size() && entities[Id{at}].cluster == c) ++at;
        clusters[c].*count = at - clusters[c].*first;
    }
    ensure(at == entities.size(), "entities must be grouped by cluster, in cluster order");
}

void index_machines(FleetTables& tables, IdMap<MachineId, Machine>& machines) {
    for (const ClusterId c : Range<ClusterId>(tables.clusters.size())) {
        Cluster& cluster = tables.clusters[c];
        cluster.first_machine = static_cast<std::uint32_t>(machines.size());
        for (const BrokerId b : cluster.brokers()) {
            Broker& broker = tables.brokers[b];
            broker.machine = machines.push_back(
                {.name = broker.host, .cluster = c, .rack = broker.rack, .broker = b});
        }
        for (const QuorumNodeId q : cluster.quorum()) {
            QuorumNode& node = tables.quorum_nodes[q];
            if (node.shared_with.exists()) {
                const Broker& host = tables.brokers.at(node.shared_with);
                ensure(host.cluster == c, "a quorum node shares a host of its own cluster");
                node.machine = host.machine;
                node.rack = host.rack;
                machines[node.machine].quorum_node = q;
            } else {
                node.machine = machines.push_back(
                    {.name = node.name, .cluster = c, .rack = node.rack, .quorum_node = q});
            }
        }
        cluster.machine_count = static_cast<std::uint32_t>(machines.size()) - cluster.first_machine;
    }
}

void index_log_dirs(FleetTables& tables) {
    std::uint32_t at = 0;
    for (const BrokerId b : Range<BrokerId>(tables.brokers.size())) {
        Broker& broker = tables.brokers[b];
        broker.first_log_dir = at;
        while (at < tables.log_dirs.size() && tables.log_dirs[LogDirId{at}].broker == b) ++at;
        broker.log_dir_count = at - broker.first_log_dir;
        ensure(broker.log_dir_count > 0, "every broker has a log dir");
    }
    ensure(at == tables.log_dirs.size(), "log dirs must be grouped by broker, in broker order");
}

void index_partitions(FleetTables& tables) {
    std::uint32_t at = 0;
    for (const TopicId t : Range<TopicId>(tables.topics.size())) {
        Topic& topic = tables.topics[t];
        topic.first_partition = at;
        while (at < tables.partitions.size() && tables.partitions[PartitionId{at}].topic == t) {
            Partition& partition = tables.partitions[PartitionId{at}];
            ensure(partition.rf >= 1 && partition.rf <= max_replication_factor, "1 <= RF <= 8");
            ensure(partition.first_replica + partition.rf <= tables.replica_broker.size(),
                   "every replica has a broker");
            ensure(partition.isr >> partition.rf == 0, "the ISR is within the replicas");
            ensure(partition.leader < partition.rf, "the leader is a replica");
            partition.min_isr =
                static_cast<std::uint8_t>(std::min<int>(topic.min_isr, partition.assigned()));
            partition.floor = static_cast<std::uint8_t>(
                std::min<int>(effective_floor(topic), partition.assigned()));
            ++at;
        }
        topic.partition_count = at - topic.first_partition;
    }
    ensure(at == tables.partitions.size(), "partitions must be grouped by topic, in topic order");
    for (Cluster& cluster : tables.clusters) {
        if (cluster.topic_count == 0) continue;
        const Topic& first = tables.topics[TopicId{cluster.first_topic}];
        const Topic& last = tables.topics[TopicId{cluster.first_topic + cluster.topic_count - 1}];
        cluster.first_partition = first.first_partition;
        cluster.partition_count =
            last.first_partition + last.partition_count - first.first_partition;
    }
}

/// Kafka puts a new replica into the log dir with the fewest (LogManager.nextLogDirs).
void fill_log_dirs(FleetTables& tables) {
    if (!tables.replica_dir.empty()) {
        ensure(tables.replica_dir.size() == tables.replica_broker.size(),
               "log dirs are given for all replicas or for none");
        return;
    }
    IdMap<BrokerId, std::uint32_t> next(tables.brokers.size(), 0);
    tables.replica_dir.reserve(tables.replica_broker.size());
    for (const BrokerId b : tables.replica_broker) {
        const Broker& broker = tables.brokers[b];
        tables.replica_dir.push_back(LogDirId{broker.first_log_dir + next[b]});
        next[b] = (next[b] + 1) % broker.log_dir_count;
    }
}

void check_replicas(const FleetTables& tables) {
    for (const PartitionId p : Range<PartitionId>(tables.partitions.size())) {
        const Partition& partition = tables.partitions[p];
        const ClusterId cluster = tables.topics[partition.topic].cluster;
        for (std::uint32_t i = 0; i < partition.rf; ++i) {
            const BrokerId b = tables.replica_broker[partition.first_replica + i];
            ensure(tables.brokers.at(b).cluster == cluster, "replicas stay in their cluster");
            for (std::uint32_t j = 0; j < i; ++j) {
                ensure(tables.replica_broker[partition.first_replica + j] != b,
                       "replicas of a partition are on distinct brokers");
            }
        }
    }
}

}  // namespace

ClusterConfig with_own(ClusterConfig config, const BrokerSettings& own) {
    config.leader_throttle = own.leader_throttle.value_or(config.leader_throttle);
    config.follower_throttle = own.follower_throttle.value_or(config.follower_throttle);
    config.recovery_threads_per_dir =
        own.recovery_threads_per_dir.value_or(config.recovery_threads_per_dir);
    if (own.stop_timeout) config.stop_timeout = own.stop_timeout;
    return config;
}

Fleet make_fleet(FleetTables tables) {
    Fleet fleet;
    index_by_cluster(tables.racks, tables.clusters, &Cluster::first_rack, &Cluster::rack_count);
    index_by_cluster(
        tables.brokers, tables.clusters, &Cluster::first_broker, &Cluster::broker_count);
    index_by_cluster(tables.quorum_nodes,
                     tables.clusters,
                     &Cluster::first_quorum_node,
                     &Cluster::quorum_node_count);
    index_by_cluster(tables.topics, tables.clusters, &Cluster::first_topic, &Cluster::topic_count);
    index_machines(tables, fleet.machines_);
    index_log_dirs(tables);
    index_partitions(tables);
    check_replicas(tables);
    fill_log_dirs(tables);
    fleet.link_group_ = link_groups(tables);

    const std::size_t brokers = tables.brokers.size();
    fleet.hosted_begin_.assign(brokers + 1, 0);
    for (const BrokerId b : tables.replica_broker) ++fleet.hosted_begin_[b.index() + 1];
    for (std::size_t i = 0; i < brokers; ++i) fleet.hosted_begin_[i + 1] += fleet.hosted_begin_[i];
    fleet.hosted_.resize(tables.replica_broker.size());
    fleet.hosted_rate_.assign(brokers, ByteRate{0});
    fleet.hosted_bytes_.assign(brokers, Bytes{0});
    std::vector<std::uint32_t> fill(fleet.hosted_begin_.begin(), fleet.hosted_begin_.end() - 1);
    for (const PartitionId p : Range<PartitionId>(tables.partitions.size())) {
        const Partition& partition = tables.partitions[p];
        for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
            const BrokerId b = tables.replica_broker[partition.first_replica + slot];
            fleet.hosted_[fill[b.index()]++] = {p, slot};
            fleet.hosted_rate_[b] += ByteRate{partition.write_bytes_per_s};
            fleet.hosted_bytes_[b] += Bytes{partition.stored_bytes};
        }
    }
    tables.partitions.shrink_to_fit();
    tables.replica_broker.shrink_to_fit();
    tables.replica_dir.shrink_to_fit();
    fleet.tables_ = std::move(tables);
    return fleet;
}

}  // namespace rollcast::models
