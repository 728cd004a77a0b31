#include "models/metrics.hpp"

#include <algorithm>
#include <array>

#include "sim/contract.hpp"

namespace rollcast::models {

namespace {

constexpr MetricType gauge = MetricType::gauge;
constexpr MetricType counter = MetricType::counter;

constexpr std::array<MetricInfo, metric_count> metric_table{{
    {Metric::broker_up,
     "up{job=\"kafka\"}",
     gauge,
     MetricSource::broker,
     "0 or 1",
     "the scrape of the broker's process was answered; a process that hangs does not answer, and "
     "all other series of a broker that does not answer are absent",
     "§1.9"},
    {Metric::under_replicated,
     "kafka_server_replicamanager_underreplicatedpartitions",
     gauge,
     MetricSource::broker,
     "partitions",
     "led by this broker with RF - size(ISR) > 0; a partition without a leader is in nobody's",
     "§1.9"},
    {Metric::under_min_isr,
     "kafka_server_replicamanager_underminisrpartitioncount",
     gauge,
     MetricSource::broker,
     "partitions",
     "led by this broker with size(ISR) < min(min.insync.replicas, RF)",
     "§1.9"},
    {Metric::at_min_isr,
     "kafka_server_replicamanager_atminisrpartitioncount",
     gauge,
     MetricSource::broker,
     "partitions",
     "led by this broker with size(ISR) = min(min.insync.replicas, RF)",
     "§1.9"},
    {Metric::partition_under_min_isr,
     "kafka_cluster_partition_underminisr",
     gauge,
     MetricSource::broker,
     "partitions",
     "sum over the partitions that this broker leads, but those of topics whose breaches the case "
     "accepts: a rule leaves them out by their topic label",
     "§1.9"},
    {Metric::leader_count,
     "kafka_server_replicamanager_leadercount",
     gauge,
     MetricSource::broker,
     "partitions",
     "led by this broker",
     "§1.9"},
    {Metric::partition_count,
     "kafka_server_replicamanager_partitioncount",
     gauge,
     MetricSource::broker,
     "replicas",
     "on this broker",
     "§1.9"},
    {Metric::isr_shrinks,
     "kafka_server_replicamanager_isrshrinks_total",
     counter,
     MetricSource::broker,
     "replicas",
     "taken out of an ISR by this leader because they lag, since its process started; what the "
     "controller takes out is not counted",
     "§1.2, §1.9"},
    {Metric::isr_expands,
     "kafka_server_replicamanager_isrexpands_total",
     counter,
     MetricSource::broker,
     "replicas",
     "let into an ISR by this leader, since its process started",
     "§1.3, §1.9"},
    {Metric::bytes_in,
     "kafka_server_brokertopicmetrics_bytesin_total",
     counter,
     MetricSource::broker,
     "bytes",
     "from producers, since the process started",
     "JMX exporter"},
    {Metric::bytes_out,
     "kafka_server_brokertopicmetrics_bytesout_total",
     counter,
     MetricSource::broker,
     "bytes",
     "to consumers, since the process started",
     "JMX exporter"},
    {Metric::replica_max_lag,
     "kafka_server_replicafetchermanager_maxlag",
     gauge,
     MetricSource::broker,
     "messages",
     "by which the replica of this broker that is furthest behind lags its leader; not given "
     "where records are counted",
     "§1.9"},
    {Metric::active_controller,
     "kafka_controller_kafkacontroller_activecontrollercount",
     gauge,
     MetricSource::controller,
     "0 or 1",
     "1 on the active controller. ZooKeeper mode: it stays 1 while the ensemble is lost, since "
     "nobody can tell the controller",
     "§1.9"},
    {Metric::offline_partitions,
     "kafka_controller_kafkacontroller_offlinepartitionscount",
     gauge,
     MetricSource::controller,
     "partitions",
     "without a leader, on the active controller once it has read everything; 0 on all others",
     "§1.9"},
    {Metric::preferred_imbalance,
     "kafka_controller_kafkacontroller_preferredreplicaimbalancecount",
     gauge,
     MetricSource::controller,
     "partitions",
     "whose leader is not the first replica assigned, on the active controller; 0 on all others",
     "§1.9"},
    {Metric::unclean_elections,
     "kafka_controller_controllerstats_uncleanleaderelections_total",
     counter,
     MetricSource::controller,
     "elections",
     "of a leader from outside the ISR, in this cluster since the start of the run; given by the "
     "active controller",
     "§1.9, §2.5"},
    {Metric::fenced_brokers,
     "kafka_controller_kafkacontroller_fencedbrokercount",
     gauge,
     MetricSource::controller,
     "brokers",
     "registered and fenced, on the active controller; KRaft only",
     "§1.9"},
    {Metric::quorum_up,
     "up{job=\"quorum\"}",
     gauge,
     MetricSource::quorum_node,
     "0 or 1",
     "the scrape of the ZooKeeper server or KRaft controller was answered",
     "§5.1"},
    {Metric::synced_followers,
     "synced_followers",
     gauge,
     MetricSource::zookeeper,
     "nodes",
     "in sync with the leader of the ensemble; given by that alone, and by nobody while there is "
     "no quorum",
     "§5.1, ZooKeeper"},
    {Metric::host_up,
     "up{job=\"node\"}",
     gauge,
     MetricSource::host,
     "0 or 1",
     "the scrape of the machine was answered: it has power and is not being re-imaged",
     "node_exporter"},
    {Metric::disk_write_time,
     "node_disk_write_time_seconds_total",
     counter,
     MetricSource::host,
     "seconds",
     "that the disks, taken as one, needed for the live writes; absent where the case gives no "
     "rate",
     "node_exporter"},
    {Metric::disk_written,
     "node_disk_written_bytes_total",
     counter,
     MetricSource::host,
     "bytes",
     "of live writes; absent where the case gives no rate",
     "node_exporter"},
    {Metric::network_received,
     "node_network_receive_bytes_total",
     counter,
     MetricSource::host,
     "bytes",
     "of live traffic into the machine",
     "node_exporter"},
    {Metric::network_sent,
     "node_network_transmit_bytes_total",
     counter,
     MetricSource::host,
     "bytes",
     "of live traffic out of the machine",
     "node_exporter"},
    {Metric::network_speed,
     "node_network_speed_bytes",
     gauge,
     MetricSource::host,
     "bytes/s",
     "that the network card has negotiated; a degraded one is taken to say so (assumed); absent "
     "where the case gives no rate",
     "node_exporter"},
    {Metric::probe_success,
     "probe_success",
     gauge,
     MetricSource::probe,
     "0 or 1",
     "a TCP connection to the broker's listener was accepted; a process that hangs still accepts",
     "blackbox_exporter"},
    {Metric::machine_in_step,
     "rollcast_machine_in_step",
     gauge,
     MetricSource::orchestrator,
     "0 or 1",
     "the orchestrator has taken the machine into its step; what silences wait for",
     "orchestrator"},
    {Metric::cluster_brokers,
     "kafka_brokers",
     gauge,
     MetricSource::cluster,
     "brokers",
     "in the metadata of the cluster; absent while no broker answers",
     "kafka_exporter"},
    {Metric::partition_leaderless,
     "kafka_topic_partition_leader",
     gauge,
     MetricSource::cluster,
     "partitions",
     "how many have -1 here, but those of topics whose breaches the case accepts; absent while no "
     "broker answers",
     "kafka_exporter"},
    {Metric::group_lag,
     "kafka_consumergroup_lag_sum",
     gauge,
     MetricSource::group,
     "messages",
     "that the group has not read yet",
     "kafka_exporter, §3.4"},
    {Metric::group_lag_seconds,
     "kafka_consumergroup_group_max_lag_seconds",
     gauge,
     MetricSource::group,
     "seconds",
     "age of the oldest record that the group has not read yet",
     "kafka-lag-exporter, §3.4"},
    {Metric::reassigning_partitions,
     "kafka_server_replicamanager_reassigningpartitions",
     gauge,
     MetricSource::broker,
     "partitions",
     "led by this broker with a replica that is being made elsewhere; it counts for none of the "
     "metrics on ISRs until it is in sync",
     "KIP-455"},
    {Metric::offline_log_dirs,
     "kafka_log_logmanager_offlinelogdirectorycount",
     gauge,
     MetricSource::broker,
     "log dirs",
     "of this broker that have failed",
     "§8.1"},
    {Metric::failed_logins,
     "kafka_server_socketservermetrics_failed_authentication_total",
     counter,
     MetricSource::broker,
     "attempts",
     "of other brokers and of clients at this broker's listeners that fail for a certificate or a "
     "SASL mechanism; each follower, and its clients together, tries again after a second (assumed "
     "for clients)",
     "§4.1, §6.3"},
    {Metric::step_findings,
     "rollcast_step_findings_total",
     counter,
     MetricSource::orchestrator,
     "findings",
     "of the checks of this machine's step: configuration that is not as the golden file has it, "
     "checksums that differ",
     "orchestrator"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < metric_table.size(); ++i) {
        if (metric_table[i].metric != static_cast<Metric>(i)) return false;
    }
    return true;
}
static_assert(in_order());

}  // namespace

std::span<const MetricInfo> all_metrics() { return metric_table; }

const MetricInfo& info_of(Metric metric) { return metric_table[static_cast<std::size_t>(metric)]; }

std::optional<Metric> metric_called(std::string_view name) {
    const auto found = std::find_if(metric_table.begin(),
                                    metric_table.end(),
                                    [&](const MetricInfo& info) { return info.name == name; });
    return found == metric_table.end() ? std::nullopt : std::optional(found->metric);
}

std::string_view labels_of(MetricSource source) {
    switch (source) {
        case MetricSource::broker:
        case MetricSource::probe:
            return "cluster, broker";
        case MetricSource::controller:
            return "cluster, broker or quorum node";
        case MetricSource::quorum_node:
        case MetricSource::zookeeper:
            return "cluster, quorum node";
        case MetricSource::host:
        case MetricSource::orchestrator:
            return "cluster, machine";
        case MetricSource::cluster:
            return "cluster";
        case MetricSource::group:
            return "cluster, group";
    }
    return "";
}

}  // namespace rollcast::models
