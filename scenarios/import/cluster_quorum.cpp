#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "scenarios/import/cluster_hosts.hpp"

namespace rollcast::scenarios {
namespace {

struct Node {
    std::string name;
    std::string host;
    std::string rack;
    std::optional<std::int64_t> broker;  // on that broker's host
};

/// "zk1:2181,zk2:2181/chroot": the chroot belongs to all of them.
std::vector<Node> zookeeper_nodes(const std::string& connect) {
    std::vector<Node> nodes;
    for (const std::string_view part :
         split_at(std::string_view(connect).substr(0, connect.find('/')), ',')) {
        const std::string address(trim(part));
        if (address.empty()) continue;
        nodes.push_back({address, address.substr(0, address.rfind(':')), "", std::nullopt});
    }
    return nodes;
}

/// "101@host:9093,102@host:9093", or "host:9093,host:9093" of the bootstrap list.
std::vector<Node> kraft_nodes(const std::string& voters) {
    std::vector<Node> nodes;
    for (const std::string_view part : split_at(voters, ',')) {
        const std::string_view entry = trim(part);
        if (entry.empty()) continue;
        const std::size_t at = entry.find('@');
        const std::string address(at == std::string_view::npos ? entry : entry.substr(at + 1));
        Node node{address, address.substr(0, address.rfind(':')), "", std::nullopt};
        if (at != std::string_view::npos) {
            node.name = "controller-" + std::string(entry.substr(0, at));
            node.broker = whole_number(entry.substr(0, at));
        }
        nodes.push_back(std::move(node));
    }
    return nodes;
}

/// "zk1" rather than "zk1:2181", where no other node is on that host.
void shorten_names(std::vector<Node>& nodes) {
    std::map<std::string, int> count;
    for (const Node& node : nodes) ++count[node.host];
    for (Node& node : nodes) {
        if (count[node.host] == 1 && node.name.find(':') != std::string::npos)
            node.name = node.host;
    }
}

std::vector<Node> nodes_in_settings(const ClusterSettings& settings, QuorumGuess kind) {
    std::vector<Node> nodes;
    if (kind == QuorumGuess::kraft) {
        std::string voters = settings.of_cluster("controller.quorum.voters").value_or("");
        if (voters.empty()) {
            voters = settings.of_cluster("controller.quorum.bootstrap.servers").value_or("");
        }
        nodes = kraft_nodes(voters);
    } else {
        nodes = zookeeper_nodes(settings.of_cluster("zookeeper.connect").value_or(""));
    }
    shorten_names(nodes);
    return nodes;
}

/// A voter whose id is a broker's shares its process; a node on the host of one broker, its host.
void find_shared_hosts(std::vector<Node>& nodes, const ImportedRacks& racks) {
    for (Node& node : nodes) {
        if (node.broker && racks.brokers.count(*node.broker) == 0) node.broker.reset();
        if (node.broker) continue;
        for (const auto& [id, broker] : racks.brokers) {
            if (!node.host.empty() && broker.host == node.host) node.broker = id;
        }
    }
}

std::vector<Node> nodes_in_facts(const std::string& cluster, const HostFacts& hosts) {
    std::vector<Node> nodes;
    for (const QuorumFact& fact : hosts.quorum) {
        if (!in_scope(fact.cluster, cluster)) continue;
        nodes.push_back({fact.name, fact.name, fact.rack, fact.broker});
    }
    return nodes;
}

/// The quorum as the settings name it, where some of it goes down with brokers. Nodes on hosts of
/// their own are machines that no dump shows: the operator names them, or they are left out.
std::vector<Node> nodes_of_brokers(const ClusterSettings& settings,
                                   QuorumGuess kind,
                                   const ImportedRacks& racks,
                                   const std::string& cluster,
                                   ImportNotes& notes) {
    std::vector<Node> nodes = nodes_in_settings(settings, kind);
    find_shared_hosts(nodes, racks);
    const bool shared = std::any_of(
        nodes.begin(), nodes.end(), [](const Node& node) { return node.broker.has_value(); });
    if (shared || nodes.empty()) return nodes;
    std::string example;
    for (const Node& node : nodes) example += fmt::format("`quorum name={} rack=a` ", node.name);
    notes.assume(code::quorum_assumed,
                 cluster,
                 fmt::format("the settings name {} quorum node{} on hosts of their own; no dump "
                             "shows these machines, so they are left out: they are not planned, "
                             "and the quorum is not judged",
                             nodes.size(),
                             nodes.size() == 1 ? "" : "s"),
                 fmt::format("name them in --hosts FILE: {}", example));
    return {};
}

}  // namespace

Json quorum_document(const ClusterDumps& dumps,
                     const ImportedRacks& racks,
                     const ClusterSettings& settings,
                     QuorumGuess kind,
                     const HostFacts& hosts,
                     ImportNotes& notes) {
    std::vector<Node> nodes = nodes_in_facts(dumps.name, hosts);
    find_shared_hosts(nodes, racks);
    if (nodes.empty()) nodes = nodes_of_brokers(settings, kind, racks, dumps.name, notes);
    Json quorum = {{"kind", kind == QuorumGuess::kraft ? "kraft" : "zookeeper"}};
    if (kind == QuorumGuess::unknown) {
        notes.assume(code::quorum_assumed,
                     dumps.name,
                     "no source says whether the cluster runs on ZooKeeper or KRaft; ZooKeeper is "
                     "assumed",
                     "add the brokers' `kafka-configs --describe --all`");
    }
    if (nodes.empty()) {
        if (nodes_in_settings(settings, kind).empty()) {
            notes.assume(
                code::quorum_assumed,
                dumps.name,
                "the nodes of the quorum are not known; they are left out, and the quorum is not "
                "judged",
                "name them in --hosts FILE: `quorum name=zk1 rack=a`");
        }
        return quorum;
    }
    std::size_t placed = 0;
    quorum["nodes"] = Json::array();
    for (const Node& node : nodes) {
        Json entry = {{"name", node.name}};
        if (node.broker) {
            entry["shared_with"] = *node.broker;
        } else {
            entry["rack"] =
                node.rack.empty() ? racks.names[placed++ % racks.names.size()] : node.rack;
        }
        quorum["nodes"].push_back(std::move(entry));
    }
    if (placed > 0) {
        notes.assume(
            code::quorum_assumed,
            dumps.name,
            fmt::format("the racks of {} quorum nodes are not known; they are spread over the "
                        "racks in turn",
                        placed),
            "name them in --hosts FILE: `quorum name=zk1 rack=a`");
    }
    return quorum;
}

}  // namespace rollcast::scenarios
