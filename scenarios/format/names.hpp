// How machines, brokers, racks and topics are called in files and messages, and who is meant.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/fleet.hpp"
#include "scenarios/format/problems.hpp"

namespace rollcast::scenarios {

/// "cluster/number" of a broker's machine, "cluster/node" of a quorum node's own.
std::string machine_name(const models::Fleet& fleet, models::MachineId machine);
std::string broker_name(const models::Fleet& fleet, models::BrokerId broker);
std::string rack_name(const models::Fleet& fleet, models::RackId rack);
std::string topic_name(const models::Fleet& fleet, models::TopicId topic);
std::string quorum_node_name(const models::Fleet& fleet, models::QuorumNodeId node);
std::string log_dir_name(const models::Fleet& fleet, models::LogDirId dir);

std::vector<std::string> cluster_names(const models::Fleet& fleet);

/// Everything of a fleet by its name. A quorum node on a broker's host is a second name of that
/// machine.
class Names {
public:
    explicit Names(const models::Fleet& fleet);

    std::optional<models::ClusterId> cluster(const std::string& name) const;
    std::optional<models::BrokerId> broker(const std::string& name) const;
    std::optional<models::RackId> rack(const std::string& name) const;
    std::optional<models::MachineId> machine(const std::string& name) const;
    std::optional<models::QuorumNodeId> quorum_node(const std::string& name) const;
    std::optional<models::TopicId> topic(const std::string& name) const;
    /// "cluster/number/path" of a log dir of a broker, such as "c1/3/data1".
    std::optional<models::LogDirId> log_dir(const std::string& name) const;

    /// Adds an error that says that there is no such `kind` (a field that names a target), with the
    /// names that are near and those of the cluster it seems to be in.
    void report_unknown(std::string_view kind,
                        std::string_view code,
                        const std::string& name,
                        const std::string& pointer,
                        Problems& problems) const;

private:
    template <class Id>
    using Index = std::vector<std::pair<std::string, Id>>;  // sorted by name

    std::vector<std::string> known_names(std::string_view kind) const;

    Index<models::ClusterId> clusters_;
    Index<models::BrokerId> brokers_;
    Index<models::RackId> racks_;
    Index<models::MachineId> machines_;
    Index<models::QuorumNodeId> quorum_nodes_;
    Index<models::TopicId> topics_;
    Index<models::LogDirId> log_dirs_;
};

/// True where `text` as a whole matches `pattern`: `*` any text, `?` any one byte.
bool matches(std::string_view pattern, std::string_view text);

/// `pattern` with every "{key}" replaced by `value`.
std::string filled(std::string pattern, std::string_view key, std::string_view value);

}  // namespace rollcast::scenarios
