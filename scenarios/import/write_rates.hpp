// How much is written to and stored in each partition: from the log dirs at several moments, from
// a user's rates file, or assumed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/import/side_files.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"

namespace rollcast::scenarios {

/// A log-dirs dump and the moment it was taken, where that is known.
struct TimedLogDirs {
    const Sourced<LogDirsDump>* source = nullptr;
    std::optional<std::int64_t> at_ms;
};

struct PartitionLoad {
    std::int64_t write_bytes_per_s = 0;
    std::int64_t stored_bytes = 0;  // of one replica
};

struct WriteRates {
    std::map<TopicPartition, PartitionLoad> partitions;  // every partition of the topology
    bool assumed = false;  // at least one rate was neither measured nor given
};

/// The mean write rate of a partition that nothing is known about, in B/s: 15 TB a day over 120,000
/// partitions. Assumed.
inline constexpr std::int64_t assumed_partition_rate = 1'500;
/// Kafka's default retention (log.retention.hours=168), in seconds.
inline constexpr std::int64_t default_retention_s = 604'800;

/// Measured rate of a partition: growth of its leader's replica between consecutive dumps with a
/// time, over the stretches in which it did not shrink (retention, compaction); else of another
/// replica, in-sync ones first; else the mean of the topic's measured partitions; else assumed. The
/// rates of `given` override all of it; a topic's rate is spread like the measured rates, evenly
/// where there are none. Sizes come from the last dump. `retention_s` by topic, 0 = for ever.
WriteRates measure_write_rates(const ClusterDumps& dumps,
                               const Topology& topology,
                               const std::vector<TimedLogDirs>& log_dirs,
                               const std::vector<RateFact>& given,
                               const std::map<std::string, std::int64_t>& retention_s,
                               ImportNotes& notes);

}  // namespace rollcast::scenarios
