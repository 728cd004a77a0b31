// From a fleet object of the format to the tables of the models.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/fleet.hpp"
#include "scenarios/format/placement.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

/// Largest estate that is accepted.
inline constexpr std::uint64_t most_replicas = 20'000'000;

/// A cluster that is being read: its racks and brokers by their place in it.
struct ClusterScope {
    models::ClusterId id;
    std::string name;
    std::uint32_t first_rack = 0;
    std::uint32_t first_broker = 0;
    std::vector<std::string> racks;
    RackOf rack_of;                                                 // by broker
    std::vector<std::pair<std::int64_t, std::uint32_t>> numbers;    // broker.id and place, sorted
    std::vector<std::pair<std::uint32_t, std::uint32_t>> log_dirs;  // first and count, by broker

    std::optional<std::uint32_t> rack(const std::string& rack_name) const;
    std::optional<std::uint32_t> broker(std::int64_t number) const;
    std::vector<std::string> broker_numbers() const;
};

/// The tables of `fleet`, an object that fits `fleet_record`. Every problem goes into `problems`;
/// where it has errors, the tables are not to be used.
models::FleetTables read_fleet(const Reader& fleet,
                               const std::string& default_name,
                               Problems& problems);

/// Reads the topics of one cluster, those that `defaults` gives to every cluster, their placement
/// and the consumer groups.
void read_topics(const Reader& cluster,
                 const Reader& defaults,
                 std::uint64_t seed,
                 const ClusterScope& scope,
                 models::FleetTables& tables,
                 Problems& problems);

/// Reads the quorum of one cluster.
void read_quorum(const Reader& cluster,
                 const ClusterScope& scope,
                 models::FleetTables& tables,
                 Problems& problems);

}  // namespace rollcast::scenarios
