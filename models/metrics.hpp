// The metrics that a run can give, under the names of real exporters.
//
// Names are those of the JMX exporter with Strimzi's rules (kafka-semantics §1.9), of
// node_exporter, blackbox_exporter, kafka_exporter, kafka-lag-exporter and ZooKeeper's own
// exporter. What is not in this list cannot be asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcast::models {

/// What is scraped; one target each.
enum class MetricSource : std::uint8_t {
    broker,        // the JMX exporter inside a broker's process
    controller,    // ZooKeeper mode: the same process; KRaft: that of a controller node
    quorum_node,   // a ZooKeeper server or KRaft controller
    zookeeper,     // what a ZooKeeper server says of its ensemble
    host,          // node_exporter of a machine
    probe,         // a TCP connection from outside to a broker's listener
    orchestrator,  // what the orchestrator says of a machine
    cluster,       // kafka_exporter of a cluster, which asks the brokers
    group          // lag of a consumer group, measured through the brokers
};
inline constexpr int source_count = 9;

enum class MetricType : std::uint8_t { gauge, counter };

/// In the order of `all_metrics`.
enum class Metric : std::uint8_t {
    broker_up,
    under_replicated,
    under_min_isr,
    at_min_isr,
    partition_under_min_isr,
    leader_count,
    partition_count,
    isr_shrinks,
    isr_expands,
    bytes_in,
    bytes_out,
    replica_max_lag,
    active_controller,
    offline_partitions,
    preferred_imbalance,
    unclean_elections,
    fenced_brokers,
    quorum_up,
    synced_followers,
    host_up,
    disk_write_time,
    disk_written,
    network_received,
    network_sent,
    network_speed,
    probe_success,
    machine_in_step,
    cluster_brokers,
    partition_leaderless,
    group_lag,
    group_lag_seconds,
    reassigning_partitions,
    offline_log_dirs,
    failed_logins,
    step_findings
};
inline constexpr int metric_count = 35;

struct MetricInfo {
    Metric metric;
    std::string_view name;  // as a query selects it
    MetricType type;
    MetricSource source;
    std::string_view unit;
    std::string_view meaning;  // the exact predicate
    std::string_view section;  // of kafka-semantics, or the exporter
};

/// Every metric, in the order of the enumeration.
std::span<const MetricInfo> all_metrics();
const MetricInfo& info_of(Metric metric);
/// The metric of that name; nothing where no run can give it.
std::optional<Metric> metric_called(std::string_view name);

/// The labels of a series of this source: "cluster, broker".
std::string_view labels_of(MetricSource source);

}  // namespace rollcast::models
