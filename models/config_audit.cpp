#include "models/config_audit.hpp"

#include <algorithm>
#include <utility>

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

namespace {

/// `config` with what `own` says, where it says anything.
ClusterConfig laid_over(const ClusterConfig& config, const BrokerSettings* own) {
    return own == nullptr ? config : with_own(config, *own);
}

/// As the golden files have `b`: its own over that of its cluster. Where there is neither, what it
/// was set to at rest is what is wanted.
ClusterConfig golden_of(const Fleet& fleet, BrokerId b) {
    const Cluster& cluster = fleet.clusters()[fleet.brokers()[b].cluster];
    const BrokerSettings* golden = fleet.own_golden(b);
    if (!cluster.golden && golden == nullptr) return laid_over(cluster.config, fleet.own_config(b));
    return laid_over(cluster.golden.value_or(cluster.config), golden);
}

/// What the estate itself says of `b`, against its golden file: where it stands, and what it is.
void add_place_and_roles(const Fleet& fleet,
                         BrokerId b,
                         bool rack_lost,
                         std::vector<Drift>& drift) {
    const BrokerSettings* golden = fleet.own_golden(b);
    const std::string& rack = fleet.racks()[fleet.brokers()[b].rack].name;
    const std::string& wanted = golden != nullptr && !golden->rack.empty() ? golden->rack : rack;
    if (rack_lost || wanted != rack) {
        drift.push_back({"broker.rack", wanted, rack_lost ? std::string("not set") : rack});
    }
    if (golden == nullptr || !golden->controller) return;
    bool controls = false;
    for (const QuorumNodeId q : fleet.clusters()[fleet.brokers()[b].cluster].quorum()) {
        controls = controls || fleet.quorum_nodes()[q].shared_with == b;
    }
    const auto roles = [](bool both) { return std::string(both ? "broker,controller" : "broker"); };
    if (controls == *golden->controller) return;
    drift.push_back({"process.roles", roles(*golden->controller), roles(controls)});
}

}  // namespace

std::vector<Drift> config_drift(const Fleet& fleet, ClusterId c) {
    const Cluster& cluster = fleet.clusters()[c];
    std::vector<Drift> drift;
    if (cluster.golden) drift = config_drift(*cluster.golden, cluster.config);
    for (const BrokerId b : cluster.brokers()) {
        if (fleet.own_config(b) == nullptr && fleet.own_golden(b) == nullptr) continue;
        std::vector<Drift> own =
            config_drift(golden_of(fleet, b), laid_over(cluster.config, fleet.own_config(b)));
        // What drifts in the whole cluster is said once.
        std::erase_if(own, [&](const Drift& key) {
            return std::any_of(drift.begin(), drift.end(), [&](const Drift& of_cluster) {
                return of_cluster.key == key.key && of_cluster.found == key.found &&
                       of_cluster.wanted == key.wanted;
            });
        });
        add_place_and_roles(fleet, b, false, own);
        for (Drift& key : own) {
            key.key += fmt::format(" of broker {}", fleet.brokers()[b].number);
            drift.push_back(std::move(key));
        }
    }
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
    ClusterConfig in_force = laid_over(run.config(broker.cluster), run.fleet().own_config(b));
    if (const auto set = run.throttles_set.find(b); set != run.throttles_set.end()) {
        in_force.leader_throttle = set->second.leader;
        in_force.follower_throttle = set->second.follower;
    }
    std::vector<Drift> drift = config_drift(golden_of(run.fleet(), b), in_force);
    for (const TopicId t : cluster.topics()) {
        const Topic& topic = run.fleet().topics()[t];
        if (topic.partition_count == 0) continue;
        const PartitionId p = topic.partitions().front();
        const int wanted =
            std::min<int>(wanted_min_isr(topic), run.fleet().partitions()[p].assigned());
        const int found = run.partitions[p].min_isr();
        if (wanted != found) drift.push_back({min_isr_of(topic), shown(wanted), shown(found)});
    }
    add_place_and_roles(run.fleet(), b, run.brokers[b].rack_lost, drift);
    if (run.balancing.contains(broker.cluster)) {
        drift.push_back({"self-balancing", "false", "true"});
    }
    return drift;
}

}  // namespace rollcast::models
