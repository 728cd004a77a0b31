#include "scenarios/format/names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::BrokerId;
using models::ClusterId;
using models::Fleet;
using models::LogDirId;
using models::MachineId;
using models::QuorumNodeId;
using models::RackId;
using models::Range;
using models::TopicId;

namespace {

std::string in_cluster(const Fleet& fleet, ClusterId cluster, std::string_view name) {
    return fmt::format("{}/{}", fleet.clusters()[cluster].name, name);
}

template <class Id>
std::optional<Id> look_up(const std::vector<std::pair<std::string, Id>>& index,
                          const std::string& name) {
    const auto found = std::lower_bound(
        index.begin(), index.end(), name, [](const auto& entry, const std::string& wanted) {
            return entry.first < wanted;
        });
    if (found == index.end() || found->first != name) return std::nullopt;
    const auto next = std::next(found);
    const bool ambiguous =
        next != index.end() && next->first == name && next->second != found->second;
    return ambiguous ? std::nullopt : std::optional(found->second);
}

template <class Id>
std::vector<std::string> keys(const std::vector<std::pair<std::string, Id>>& index) {
    std::vector<std::string> result;
    for (const auto& [name, id] : index) {
        if (result.empty() || result.back() != name) result.push_back(name);
    }
    return result;
}

/// Those that start like `name` up to its slash; all where none does.
std::vector<std::string> of_same_cluster(const std::vector<std::string>& known,
                                         const std::string& name) {
    const std::string cluster = name.substr(0, name.find('/') + 1);
    std::vector<std::string> result;
    for (const std::string& candidate : known) {
        if (!cluster.empty() && candidate.starts_with(cluster)) result.push_back(candidate);
    }
    return result.empty() ? known : result;
}

}  // namespace

std::string machine_name(const Fleet& fleet, MachineId machine) {
    const models::Machine& m = fleet.machines()[machine];
    if (m.broker.exists()) return broker_name(fleet, m.broker);
    return in_cluster(fleet, m.cluster, fleet.quorum_nodes()[m.quorum_node].name);
}

std::string broker_name(const Fleet& fleet, BrokerId broker) {
    const models::Broker& b = fleet.brokers()[broker];
    return in_cluster(fleet, b.cluster, std::to_string(b.number));
}

std::string rack_name(const Fleet& fleet, RackId rack) {
    const models::Rack& r = fleet.racks()[rack];
    return in_cluster(fleet, r.cluster, r.name);
}

std::string topic_name(const Fleet& fleet, TopicId topic) {
    const models::Topic& t = fleet.topics()[topic];
    return in_cluster(fleet, t.cluster, t.name);
}

std::string quorum_node_name(const Fleet& fleet, QuorumNodeId node) {
    const models::QuorumNode& n = fleet.quorum_nodes()[node];
    return in_cluster(fleet, n.cluster, n.name);
}

std::string log_dir_name(const Fleet& fleet, LogDirId dir) {
    const models::LogDir& d = fleet.log_dirs()[dir];
    const std::string_view slash = d.path.starts_with("/") ? "" : "/";
    return fmt::format("{}{}{}", broker_name(fleet, d.broker), slash, d.path);
}

std::vector<std::string> cluster_names(const Fleet& fleet) {
    std::vector<std::string> names;
    for (const models::Cluster& cluster : fleet.clusters()) names.push_back(cluster.name);
    return names;
}

Names::Names(const Fleet& fleet) {
    for (const ClusterId c : Range<ClusterId>(fleet.clusters().size())) {
        clusters_.emplace_back(fleet.clusters()[c].name, c);
    }
    for (const BrokerId b : Range<BrokerId>(fleet.brokers().size())) {
        brokers_.emplace_back(broker_name(fleet, b), b);
    }
    for (const RackId r : Range<RackId>(fleet.racks().size())) {
        racks_.emplace_back(rack_name(fleet, r), r);
    }
    for (const MachineId m : Range<MachineId>(fleet.machines().size())) {
        machines_.emplace_back(machine_name(fleet, m), m);
    }
    for (const QuorumNodeId q : Range<QuorumNodeId>(fleet.quorum_nodes().size())) {
        const models::QuorumNode& node = fleet.quorum_nodes()[q];
        if (node.shared_with.exists()) {
            machines_.emplace_back(in_cluster(fleet, node.cluster, node.name), node.machine);
        }
        quorum_nodes_.emplace_back(quorum_node_name(fleet, q), q);
    }
    for (const TopicId t : Range<TopicId>(fleet.topics().size())) {
        topics_.emplace_back(topic_name(fleet, t), t);
    }
    for (const LogDirId d : Range<LogDirId>(fleet.log_dirs().size())) {
        log_dirs_.emplace_back(log_dir_name(fleet, d), d);
    }
    const auto sort = [](auto& index) { std::sort(index.begin(), index.end()); };
    sort(clusters_);
    sort(brokers_);
    sort(racks_);
    sort(machines_);
    sort(quorum_nodes_);
    sort(topics_);
    sort(log_dirs_);
}

std::optional<ClusterId> Names::cluster(const std::string& name) const {
    return look_up(clusters_, name);
}
std::optional<BrokerId> Names::broker(const std::string& name) const {
    return look_up(brokers_, name);
}
std::optional<RackId> Names::rack(const std::string& name) const { return look_up(racks_, name); }
std::optional<MachineId> Names::machine(const std::string& name) const {
    return look_up(machines_, name);
}

std::optional<QuorumNodeId> Names::quorum_node(const std::string& name) const {
    return look_up(quorum_nodes_, name);
}
std::optional<TopicId> Names::topic(const std::string& name) const {
    return look_up(topics_, name);
}
std::optional<LogDirId> Names::log_dir(const std::string& name) const {
    return look_up(log_dirs_, name);
}

std::vector<std::string> Names::known_names(std::string_view kind) const {
    if (kind == "cluster") return keys(clusters_);
    if (kind == "broker") return keys(brokers_);
    if (kind == "rack") return keys(racks_);
    if (kind == "quorum_node") return keys(quorum_nodes_);
    if (kind == "topic") return keys(topics_);
    if (kind == "log_dir") return keys(log_dirs_);
    return keys(machines_);
}

void Names::report_unknown(std::string_view kind,
                           std::string_view code,
                           const std::string& name,
                           const std::string& pointer,
                           Problems& problems) const {
    std::string words(kind);
    std::replace(words.begin(), words.end(), '_', ' ');
    Diagnostic& d =
        problems.error(code, pointer, fmt::format("unknown {} {}", words, scenarios::quoted(name)));
    d.label = fmt::format("the estate has no such {}", words);
    const std::vector<std::string> known = known_names(kind);
    d.help = fmt::format("name one of the {}s of the estate", words);
    suggest(d, name, of_same_cluster(known, name), fmt::format("{}s", words));
}

bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string filled(std::string pattern, std::string_view key, std::string_view value) {
    const std::string mark = fmt::format("{{{}}}", key);
    for (std::size_t at = pattern.find(mark); at != std::string::npos;
         at = pattern.find(mark, at + value.size())) {
        pattern.replace(at, mark.size(), value);
    }
    return pattern;
}

}  // namespace rollcast::scenarios
