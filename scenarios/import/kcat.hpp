// Reads what `kcat -L` (text) and `kcat -L -J` (JSON) print: brokers, controller, replicas, ISR.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/import/log_dirs.hpp"

namespace rollcast::scenarios {

struct KcatPartition {
    std::optional<std::int64_t> leader;
    std::vector<std::int64_t> replicas;
    std::vector<std::int64_t> isr;
};

struct KcatDump {
    std::map<std::int64_t, std::string> brokers;  // id -> host:port
    std::optional<std::int64_t> controller;       // nothing where unknown (older kcat, mock)
    std::map<TopicPartition, KcatPartition> partitions;
    bool all_topics = true;  // false: asked for some topics only
};

/// Throws DumpError where the JSON is cut, or partitions of a topic are missing.
KcatDump parse_kcat_json(std::string_view text);
/// Throws DumpError where a line cannot be read, or brokers, topics or partitions are fewer than
/// the dump itself says (it is cut).
KcatDump parse_kcat_text(std::string_view text);

bool looks_like_kcat_text(std::string_view line);

}  // namespace rollcast::scenarios
