// A majority of the quorum is gone at once.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

std::vector<QuorumNodeId> lost(const FaultScene& scene) {
    const auto quorum = scene.run.fleet().clusters()[scene.fault().cluster].quorum();
    const double wanted = scene.fault().value(0) * static_cast<double>(quorum.size());
    std::vector<QuorumNodeId> nodes;
    for (const QuorumNodeId q : quorum) {
        if (static_cast<double>(nodes.size()) < wanted) nodes.push_back(q);
    }
    return nodes;
}

}  // namespace

const FaultInfo quorum_lost{
    .word = "quorum_lost",
    .family = FaultFamily::quorum,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.51,
                     .meaning = "Share of the quorum nodes, rounded up.",
                     .source = "a majority, §5.1"}}},
    .phrase = "{0} of the quorum of {target} stops, back after {duration}",
    .effect = "Quorum nodes of a cluster stop at once, in their order in the case.",
    .shows = "Traffic goes on, reaction stops: `quorum`; who dies meanwhile is replaced by nobody.",
    .over_by = "They start again; what waited for them happens then.",
    .source = "§5.3, §5.4",
    .starts =
        [](FaultScene& scene) {
            for (const QuorumNodeId q : lost(scene)) stop_quorum_node(scene, q);
        },
    .ends =
        [](FaultScene& scene) {
            for (const QuorumNodeId q : lost(scene)) start_quorum_node(scene, q);
        },
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fault.cluster].quorum_node_count > 0;
        },
    .only = "a cluster whose quorum nodes are in the case"};

}  // namespace rollcast::models::faults
