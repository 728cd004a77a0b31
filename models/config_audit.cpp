#include "models/config_audit.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace rollcast::models {

namespace {

std::string shown(bool value) { return value ? "true" : "false"; }
std::string shown(int value) { return fmt::format("{}", value); }
std::string shown(Bytes value) { return fmt::format("{}", value.count()); }
std::string shown(ByteRate value) {
    return value == unlimited ? std::string("not set") : fmt::format("{}", value.count());
}
std::string shown(Duration value) { return fmt::format("{:g} s", sim::to_seconds(value)); }
std::string shown(const std::optional<Duration>& value) {
    return value ? shown(*value) : std::string("not set");
}

/// The golden min ISR of a topic.
int wanted_min_isr(const Topic& topic) {
    return topic.golden_min_isr > 0 ? topic.golden_min_isr : topic.min_isr;
}

std::string min_isr_of(const Topic& topic) { return "min.insync.replicas of " + topic.name; }

}  // namespace

std::vector<Drift> config_drift(const ClusterConfig& golden, const ClusterConfig& found) {
    std::vector<Drift> drift;
    const auto compare = [&](const char* key, const auto& wanted, const auto& is) {
        if (!(wanted == is)) drift.push_back({key, shown(wanted), shown(is)});
    };
    compare("replica.lag.time.max.ms", golden.replica_lag_time_max, found.replica_lag_time_max);
    compare("session timeout", golden.session_timeout, found.session_timeout);
    compare("heartbeat interval", golden.heartbeat_interval, found.heartbeat_interval);
    compare("zookeeper tickTime", golden.zookeeper_tick, found.zookeeper_tick);
    compare(
        "auto.leader.rebalance.enable", golden.auto_leader_rebalance, found.auto_leader_rebalance);
    compare("leader.imbalance.check.interval.seconds",
            golden.leader_imbalance_check,
            found.leader_imbalance_check);
    compare("unclean.leader.election.enable",
            golden.unclean_leader_election,
            found.unclean_leader_election);
    compare("leader.replication.throttled.rate", golden.leader_throttle, found.leader_throttle);
    compare(
        "follower.replication.throttled.rate", golden.follower_throttle, found.follower_throttle);
    compare(
        "replica.fetch.response.max.bytes", golden.fetch_response_max, found.fetch_response_max);
    compare("replica.fetch.max.bytes", golden.fetch_partition_max, found.fetch_partition_max);
    compare("throttled.replicas lists", golden.throttle_lists, found.throttle_lists);
    compare("num.recovery.threads.per.data.dir",
            golden.recovery_threads_per_dir,
            found.recovery_threads_per_dir);
    compare("TimeoutStopSec", golden.stop_timeout, found.stop_timeout);
    compare(
        "log.flush.interval.messages = 1", golden.flush_every_message, found.flush_every_message);
    return drift;
}

std::vector<Drift> config_drift(const Fleet& fleet, ClusterId c) {
    const Cluster& cluster = fleet.clusters()[c];
    std::vector<Drift> drift;
    if (cluster.golden) drift = config_drift(*cluster.golden, cluster.config);
    for (const TopicId t : cluster.topics()) {
        const Topic& topic = fleet.topics()[t];
        if (wanted_min_isr(topic) == topic.min_isr) continue;
        drift.push_back({min_isr_of(topic), shown(wanted_min_isr(topic)), shown(topic.min_isr)});
    }
    return drift;
}

std::vector<Drift> config_drift(const RunState& run, BrokerId b) {
    const Broker& broker = run.fleet().brokers()[b];
    const Cluster& cluster = run.fleet().clusters()[broker.cluster];
    std::vector<Drift> drift =
        config_drift(cluster.golden.value_or(cluster.config), run.config(broker.cluster));
    for (const TopicId t : cluster.topics()) {
        const Topic& topic = run.fleet().topics()[t];
        if (topic.partition_count == 0) continue;
        const PartitionId p = topic.partitions().front();
        const int wanted =
            std::min<int>(wanted_min_isr(topic), run.fleet().partitions()[p].assigned());
        const int found = run.partitions[p].min_isr();
        if (wanted != found) drift.push_back({min_isr_of(topic), shown(wanted), shown(found)});
    }
    if (run.brokers[b].rack_lost) {
        drift.push_back({"broker.rack", run.fleet().racks()[broker.rack].name, "not set"});
    }
    if (run.balancing.contains(broker.cluster)) {
        drift.push_back({"self-balancing", "false", "true"});
    }
    return drift;
}

}  // namespace rollcast::models
