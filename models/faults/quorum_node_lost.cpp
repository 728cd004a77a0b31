// One server of the ensemble, or one voter, is gone.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo quorum_node_lost{
    .word = "quorum_node_lost",
    .family = FaultFamily::quorum,
    .target = FaultTarget::quorum_node,
    .phrase = "quorum node {target} stops, back after {duration}",
    .effect = "A quorum node stops; its session, vote and log are of no use meanwhile.",
    .shows = "One failure less to spare; a new leader of the quorum where it led (reaction waits).",
    .over_by = "It starts again and is back once it has synced.",
    .source = "§5.1, §5.4",
    .starts = [](FaultScene& scene) { stop_quorum_node(scene, scene.fault().quorum_node); },
    .ends = [](FaultScene& scene) { start_quorum_node(scene, scene.fault().quorum_node); }};

}  // namespace rollcast::models::faults
