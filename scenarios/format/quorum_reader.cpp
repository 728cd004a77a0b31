// The ZooKeeper ensemble or the KRaft voters of a cluster.
#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "scenarios/format/fleet_reader.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::BrokerId;
using models::FleetTables;
using models::QuorumNode;
using models::RackId;

namespace {

class QuorumReader {
public:
    QuorumReader(const Reader& quorum, const ClusterScope& scope, Problems& problems)
        : quorum_(quorum), scope_(scope), problems_(problems) {}

    std::vector<QuorumNode> read() {
        const bool listed = quorum_.has("nodes") && quorum_.value("nodes").is_array();
        if (listed && quorum_.has("layout")) {
            combination("`layout` and a list of nodes exclude each other", "remove one of them");
        } else if (listed) {
            for (const Reader& node : quorum_.objects("nodes")) add_listed(node);
            lead_if_nobody_does();
        } else if (quorum_.has("nodes") || quorum_.has("layout")) {
            add_counted(racks_of_nodes());
        }
        check_names();
        return std::move(nodes_);
    }

private:
    /// The rack of each counted node.
    std::vector<std::uint32_t> racks_of_nodes() {
        std::vector<std::uint32_t> racks;
        const auto rack_count = static_cast<std::uint32_t>(scope_.racks.size());
        if (!quorum_.has("layout")) {
            for (std::int64_t i = 0; i < quorum_.integer("nodes"); ++i) {
                racks.push_back(static_cast<std::uint32_t>(i) % rack_count);
            }
            return racks;
        }
        const Json& layout = quorum_.value("layout");
        if (layout.size() > rack_count) {
            lengths(fmt::format(
                "`layout` names {} racks, the cluster has {}", layout.size(), rack_count));
            return racks;
        }
        for (std::uint32_t r = 0; r < layout.size(); ++r) {
            racks.insert(racks.end(), layout[r].get<std::size_t>(), r);
        }
        const bool counted = quorum_.has("nodes");
        if (counted && quorum_.integer("nodes") != static_cast<std::int64_t>(racks.size())) {
            lengths(fmt::format(
                "`layout` places {} nodes, `nodes` is {}", racks.size(), quorum_.integer("nodes")));
        }
        if (racks.empty()) lengths("`layout` places no node");
        return racks;
    }

    void add_counted(const std::vector<std::uint32_t>& racks) {
        const std::string pattern = quorum_.text("node_name");
        const auto leader = static_cast<std::size_t>(quorum_.integer("leader"));
        for (std::size_t i = 0; i < racks.size(); ++i) {
            QuorumNode node;
            node.name = filled(pattern, "n", std::to_string(i + 1));
            node.cluster = scope_.id;
            node.rack = RackId{scope_.first_rack + racks[i]};
            node.leader_at_start = i + 1 == leader;
            add(std::move(node), quorum_.pointer("node_name"));
        }
        if (leader <= racks.size() || racks.empty()) return;
        Diagnostic& d = problems_.error(
            code::out_of_range,
            quorum_.pointer("leader"),
            fmt::format("`leader` is {}, the quorum has {} nodes", leader, racks.size()));
        d.label = "no such node";
        d.help = "count from 1";
    }

    void add_listed(const Reader& reader) {
        QuorumNode node;
        node.name = reader.text("name");
        node.cluster = scope_.id;
        node.leader_at_start = reader.flag("leader");
        if (reader.has("shared_with")) {
            const auto broker = scope_.broker(reader.integer("shared_with"));
            if (!broker) return unknown_broker(reader);
            node.shared_with = BrokerId{scope_.first_broker + *broker};
            node.rack = RackId{scope_.first_rack + scope_.rack_of[*broker]};
        } else if (!reader.has("rack")) {
            Diagnostic& d = problems_.error(code::missing_field,
                                            reader.pointer(),
                                            "a quorum node needs `rack` or `shared_with`");
            d.label = "has neither";
            d.help = "add \"rack\"";
            return;
        }
        if (reader.has("rack") && !node.shared_with.exists()) {
            const auto rack = scope_.rack(reader.text("rack"));
            if (!rack) return unknown_rack(reader);
            node.rack = RackId{scope_.first_rack + *rack};
        }
        add(std::move(node), reader.pointer("name"));
    }

    void add(QuorumNode node, std::string pointer) {
        nodes_.push_back(std::move(node));
        pointers_.push_back(std::move(pointer));
    }

    void lead_if_nobody_does() {
        const bool led = std::any_of(nodes_.begin(), nodes_.end(), [](const QuorumNode& node) {
            return node.leader_at_start;
        });
        if (!led && !nodes_.empty()) nodes_.front().leader_at_start = true;
    }

    /// Names are unique, no node is called like a broker, and a host carries one node.
    void check_names() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) {
            const std::vector<std::string> numbers = scope_.broker_numbers();
            if (std::find(numbers.begin(), numbers.end(), nodes_[i].name) != numbers.end()) {
                twice(fmt::format("quorum node {} is called like a broker",
                                  scenarios::quoted(nodes_[i].name)),
                      i);
            }
            for (std::size_t j = 0; j < i; ++j) {
                const bool same_host = nodes_[i].shared_with.exists() &&
                                       nodes_[i].shared_with == nodes_[j].shared_with;
                if (nodes_[i].name == nodes_[j].name) {
                    twice(fmt::format("quorum node {} is given twice",
                                      scenarios::quoted(nodes_[i].name)),
                          i);
                    break;
                }
                if (same_host) twice("two quorum nodes share one broker's host", i);
            }
        }
    }

    void twice(std::string message, std::size_t node) {
        Diagnostic& d = problems_.error(code::duplicate_name, pointers_[node], std::move(message));
        d.label = "second time";
        d.help = "give each node a name and a host of its own";
    }

    void combination(std::string message, std::string help) {
        Diagnostic& d =
            problems_.error(code::field_combination, quorum_.pointer(), std::move(message));
        d.label = "incomplete or contradictory";
        d.help = std::move(help);
    }

    void lengths(std::string message) {
        Diagnostic& d =
            problems_.error(code::lengths_differ, quorum_.pointer("layout"), std::move(message));
        d.label = "does not fit";
        d.help = "give the number of nodes in each rack, in the order of the racks";
    }

    void unknown_broker(const Reader& node) {
        Diagnostic& d =
            problems_.error(code::unknown_name,
                            node.pointer("shared_with"),
                            fmt::format("unknown broker {}", node.integer("shared_with")));
        d.label = "the cluster has no such broker";
        d.help = "name a broker of the cluster by its number";
        d.notes.push_back("brokers: " + name_list(scope_.broker_numbers()));
    }

    void unknown_rack(const Reader& node) {
        Diagnostic& d =
            problems_.error(code::unknown_name,
                            node.pointer("rack"),
                            fmt::format("unknown rack {}", scenarios::quoted(node.text("rack"))));
        d.label = "the cluster has no such rack";
        d.help = "name a rack of the cluster, or add it to `racks`";
        suggest(d, node.text("rack"), scope_.racks, "racks");
    }

    const Reader& quorum_;
    const ClusterScope& scope_;
    Problems& problems_;
    std::vector<QuorumNode> nodes_;
    std::vector<std::string> pointers_;  // of the name of each
};

}  // namespace

void read_quorum(const Reader& cluster,
                 const ClusterScope& scope,
                 FleetTables& tables,
                 Problems& problems) {
    if (!cluster.has("quorum")) {
        Diagnostic& d = problems.warning(
            code::no_quorum,
            cluster.pointer(),
            fmt::format("cluster {} has no quorum", scenarios::quoted(scope.name)));
        d.label = "neither ZooKeeper nor KRaft nodes";
        d.help = "add \"quorum\": {\"nodes\": 5}, or accept that the quorum rule is not answered";
        return;
    }
    const Reader quorum = cluster.object("quorum");
    for (QuorumNode& node : QuorumReader(quorum, scope, problems).read()) {
        tables.quorum_nodes.push_back(std::move(node));
    }
}

}  // namespace rollcast::scenarios
