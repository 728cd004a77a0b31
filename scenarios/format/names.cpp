#include "scenarios/format/names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

using models::BrokerId;
using models::ClusterId;
using models::Fleet;
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
    }
    const auto sort = [](auto& index) { std::sort(index.begin(), index.end()); };
    sort(clusters_);
    sort(brokers_);
    sort(racks_);
    sort(machines_);
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

void Names::report_unknown(std::string_view kind,
                           std::string_view code,
                           const std::string& name,
                           const std::string& pointer,
                           Problems& problems) const {
    Diagnostic& d =
        problems.error(code, pointer, fmt::format("unknown {} {}", kind, scenarios::quoted(name)));
    d.label = fmt::format("the estate has no such {}", kind);
    const std::vector<std::string> known = kind == "cluster"  ? keys(clusters_)
                                           : kind == "broker" ? keys(brokers_)
                                           : kind == "rack"   ? keys(racks_)
                                                              : keys(machines_);
    d.help = fmt::format("name one of the {}s of the estate", kind);
    suggest(d, name, of_same_cluster(known, name), fmt::format("{}s", kind));
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
