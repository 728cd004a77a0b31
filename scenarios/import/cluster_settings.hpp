// The settings of a cluster's brokers and topics, each with Kafka's own order of precedence.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "scenarios/format/json_file.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"

namespace rollcast::scenarios {

/// Settings as the dumps give them, looked up by owner.
class ClusterSettings {
public:
    /// Warns where brokers of the cluster differ in a setting that is one a cluster here, and where
    /// no broker's settings are known.
    ClusterSettings(const ClusterDumps& dumps, ImportNotes& notes);

    /// A broker's own value in force; nothing where it is null or not known.
    std::optional<std::string> of_broker(std::int64_t broker, const std::string& setting) const;
    /// The value that most brokers have; nothing where none has one.
    std::optional<std::string> of_cluster(const std::string& setting) const;
    /// The value where somebody set it, on the broker that most agree with; nothing for a default.
    std::optional<std::string> set_in_cluster(const std::string& setting) const;
    /// What the binary itself would take: its DEFAULT_CONFIG.
    std::optional<std::string> built_in(const std::string& setting) const;
    /// A topic's own override; nothing where it has none.
    std::optional<std::string> of_topic(const std::string& topic, const std::string& setting) const;

    bool known() const { return !brokers_.empty(); }
    const std::map<std::int64_t, std::map<std::string, ConfigSetting>>& brokers() const {
        return brokers_;
    }
    /// True where a dump says which overrides the topic has, be it none.
    bool describes(const std::string& topic) const;

private:
    void add(const DescribedConfigs& configs);
    void warn_of_differences(ImportNotes& notes) const;
    const ConfigSetting* most_common(const std::string& setting) const;

    std::string cluster_;
    std::map<std::int64_t, std::map<std::string, ConfigSetting>> brokers_;
    std::map<std::string, ConfigSetting> broker_default_;
    std::map<std::string, std::map<std::string, std::string>> topics_;
};

/// min.insync.replicas of a topic: its own, else the brokers' (the highest where they differ), else
/// Kafka's default of 1. `assumed` is set where no dump says whether the topic has its own, or the
/// default stands in for want of a source.
std::int64_t min_isr_of(const ClusterSettings& settings, const std::string& topic, bool& assumed);

/// How long a topic keeps its records, in seconds; 0 = for ever (compacted, or retention.ms=-1).
std::int64_t retention_of(const ClusterSettings& settings, const std::string& topic);

enum class QuorumGuess { unknown, zookeeper, kraft };
QuorumGuess quorum_kind_of(const ClusterSettings& settings, const ClusterDumps& dumps);

/// `config` and `stack` of the case format.
Json config_document(const ClusterSettings& settings, const Topology& topology, QuorumGuess quorum);
Json stack_document(const ClusterSettings& settings,
                    const ClusterDumps& dumps,
                    QuorumGuess quorum,
                    ImportNotes& notes);

}  // namespace rollcast::scenarios
