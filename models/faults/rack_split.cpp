// A rack and others do not reach each other.
#include <algorithm>
#include <cmath>
#include <vector>

#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

namespace {

/// Racks of the cluster that `fault` cuts its own off from.
std::vector<RackId> far_racks(const Fleet& fleet, const Fault& fault) {
    std::vector<RackId> others;
    for (const RackId r : fleet.clusters()[fleet.racks()[fault.rack].cluster].racks()) {
        if (r != fault.rack) others.push_back(r);
    }
    const double wanted = fault.value(0) * static_cast<double>(others.size());
    others.resize(static_cast<std::size_t>(std::llround(wanted)));
    return others;
}

void split(const Fleet& fleet, const Fault& fault, LinkRules& rules) {
    const Cluster& cluster = fleet.clusters()[fleet.racks()[fault.rack].cluster];
    const std::vector<RackId> far = far_racks(fleet, fault);
    const auto is_far = [&](RackId r) { return std::find(far.begin(), far.end(), r) != far.end(); };
    std::uint32_t near_nodes = 0;
    std::uint32_t far_nodes = 0;
    for (const QuorumNodeId q : cluster.quorum()) {
        const RackId rack = fleet.quorum_nodes()[q].rack;
        if (rack == fault.rack) ++near_nodes;
        if (is_far(rack)) ++far_nodes;
    }
    const std::uint32_t majority = cluster.quorum_node_count / 2 + 1;
    for (const BrokerId b : cluster.brokers()) {
        const RackId rack = fleet.brokers()[b].rack;
        const bool near = rack == fault.rack;
        if (!near && !is_far(rack)) continue;
        const std::uint32_t lost = near ? far_nodes : near_nodes;
        if (cluster.quorum_node_count - lost < majority) {
            rules.cut(place_of(fleet, b), BrokerLink::quorum);
        }
        for (const BrokerId other : cluster.brokers()) {
            const RackId across = fleet.brokers()[other].rack;
            if (near ? !is_far(across) : across != fault.rack) continue;
            rules.cut_fetch(place_of(fleet, b), place_of(fleet, other));
        }
    }
}

}  // namespace

const FaultInfo rack_split{
    .word = "rack_split",
    .family = FaultFamily::network,
    .target = FaultTarget::rack,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the other racks, in order, that it is cut off from.",
                     .source = "assumed"}}},
    .phrase = "{target} and {0} of the other racks do not reach each other for {duration}",
    .effect =
        "Nothing gets from a rack to a part of the others or back; clients reach both sides. Who "
        "is left without a majority of the quorum is cut off from it.",
    .shows =
        "The side without the quorum is fenced; followers across leave their ISRs; what the lost "
        "side alone holds in sync stands still.",
    .over_by = "Links are opened anew; brokers ask for new sessions and catch up.",
    .source = "§5.2, §5.3",
    .starts = set_links,
    .ends = set_links,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fleet.racks()[fault.rack].cluster].rack_count > 1;
        },
    .only = "a rack of a cluster with several",
    .links = split};

}  // namespace rollcast::models::faults
