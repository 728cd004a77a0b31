// What the last log-dirs dump shows beside sizes: replicas that no topology has, failed dirs, and
// which dir each replica lies in.
#pragma once

#include <utility>
#include <vector>

#include "scenarios/import/cluster_hosts.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"
#include "scenarios/import/write_rates.hpp"

namespace rollcast::scenarios {

/// The dump that was taken last: by time, else by name; null where there is none.
const Sourced<LogDirsDump>* last_of(const std::vector<TimedLogDirs>& log_dirs);

/// Replicas on disk must be of partitions of the topology, else one of the dumps is cut or old
/// (RC0505). Warns of strays and of dirs that are offline.
void check_log_dirs(const Sourced<LogDirsDump>& last,
                    const Topology& topology,
                    ImportNotes& notes,
                    std::vector<Diagnostic>& errors);

/// Place of each replica's dir among its broker's; null where all brokers have one dir, or a dir is
/// not known.
Json dir_places(const std::vector<std::pair<TopicPartition, MergedPartition>>& partitions,
                const ImportedRacks& racks,
                const Sourced<LogDirsDump>* last);

}  // namespace rollcast::scenarios
