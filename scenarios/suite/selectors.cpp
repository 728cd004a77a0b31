#include "scenarios/suite/selectors.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include <fmt/format.h>

#include "models/scope.hpp"
#include "scenarios/format/names.hpp"
#include "scenarios/format/suggest.hpp"

namespace rollcast::scenarios {

namespace {

const std::vector<std::string>& selectable_kinds() {
    static const std::vector<std::string> kinds{"broker",
                                                "rack",
                                                "machine",
                                                "log_dir",
                                                "quorum_node",
                                                "cluster",
                                                "topic",
                                                "leader_of_least_margin"};
    return kinds;
}

/// In-sync replicas of `p` above its floor once the rack or broker that holds most of them is gone.
int margin_at_start(const models::Fleet& fleet, models::PartitionId p) {
    const models::Partition& partition = fleet.partitions()[p];
    const auto replicas = fleet.replicas(p);
    int in_sync = 0;
    int most = 0;
    for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
        if (((partition.isr >> slot) & 1) == 0) continue;
        ++in_sync;
        const models::RackId rack = fleet.brokers()[replicas[slot]].rack;
        int together = 0;
        for (std::uint8_t other = 0; other < partition.rf; ++other) {
            const bool there = ((partition.isr >> other) & 1) != 0;
            if (there && fleet.brokers()[replicas[other]].rack == rack) ++together;
        }
        most = std::max(most, together);
    }
    return in_sync - most - partition.floor;
}

/// Who leads the partition of `c` with the least margin at the start, of equals the first; nobody
/// where nothing has a leader. Accepted topics do not count, as in the N-1 margin.
std::vector<std::string> leader_of_least_margin(const models::Fleet& fleet, models::ClusterId c) {
    models::BrokerId leader = models::BrokerId::none();
    int least = std::numeric_limits<int>::max();
    for (const models::PartitionId p : models::Scope::of(fleet, c).partitions()) {
        const models::Partition& partition = fleet.partitions()[p];
        if (partition.leader < 0 || fleet.topics()[partition.topic].accepted) continue;
        const int margin = margin_at_start(fleet, p);
        if (margin >= least) continue;
        least = margin;
        leader = fleet.replicas(p)[static_cast<std::size_t>(partition.leader)];
    }
    if (!leader.exists()) return {};
    return {broker_name(fleet, leader)};
}

/// The names of `kind` in a cluster; none where it has none. Only quorum nodes on machines of their
/// own are machines of their own.
std::vector<std::string> names_in_cluster(const models::Fleet& fleet,
                                          models::ClusterId c,
                                          const std::string& kind) {
    std::vector<std::string> names;
    const models::Cluster& cluster = fleet.clusters()[c];
    if (kind == "cluster") return {cluster.name};
    if (kind == "leader_of_least_margin") return leader_of_least_margin(fleet, c);
    if (kind == "broker" || kind == "machine") {
        for (const models::BrokerId b : cluster.brokers()) names.push_back(broker_name(fleet, b));
    }
    if (kind == "log_dir") {
        for (const models::BrokerId b : cluster.brokers()) {
            const models::Broker& broker = fleet.brokers()[b];
            for (std::uint32_t d = 0; d < broker.log_dir_count; ++d) {
                names.push_back(log_dir_name(fleet, models::LogDirId{broker.first_log_dir + d}));
            }
        }
    }
    if (kind == "rack") {
        for (const models::RackId r : models::Range<models::RackId>(fleet.racks().size())) {
            if (fleet.racks()[r].cluster == c) names.push_back(rack_name(fleet, r));
        }
    }
    if (kind == "quorum_node") {
        for (std::uint32_t q = 0; q < cluster.quorum_node_count; ++q) {
            names.push_back(
                quorum_node_name(fleet, models::QuorumNodeId{cluster.first_quorum_node + q}));
        }
    }
    if (kind == "topic") {
        for (std::uint32_t t = 0; t < cluster.topic_count; ++t) {
            names.push_back(topic_name(fleet, models::TopicId{cluster.first_topic + t}));
        }
    }
    return names;
}

struct Selector {
    std::string kind;
    bool one_of_each = false;
    std::string clusters = "*";
};

std::optional<Selector> read_selector(const Json& json,
                                      const std::string& place,
                                      ScenarioProblems& problems) {
    const auto wrong = [&](const std::string& message) {
        Diagnostic& d = problems.of(place).error(code::wrong_type, place, message);
        d.label = "neither a list nor a selector";
        d.help = "write a list of values, or {\"every\": \"broker\"}";
    };
    Selector out;
    if (!json.is_object()) {
        wrong("an axis of the grid takes a list of values or a selector");
        return std::nullopt;
    }
    for (const auto& [key, value] : json.items()) {
        const bool names_kind = key == "every" || key == "one_of_each_cluster";
        if (!value.is_string() || (!names_kind && key != "cluster")) {
            wrong(fmt::format("a selector does not take {}", scenarios::quoted(key)));
            return std::nullopt;
        }
        (names_kind ? out.kind : out.clusters) = value.get<std::string>();
        out.one_of_each = out.one_of_each || key == "one_of_each_cluster";
    }
    for (const std::string& kind : selectable_kinds()) {
        if (kind == out.kind) return out;
    }
    Diagnostic& d = problems.of(place).error(
        code::unknown_word,
        place,
        fmt::format("nothing of the kind {} can be selected", scenarios::quoted(out.kind)));
    d.label = "selects nothing";
    d.help = "use one of the kinds below";
    suggest(d, out.kind, selectable_kinds(), "kinds");
    return std::nullopt;
}

}  // namespace

std::vector<std::string> selected(const Json& selector,
                                  const std::string& place,
                                  const models::Fleet& fleet,
                                  ScenarioProblems& problems) {
    std::vector<std::string> names;
    const std::optional<Selector> wanted = read_selector(selector, place, problems);
    if (!wanted) return names;
    for (const models::ClusterId c : models::Range<models::ClusterId>(fleet.clusters().size())) {
        if (!matches(wanted->clusters, fleet.clusters()[c].name)) continue;
        std::vector<std::string> here = names_in_cluster(fleet, c, wanted->kind);
        if (wanted->one_of_each && here.size() > 1) here.resize(1);
        names.insert(names.end(), here.begin(), here.end());
    }
    return names;
}

}  // namespace rollcast::scenarios
