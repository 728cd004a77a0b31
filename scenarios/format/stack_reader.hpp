// The named stacks of a fleet, and which of them the ends of a cluster run.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/fleet.hpp"
#include "scenarios/format/reader.hpp"

namespace rollcast::scenarios {

const Record& node_stack_record();

/// Reads `stacks` of a fleet or of a programme into `tables`, behind those that are there. Every
/// problem goes into `problems`: an unknown `like`, a stack that cannot exist.
class StackReader {
public:
    StackReader(const Reader& owner, models::FleetTables& tables, Problems& problems);

    /// The stack that the text `key` of `reader` names; none where it is absent, no text, or names
    /// none, which is a problem.
    models::StackId named(const Reader& reader, std::string_view key);

    /// The stacks that `cluster` names, of its brokers and of the other ends. Adds a problem for
    /// names that are unknown, for a pair that leads from ZooKeeper to KRaft, and where only one of
    /// the two is named.
    models::ClusterStacks of_cluster(const Reader& cluster, models::QuorumKind quorum);

    /// What a named stack says of itself, as the labels of a cluster.
    static models::Stack labels(const models::NodeStack& stack);

private:
    void read(const Reader& stack, const Json& whole);
    void check(const Reader& stack, const models::NodeStack& made);
    void impossible(const std::string& pointer,
                    const std::string& message,
                    std::string_view label,
                    std::string_view help);

    models::FleetTables& tables_;
    Problems& problems_;
    std::vector<std::string> names_;
    std::vector<Json> wholes_;  // with what `like` gives; null: read elsewhere
};

}  // namespace rollcast::scenarios
