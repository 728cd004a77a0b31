// The leader of a quorum is taken down in the wrong order.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo quorum_leader_rolled_early{
    .word = "quorum_leader_rolled_early",
    .family = FaultFamily::quorum,
    .target = FaultTarget::cluster,
    .lasts = false,
    .phrase = "the quorum leader of {target} is taken before its followers",
    .effect =
        "The machine of the node that leads the quorum just then is the next of its quorum to be "
        "taken, whatever the plan says.",
    .shows =
        "One election more than a roll needs that takes the leader last: reaction stops in "
        "between (quorum).",
    .over_by = "Its step ends.",
    .source = "§5.2",
    .needs = FaultNeeds::nothing,
    .starts =
        [](FaultScene& scene) {
            const QuorumNodeId leader = scene.run.clusters[scene.fault().cluster].quorum_leader;
            if (!leader.exists()) return;
            scene.executor.take_first(scene.run.fleet().quorum_nodes()[leader].machine);
        },
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fault.cluster].quorum_node_count > 0;
        },
    .only = "a cluster with a quorum"};

}  // namespace rollcast::models::faults
