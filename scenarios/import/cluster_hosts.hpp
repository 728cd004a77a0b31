// The machines of a cluster: which brokers there are, their racks, hosts, log dirs and hardware,
// and the quorum's nodes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/format/json_file.hpp"
#include "scenarios/import/cluster_settings.hpp"
#include "scenarios/import/side_files.hpp"
#include "scenarios/import/sources.hpp"
#include "scenarios/import/topology.hpp"

namespace rollcast::scenarios {

/// What stands in where nobody says how fast a machine is: a 10 Gbit/s network card, and a disk
/// that reads and writes 300 MB/s. Assumed.
inline constexpr std::int64_t assumed_nic_bytes_per_s = 1'250'000'000;
inline constexpr std::int64_t assumed_disk_bytes_per_s = 300'000'000;

struct ImportedBroker {
    std::string rack;
    std::string host;
    std::vector<std::string> dirs;  // paths, in the order of the dump or of log.dirs
};

struct ImportedRacks {
    std::map<std::int64_t, ImportedBroker> brokers;
    std::vector<std::string> names;  // sorted
};

/// Every broker that any source names, with its rack: from `given`, else from
/// `kafka-broker-api-versions` or `broker.rack`, which must agree (RC0504). A broker without a rack
/// gets one of its own, and a warning that failures of racks are then not judged.
ImportedRacks import_racks(const ClusterDumps& dumps,
                           const Topology& topology,
                           const ClusterSettings& settings,
                           const std::vector<RackFact>& given,
                           const HostFacts& hosts,
                           ImportNotes& notes,
                           std::vector<Diagnostic>& errors);

/// `brokers` of the case format: one group a broker, with the hardware of `hosts` or assumed.
Json brokers_document(const ClusterDumps& dumps,
                      const ImportedRacks& racks,
                      const HostFacts& hosts,
                      ImportNotes& notes);

/// `racks` of the case format, with the uplinks of `hosts`.
Json racks_document(const ClusterDumps& dumps, const ImportedRacks& racks, const HostFacts& hosts);

/// `quorum` of the case format: the nodes of `hosts`, else those that zookeeper.connect or
/// controller.quorum.voters name. A node whose rack nobody knows is put into the racks in turn,
/// with a warning.
Json quorum_document(const ClusterDumps& dumps,
                     const ImportedRacks& racks,
                     const ClusterSettings& settings,
                     QuorumGuess kind,
                     const HostFacts& hosts,
                     ImportNotes& notes);

/// True where a fact for `scope` (empty = any) holds for the cluster `name`.
inline bool in_scope(const std::string& scope, const std::string& name) {
    return scope.empty() || scope == name;
}

}  // namespace rollcast::scenarios
