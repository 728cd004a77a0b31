// Reads what `kafka-configs --describe` prints for brokers and topics: with synonyms (2.x on), with
// --all or dynamic settings only, and the one-line form of the ZooKeeper-based tool.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

/// Where a setting's value may come from, as the tool names it: DYNAMIC_TOPIC_CONFIG,
/// DYNAMIC_BROKER_CONFIG, DYNAMIC_DEFAULT_BROKER_CONFIG, STATIC_BROKER_CONFIG, DEFAULT_CONFIG.
struct ConfigSynonym {
    std::string source;
    std::string name;  // may differ from the setting's: log.cleanup.policy
    std::string value;
};

struct ConfigSetting {
    std::optional<std::string> value;     // nothing = null
    std::vector<ConfigSynonym> synonyms;  // the first is in force

    /// The value of the first synonym with that source.
    std::optional<std::string> from(std::string_view source) const;
    /// True where somebody set it: a source other than DEFAULT_CONFIG is in force, or the tool
    /// names no sources at all (it then prints overrides only).
    bool set() const;
};

enum class ConfigOwner { broker, broker_default, topic };

/// The settings of one broker or topic.
struct DescribedConfigs {
    ConfigOwner owner = ConfigOwner::broker;
    std::string name;  // broker id or topic name; empty for broker_default
    bool all = false;  // every setting is listed, not only dynamic ones
    std::map<std::string, ConfigSetting> settings;
    std::size_t line = 0;
};

/// Throws DumpError where a line cannot be read, an owner is listed twice, or a broker listed with
/// --all lacks a setting that is used here (the dump is cut).
std::vector<DescribedConfigs> parse_configs_describe(std::string_view text);

bool looks_like_configs_describe(std::string_view line);

}  // namespace rollcast::scenarios
