// Reads what `kafka-log-dirs --describe` prints: text lines, then JSON whose key order differs from
// version to version.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rollcast::scenarios {

/// A partition as dumps name it.
struct TopicPartition {
    std::string topic;
    std::int64_t number = 0;
    auto operator<=>(const TopicPartition&) const = default;
};

/// "orders-7".
std::string partition_text(const TopicPartition& partition);

struct DescribedLogDir {
    std::string path;
    std::string error;  // empty = the dir is online
};

struct BrokerLogDirs {
    std::vector<DescribedLogDir> dirs;  // order of the dump
    /// Bytes of each replica here, and the index of its dir. Future replicas are left out.
    struct Replica {
        std::int64_t bytes = 0;
        std::size_t dir = 0;
    };
    std::map<TopicPartition, Replica> replicas;
};

struct LogDirsDump {
    std::map<std::int64_t, BrokerLogDirs> brokers;
};

/// Throws DumpError where the JSON is missing, cut, or has no shape of this tool; a broker that
/// appears twice is an error too.
LogDirsDump parse_log_dirs(std::string_view text);

}  // namespace rollcast::scenarios
