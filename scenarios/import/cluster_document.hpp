// One imported cluster as an object of the case format.
#pragma once

#include <vector>

#include "scenarios/format/json_file.hpp"
#include "scenarios/import/side_files.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"
#include "scenarios/import/write_rates.hpp"

namespace rollcast::scenarios {

/// What users add by hand, for all clusters.
struct SideFacts {
    std::vector<RackFact> racks;
    std::vector<RateFact> rates;
    HostFacts hosts;
};

struct ImportedCluster {
    Json document;
    Topology topology;
    std::vector<std::int64_t> brokers;
    bool rates_assumed = false;
    std::string summary;  // "prod: 6 brokers, 3 racks, 4 topics, 84 partitions, ..."
};

/// `log_dirs` are the cluster's own, with their times. Problems that end the import go to `errors`.
ImportedCluster import_cluster(const ClusterDumps& dumps,
                               const SideFacts& facts,
                               const std::vector<TimedLogDirs>& log_dirs,
                               ImportNotes& notes,
                               std::vector<Diagnostic>& errors);

}  // namespace rollcast::scenarios
