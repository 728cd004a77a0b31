// One topology out of several sources that must agree: topics, partitions, replicas, ISR, leaders.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/import/sources.hpp"

namespace rollcast::scenarios {

struct MergedPartition {
    std::vector<std::int64_t> replicas;  // assignment order; the first is the preferred leader
    std::vector<std::int64_t> isr;       // within the replicas
    std::optional<std::int64_t> leader;  // nothing = leaderless
    std::size_t line = 0;                // in its dump; 0 = not known
};

struct Topology {
    std::map<TopicPartition, MergedPartition> partitions;  // numbers of a topic are 0 .. n-1
    std::vector<std::string> topics;                       // in the order of the first source
    bool from_topics_dump = false;
};

/// Merges `kafka-topics` (the last file wins on ISR and leader), then `kcat`, then reassignment
/// JSON, in this order of trust. Adds an RC0504 or RC0505 error, naming both files, where replicas
/// differ or a source that lists everything lacks what another has; warns where ISR, leader or
/// order differs, with both places, where no source knows the ISR (taken as full), and where a
/// reassignment runs. Throws InputError where no source has a topology.
Topology merge_topology(const ClusterDumps& dumps,
                        ImportNotes& notes,
                        std::vector<Diagnostic>& errors);

}  // namespace rollcast::scenarios
