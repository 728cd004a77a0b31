// The estate at rest: clusters, racks, machines, brokers, quorums, topics and where their replicas
// lie. Immutable once made; every index that a run needs is built here, once.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/ids.hpp"
#include "models/stacks/node_stack.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

using sim::ByteRate;
using sim::Bytes;
using sim::Duration;

/// A capacity that is not limited.
inline constexpr ByteRate unlimited{std::numeric_limits<std::int64_t>::max()};

enum class DiskClass : std::uint8_t { hdd, ssd, nvme };

/// What a machine runs. `inter_broker_protocol` empty = not pinned, so the first new binary raises
/// it (kafka-semantics §6.1).
struct Stack {
    std::string os;
    std::string kafka_version;
    std::string inter_broker_protocol;
    std::string message_format;
    std::string auth;
    std::string control_plane;
    bool operator==(const Stack&) const = default;
};

/// The broker settings that matter here, one set a cluster. Defaults: kafka-semantics §1.1, §2.4,
/// §4.2, §4.3.
struct ClusterConfig {
    Duration replica_lag_time_max = sim::seconds(30);
    Duration session_timeout = sim::seconds(18);    // ZooKeeper; KRaft: broker.session.timeout 9 s
    Duration heartbeat_interval = sim::seconds(6);  // ZooKeeper ping at about a third; KRaft 2 s
    Duration zookeeper_tick = sim::seconds(2);
    bool auto_leader_rebalance = true;
    Duration leader_imbalance_check = sim::seconds(300);
    bool unclean_leader_election = false;
    ByteRate leader_throttle = unlimited;           // leader.replication.throttled.rate, a broker
    ByteRate follower_throttle = unlimited;         // follower.replication.throttled.rate, a broker
    Bytes fetch_response_max = sim::mebibytes(10);  // replica.fetch.response.max.bytes
    Bytes fetch_partition_max = sim::mebibytes(1);  // replica.fetch.max.bytes
    bool throttle_lists = true;  // without topic lists a rate has no effect (kafka-semantics §4.2)
    int recovery_threads_per_dir = 1;
    /// The supervisor kills a process that has not stopped so long after SIGTERM; none = it waits.
    std::optional<Duration> stop_timeout{};
    bool flush_every_message = false;  // log.flush.interval.messages = 1

    bool operator==(const ClusterConfig&) const = default;
};

/// Settings in which one broker is not as its cluster, or as the golden file of its cluster has it:
/// what its own properties file or unit says. What is not set is as in the cluster.
struct BrokerSettings {
    std::optional<ByteRate> leader_throttle{};
    std::optional<ByteRate> follower_throttle{};
    std::optional<int> recovery_threads_per_dir{};
    std::optional<Duration> stop_timeout{};
    // Of a golden file alone: what the broker has of these the estate says itself.
    std::string rack{};                // broker.rack; empty: as the estate has it
    std::optional<bool> controller{};  // process.roles of KRaft: a controller besides

    bool operator==(const BrokerSettings&) const = default;
};

/// `config` with what `own` says instead.
ClusterConfig with_own(ClusterConfig config, const BrokerSettings& own);

/// The named stacks of a cluster's ends. Where none is named, nothing refuses its links.
struct ClusterStacks {
    StackId now = StackId::none();           // of its brokers today
    StackId next = StackId::none();          // of a broker after its step
    StackId quorum = StackId::none();        // of its ZooKeeper servers or KRaft controllers
    StackId clients = StackId::none();       // of its producers and consumers
    StackId orchestrator = StackId::none();  // of what operates it
    bool clients_moved = false;              // they have just come to theirs: each connects anew
};

struct Cluster {
    std::string name;
    QuorumKind quorum_kind = QuorumKind::zookeeper;
    Stack stack;   // today
    Stack target;  // after the migration
    ClusterStacks stacks;
    ClusterConfig config;
    /// As its golden file has it, where there is one: what differs in `config` has drifted.
    std::optional<ClusterConfig> golden{};
    BrokerId controller_at_start = BrokerId::none();  // ZooKeeper; none = the first broker
    // Filled by make_fleet: everything of a cluster is contiguous.
    std::uint32_t first_rack = 0, rack_count = 0;
    std::uint32_t first_broker = 0, broker_count = 0;
    std::uint32_t first_quorum_node = 0, quorum_node_count = 0;
    std::uint32_t first_machine = 0, machine_count = 0;
    std::uint32_t first_topic = 0, topic_count = 0;
    std::uint32_t first_partition = 0, partition_count = 0;

    Range<RackId> racks() const { return {first_rack, first_rack + rack_count}; }
    Range<BrokerId> brokers() const { return {first_broker, first_broker + broker_count}; }
    Range<QuorumNodeId> quorum() const {
        return {first_quorum_node, first_quorum_node + quorum_node_count};
    }
    Range<MachineId> machines() const { return {first_machine, first_machine + machine_count}; }
    Range<TopicId> topics() const { return {first_topic, first_topic + topic_count}; }
    Range<PartitionId> partitions() const {
        return {first_partition, first_partition + partition_count};
    }
};

/// Racks that one link joins to the rest. Link rates hold for traffic that leaves (`up`) or enters
/// (`down`) the room; clusters may share it.
struct Room {
    std::string name;
    ByteRate link_up = unlimited;
    ByteRate link_down = unlimited;

    bool limited() const { return link_up != unlimited || link_down != unlimited; }
};

/// A power domain with one top-of-rack switch. Uplink rates hold for traffic that leaves (`up`) or
/// enters (`down`) the rack.
struct Rack {
    std::string name;
    ClusterId cluster;
    ByteRate uplink_up = unlimited;
    ByteRate uplink_down = unlimited;
    RoomId room = RoomId::none();
};

/// One data directory on a disk of its own (kafka-semantics §8.1).
struct LogDir {
    BrokerId broker;
    std::string path;
    DiskClass disk = DiskClass::hdd;
    Bytes capacity{};
    ByteRate read_rate = unlimited;
    ByteRate write_rate = unlimited;
};

struct Broker {
    std::int64_t number = 0;  // broker.id, unique in its cluster
    std::string host;
    ClusterId cluster;
    RackId rack;
    ByteRate nic_in = unlimited;
    ByteRate nic_out = unlimited;
    Bytes page_cache{};
    SignatureStrength certificate = SignatureStrength::sha256;
    /// KRaft: a heartbeat so long before the run, where one is known.
    std::optional<sim::Duration> heartbeat_before{};
    // Filled by make_fleet.
    MachineId machine;
    std::uint32_t first_log_dir = 0, log_dir_count = 0;

    Range<LogDirId> log_dirs() const { return {first_log_dir, first_log_dir + log_dir_count}; }
};

/// A ZooKeeper server or KRaft controller: on its own machine, or on the host of a broker.
struct QuorumNode {
    std::string name;
    ClusterId cluster;
    RackId rack;
    BrokerId shared_with = BrokerId::none();
    bool leader_at_start = false;
    MachineId machine;  // filled by make_fleet
};

/// What is taken down once: the host of a broker, of a quorum node, or of both.
struct Machine {
    std::string name;
    ClusterId cluster;
    RackId rack;
    BrokerId broker = BrokerId::none();
    QuorumNodeId quorum_node = QuorumNodeId::none();
};

/// What the producers of a topic are set to. Defaults: kafka-semantics §3.1.
struct ProducerConfig {
    Duration linger{};
    Duration request_timeout = sim::seconds(30);
    std::optional<Duration> delivery_timeout{};  // default: that of the case
    Bytes batch_size{16'384};
    Bytes buffer_memory{33'554'432};  // of each of them (kafka-semantics §3.1)
    int instances = 1;                // that write the topic at once
};

struct Topic {
    std::string name;
    ClusterId cluster;
    int rf = 3;
    int min_isr = 1;
    int isr_floor = 0;             // 0 = default: max(min ISR, 2) where RF >= 3, else min ISR
    bool errors_accepted = false;  // client errors alone are accepted: its replicas stay protected
    bool accepted = false;         // its breaches are accepted: counted apart, never as safe
    double acks_all = 1.0;         // share of written bytes whose producers use acks=all, 0..1
    double acks_none = 0.0;        // with acks=0; the rest uses acks=1
    bool idempotent = true;        // those with acks=all
    bool keeps_all = false;        // younger than its retention: what is stored only grows
    bool compacted = false;        // cleanup.policy=compact: its sealed segments are rewritten
    int golden_min_isr = 0;        // as its golden file has it; 0 = as `min_isr`
    bool retries = true;           // false: an error at every leader move (kafka-semantics §3.1)
    double bytes_per_message = 0.0;  // mean record size, 0 = unknown
    ProducerConfig producer{};
    std::uint32_t first_partition = 0, partition_count = 0;

    Range<PartitionId> partitions() const {
        return {first_partition, first_partition + partition_count};
    }
};

inline constexpr int max_replication_factor = 8;

/// Bytes of a record of `topic`; of an assumed one where that is not known.
double record_bytes(const Topic& topic);

/// One partition at rest. Replica slots 0 .. rf-1 are in assignment order; slot 0 is the preferred
/// leader. `isr` has one bit a slot.
struct Partition {
    TopicId topic;
    std::uint32_t number = 0;
    std::uint32_t first_replica = 0;
    std::uint8_t rf = 0;
    std::uint8_t floor = 0;    // filled by make_fleet from the topic
    std::uint8_t min_isr = 0;  // effective: min(min.insync.replicas, RF) (kafka-semantics §1.4)
    std::uint8_t isr = 0;      // at the start
    std::int8_t leader = 0;    // slot at the start; -1 = none
    /// The last slots, which hold no replica at the start: a move of the run fills them.
    std::uint8_t to_come = 0;
    std::int64_t write_bytes_per_s = 0;  // mean over the day
    std::int64_t stored_bytes = 0;       // of one replica

    /// Replicas that are assigned, before, during and after a move.
    int assigned() const { return rf - to_come; }
};

/// A replica seen from its broker.
struct HostedReplica {
    PartitionId partition;
    std::uint8_t slot = 0;
};

/// Consumers that read `topics`; capacity is the most they can read, all together.
struct ConsumerGroup {
    std::string name;
    ClusterId cluster;
    std::vector<TopicId> topics;
    ByteRate capacity = unlimited;
    Duration lag_objective = sim::seconds(60);  // assumed
};

/// The tables of a fleet as a reader fills them: grouped by cluster, in cluster order.
struct FleetTables {
    std::string name;
    IdMap<StackId, NodeStack> stacks;
    IdMap<RoomId, Room> rooms;
    IdMap<ClusterId, Cluster> clusters;
    IdMap<RackId, Rack> racks;
    IdMap<BrokerId, Broker> brokers;
    IdMap<LogDirId, LogDir> log_dirs;  // grouped by broker, in broker order
    IdMap<QuorumNodeId, QuorumNode> quorum_nodes;
    IdMap<TopicId, Topic> topics;
    IdMap<PartitionId, Partition> partitions;  // grouped by topic, in topic order
    std::vector<BrokerId> replica_broker;      // by Partition::first_replica + slot
    std::vector<LogDirId> replica_dir;         // same; may be empty: dirs are filled evenly
    IdMap<GroupId, ConsumerGroup> groups;
    std::map<BrokerId, BrokerSettings> own_config;  // few
    std::map<BrokerId, BrokerSettings> own_golden;
};

/// The estate, validated and indexed.
///
/// Invariants: entities of a cluster are contiguous; replicas of a partition are on distinct
/// brokers of its cluster; the ISR is within the replicas; 1 <= RF <= max_replication_factor.
class Fleet {
public:
    const FleetTables& tables() const { return tables_; }
    const std::string& name() const { return tables_.name; }
    const IdMap<StackId, NodeStack>& stacks() const { return tables_.stacks; }
    const IdMap<RoomId, Room>& rooms() const { return tables_.rooms; }
    const IdMap<ClusterId, Cluster>& clusters() const { return tables_.clusters; }
    const IdMap<RackId, Rack>& racks() const { return tables_.racks; }
    const IdMap<BrokerId, Broker>& brokers() const { return tables_.brokers; }
    const IdMap<LogDirId, LogDir>& log_dirs() const { return tables_.log_dirs; }
    const IdMap<QuorumNodeId, QuorumNode>& quorum_nodes() const { return tables_.quorum_nodes; }
    const IdMap<MachineId, Machine>& machines() const { return machines_; }
    const IdMap<TopicId, Topic>& topics() const { return tables_.topics; }
    const IdMap<PartitionId, Partition>& partitions() const { return tables_.partitions; }
    const IdMap<GroupId, ConsumerGroup>& groups() const { return tables_.groups; }

    std::size_t replica_count() const { return tables_.replica_broker.size(); }
    /// Brokers of a partition in assignment order (rf of them).
    std::span<const BrokerId> replicas(PartitionId p) const {
        const Partition& partition = tables_.partitions[p];
        return {tables_.replica_broker.data() + partition.first_replica, partition.rf};
    }
    std::span<const LogDirId> replica_dirs(PartitionId p) const {
        const Partition& partition = tables_.partitions[p];
        return {tables_.replica_dir.data() + partition.first_replica, partition.rf};
    }
    /// Replicas on a broker, in partition order.
    std::span<const HostedReplica> hosted(BrokerId b) const {
        return {hosted_.data() + hosted_begin_[b.index()],
                hosted_begin_[b.index() + 1] - hosted_begin_[b.index()]};
    }
    /// Sum of the mean write rates of the replicas on a broker.
    ByteRate hosted_write_rate(BrokerId b) const { return hosted_rate_[b]; }
    Bytes hosted_bytes(BrokerId b) const { return hosted_bytes_[b]; }

    /// What is set at `b` alone; null where nothing is.
    const BrokerSettings* own_config(BrokerId b) const { return own(tables_.own_config, b); }
    /// The golden file of `b` alone.
    const BrokerSettings* own_golden(BrokerId b) const { return own(tables_.own_golden, b); }

    ClusterId cluster_of(PartitionId p) const {
        return tables_.topics[tables_.partitions[p].topic].cluster;
    }
    /// The first of the clusters that `c` shares limited room links with, directly or through
    /// others; `c` itself where it shares none.
    ClusterId link_group(ClusterId c) const { return link_group_[c]; }
    /// True where what one cluster catches up can slow another down.
    bool links_couple_clusters() const;
    /// "cluster/topic-7", as an operator writes it.
    std::string partition_name(PartitionId p) const;

private:
    static const BrokerSettings* own(const std::map<BrokerId, BrokerSettings>& all, BrokerId b) {
        if (all.empty()) return nullptr;
        const auto found = all.find(b);
        return found == all.end() ? nullptr : &found->second;
    }

    friend Fleet make_fleet(FleetTables tables);
    FleetTables tables_;
    IdMap<MachineId, Machine> machines_;
    std::vector<std::uint32_t> hosted_begin_;
    std::vector<HostedReplica> hosted_;
    IdMap<BrokerId, ByteRate> hosted_rate_;
    IdMap<BrokerId, Bytes> hosted_bytes_;
    IdMap<ClusterId, ClusterId> link_group_;
};

/// Records/s written to `p`, mean over the day.
double record_rate(const Fleet& fleet, PartitionId p);

/// Set bits of every ISR bit set; a table, since the portable instruction set has no popcount.
inline constexpr auto isr_sizes = [] {
    std::array<std::uint8_t, 256> sizes{};
    for (std::size_t i = 1; i < sizes.size(); ++i) {
        sizes[i] = static_cast<std::uint8_t>(sizes[i / 2] + i % 2);
    }
    return sizes;
}();

/// Number of in-sync replicas of an ISR bit set.
constexpr int isr_size(std::uint8_t isr) { return isr_sizes[isr]; }

/// The lowest ISR size a topic may reach: the explicit choice, else max(min ISR, 2) where RF >= 3,
/// else min ISR; never above RF (architecture §6).
int effective_floor(const Topic& topic);

/// Indexes the tables. Throws ContractViolation where an invariant of Fleet does not hold; a reader
/// has reported bad input before.
Fleet make_fleet(FleetTables tables);

}  // namespace rollcast::models
