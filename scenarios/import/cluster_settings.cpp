#include "scenarios/import/cluster_settings.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace rollcast::scenarios {
namespace {

/// Settings that are one a cluster in the case format.
constexpr std::array<const char*, 12> cluster_wide = {
    "replica.lag.time.max.ms",
    "zookeeper.session.timeout.ms",
    "broker.session.timeout.ms",
    "broker.heartbeat.interval.ms",
    "auto.leader.rebalance.enable",
    "leader.imbalance.check.interval.seconds",
    "unclean.leader.election.enable",
    "leader.replication.throttled.rate",
    "follower.replication.throttled.rate",
    "num.recovery.threads.per.data.dir",
    "inter.broker.protocol.version",
    "min.insync.replicas",
};

std::optional<std::int64_t> number_of(const std::optional<std::string>& value) {
    return value ? whole_number(*value) : std::nullopt;
}

}  // namespace

ClusterSettings::ClusterSettings(const ClusterDumps& dumps, ImportNotes& notes)
    : cluster_(dumps.name) {
    for (const auto& source : dumps.configs) {
        for (const DescribedConfigs& configs : source.dump) add(configs);
    }
    for (const auto& source : dumps.topics) {
        if (source.dump.selection_only) continue;
        for (const DescribedTopic& topic : source.dump.topics) {
            topics_[topic.name];
            // `kafka-topics` prints a broker's static value as if it were the topic's own; it is
            // the value in force, so a `kafka-configs` dump wins only where it has one.
            for (const auto& [name, value] : topic.configs) {
                topics_[topic.name].emplace(name, value);
            }
        }
    }
    if (!known()) {
        notes.assume(code::settings_assumed,
                     cluster_,
                     "the brokers' settings are not known; Kafka's defaults stand in",
                     "add `kafka-configs --describe --all --entity-type brokers --entity-name N`");
    }
    warn_of_differences(notes);
}

void ClusterSettings::add(const DescribedConfigs& configs) {
    if (configs.owner == ConfigOwner::topic) {
        for (const auto& [name, setting] : configs.settings) {
            const bool own = setting.synonyms.empty() || setting.from("DYNAMIC_TOPIC_CONFIG");
            if (setting.value && own) topics_[configs.name][name] = *setting.value;
        }
        topics_[configs.name];
        return;
    }
    auto& settings = configs.owner == ConfigOwner::broker_default
                         ? broker_default_
                         : brokers_[whole_number(configs.name).value_or(0)];
    for (const auto& [name, setting] : configs.settings) {
        // A list of all settings says more than one of dynamic settings.
        if (configs.all) settings[name] = setting;
        settings.emplace(name, setting);
    }
}

void ClusterSettings::warn_of_differences(ImportNotes& notes) const {
    for (const char* const name : cluster_wide) {
        std::map<std::string, std::int64_t> values;
        for (const auto& [id, settings] : brokers_) {
            const auto value = of_broker(id, name);
            if (value) values.emplace(*value, id);
        }
        if (values.size() < 2) continue;
        std::string text;
        for (const auto& [value, id] : values) {
            text += fmt::format("{}{} (broker {})", text.empty() ? "" : ", ", value, id);
        }
        notes.warn(code::brokers_differ,
                   "",
                   fmt::format("{}: brokers differ in `{}`: {}", cluster_, name, text),
                   "the most common value is taken; for min ISR the highest");
    }
}

std::optional<std::string> ClusterSettings::of_broker(std::int64_t broker,
                                                      const std::string& setting) const {
    const auto found = brokers_.find(broker);
    if (found != brokers_.end()) {
        const auto value = found->second.find(setting);
        if (value != found->second.end()) return value->second.value;
    }
    const auto value = broker_default_.find(setting);
    return value == broker_default_.end() ? std::nullopt : value->second.value;
}

const ConfigSetting* ClusterSettings::most_common(const std::string& setting) const {
    std::map<std::string, std::size_t> votes;
    const ConfigSetting* best = nullptr;
    std::size_t best_votes = 0;
    for (const auto& [id, settings] : brokers_) {
        const auto found = settings.find(setting);
        if (found == settings.end() || !found->second.value) continue;
        if (++votes[*found->second.value] > best_votes) {
            best_votes = votes[*found->second.value];
            best = &found->second;
        }
    }
    return best;
}

std::optional<std::string> ClusterSettings::of_cluster(const std::string& setting) const {
    if (const ConfigSetting* common = most_common(setting)) return common->value;
    const auto value = broker_default_.find(setting);
    return value == broker_default_.end() ? std::nullopt : value->second.value;
}

std::optional<std::string> ClusterSettings::set_in_cluster(const std::string& setting) const {
    const ConfigSetting* common = most_common(setting);
    return common != nullptr && common->set() ? common->value : std::nullopt;
}

std::optional<std::string> ClusterSettings::built_in(const std::string& setting) const {
    const ConfigSetting* common = most_common(setting);
    return common != nullptr ? common->from("DEFAULT_CONFIG") : std::nullopt;
}

std::optional<std::string> ClusterSettings::of_topic(const std::string& topic,
                                                     const std::string& setting) const {
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return std::nullopt;
    const auto value = found->second.find(setting);
    return value == found->second.end() ? std::nullopt : std::optional(value->second);
}

bool ClusterSettings::describes(const std::string& topic) const {
    return topics_.count(topic) != 0;
}

std::int64_t min_isr_of(const ClusterSettings& settings, const std::string& topic, bool& assumed) {
    const std::string name = min_isr_setting;
    if (const auto own = number_of(settings.of_topic(topic, name))) return *own;
    assumed = !settings.describes(topic);
    std::int64_t highest = 0;
    for (const auto& [id, broker] : settings.brokers()) {
        highest = std::max(highest, number_of(settings.of_broker(id, name)).value_or(0));
    }
    if (highest == 0) highest = number_of(settings.of_cluster(name)).value_or(0);
    if (highest > 0) return highest;
    assumed = true;
    return 1;
}

std::int64_t retention_of(const ClusterSettings& settings, const std::string& topic) {
    const std::string policy =
        settings.of_topic(topic, "cleanup.policy")
            .value_or(settings.of_cluster("log.cleanup.policy").value_or("delete"));
    if (policy.find("delete") == std::string::npos) return 0;
    if (const auto own = number_of(settings.of_topic(topic, "retention.ms"))) {
        return *own < 0 ? 0 : std::max<std::int64_t>(*own / 1'000, 1);
    }
    static constexpr std::array<std::pair<const char*, double>, 3> names = {
        {{"log.retention.ms", 0.001},
         {"log.retention.minutes", 60.0},
         {"log.retention.hours", 3'600.0}}};
    for (const auto& [name, in_seconds] : names) {
        const auto value = number_of(settings.of_cluster(name));
        if (!value) continue;
        const double seconds = static_cast<double>(*value) * in_seconds;
        return *value < 0 || seconds > 1e9
                   ? 0
                   : std::max<std::int64_t>(static_cast<std::int64_t>(seconds), 1);
    }
    return 604'800;  // Kafka's default: 168 hours
}

QuorumGuess quorum_kind_of(const ClusterSettings& settings, const ClusterDumps& dumps) {
    const auto filled = [&](const char* name) {
        const auto value = settings.of_cluster(name);
        return value && !value->empty();
    };
    if (filled("process.roles")) return QuorumGuess::kraft;
    if (filled("zookeeper.connect")) return QuorumGuess::zookeeper;
    if (filled("controller.quorum.voters") || filled("controller.quorum.bootstrap.servers")) {
        return QuorumGuess::kraft;
    }
    for (const auto& source : dumps.api_versions) {
        for (const BrokerApis& broker : source.dump) {
            // A ZooKeeper-based controller commands its brokers by LeaderAndIsr(4); KRaft brokers
            // refuse it and answer DescribeQuorum(55).
            if (broker.apis.count(4) != 0) return QuorumGuess::zookeeper;
            if (broker.apis.count(55) != 0) return QuorumGuess::kraft;
        }
    }
    return QuorumGuess::unknown;
}

Json config_document(const ClusterSettings& settings,
                     const Topology& topology,
                     QuorumGuess quorum) {
    Json config = Json::object();
    const auto milliseconds = [&](const char* key, const char* name) {
        const auto value = number_of(settings.of_cluster(name));
        if (value && *value >= 0) config[key] = static_cast<double>(*value) / 1'000;
    };
    const auto flag = [&](const char* key, const char* name) {
        const auto value = settings.of_cluster(name);
        if (value) config[key] = *value == "true";
    };
    milliseconds("replica_lag_time_max_s", "replica.lag.time.max.ms");
    if (quorum == QuorumGuess::kraft) {
        milliseconds("session_timeout_s", "broker.session.timeout.ms");
        milliseconds("heartbeat_interval_s", "broker.heartbeat.interval.ms");
    } else {
        milliseconds("session_timeout_s", "zookeeper.session.timeout.ms");
        // The client pings at a third of the session timeout (kafka-semantics §1.6).
        const auto session = number_of(settings.of_cluster("zookeeper.session.timeout.ms"));
        if (session && *session >= 0) {
            const std::int64_t ping_ms = *session / 3;
            config["heartbeat_interval_s"] = static_cast<double>(ping_ms) / 1'000;
        }
    }
    flag("auto_leader_rebalance", "auto.leader.rebalance.enable");
    const auto check = number_of(settings.of_cluster("leader.imbalance.check.interval.seconds"));
    if (check && *check >= 0) config["leader_imbalance_check_s"] = *check;
    flag("unclean_leader_election", "unclean.leader.election.enable");
    bool throttled = false;
    for (const std::string side : {"leader", "follower"}) {
        const auto rate = number_of(settings.of_cluster(side + ".replication.throttled.rate"));
        if (!rate || *rate <= 0 || *rate == INT64_MAX) continue;
        config[side + "_throttle_bytes_per_s"] = *rate;
        throttled = true;
    }
    if (throttled) {
        config["throttle_lists"] = std::any_of(
            topology.topics.begin(), topology.topics.end(), [&](const std::string& topic) {
                const auto leaders =
                    settings.of_topic(topic, "leader.replication.throttled.replicas");
                const auto followers =
                    settings.of_topic(topic, "follower.replication.throttled.replicas");
                return (leaders && !leaders->empty()) || (followers && !followers->empty());
            });
    }
    const auto threads = number_of(settings.of_cluster("num.recovery.threads.per.data.dir"));
    if (threads && *threads >= 1) config["recovery_threads_per_dir"] = *threads;
    return config;
}

Json stack_document(const ClusterSettings& settings,
                    const ClusterDumps& dumps,
                    QuorumGuess quorum,
                    ImportNotes& notes) {
    Json stack = Json::object();
    const std::string protocol_name = "inter.broker.protocol.version";
    // The binary's own default names its release: "2.8-IV1".
    std::string release = settings.built_in(protocol_name).value_or("");
    release = release.substr(0, release.find('-'));
    for (const auto& source : dumps.api_versions) {
        for (const BrokerApis& broker : source.dump) {
            if (release.empty()) release = kafka_release(broker);
        }
    }
    if (!release.empty()) stack["kafka_version"] = release;
    auto protocol = settings.set_in_cluster(protocol_name);
    // With KRaft the metadata version counts, and only a command raises it: as good as pinned.
    if (!protocol && quorum == QuorumGuess::kraft) protocol = settings.of_cluster(protocol_name);
    if (protocol) stack["inter_broker_protocol"] = *protocol;
    const auto format = settings.set_in_cluster("log.message.format.version");
    if (format) stack["message_format"] = *format;
    const auto auth = settings.of_cluster("security.inter.broker.protocol");
    if (auth && !auth->empty()) stack["auth"] = *auth;
    if (release.empty()) {
        notes.warn(
            code::stack_unknown,
            "",
            dumps.name + ": the Kafka release cannot be told from these dumps",
            "add the brokers' `kafka-configs --describe --all`, or write `stack` into the case");
    }
    return stack;
}

}  // namespace rollcast::scenarios
