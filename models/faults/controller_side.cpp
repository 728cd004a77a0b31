// It breaks only while the controller is on one side of a mixed cluster.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo controller_side{
    .word = "controller_side",
    .family = FaultFamily::version,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "under_new",
                     .unit = "",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning =
                         "Whose controller it takes: 1 = one on the new stack, 0 = on the old.",
                     .source = "§6.2",
                     .whole = true}}},
    .phrase =
        "brokers of {target} do not understand a controller of the {0} stack (1 = new) for "
        "{duration}",
    .effect =
        "ZooKeeper: while a broker of one stack controls the cluster, those of the other are not "
        "told who leads.",
    .shows =
        "All is well until the controller moves across; then new leaders do not serve and "
        "followers do not follow.",
    .over_by = "Controller and brokers understand each other; everybody is told.",
    .source = "§6.2 (KAFKA-12835)",
    .starts = set_links,
    .ends = set_links,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fault.cluster].quorum_kind == QuorumKind::zookeeper;
        },
    .only = "a cluster with ZooKeeper",
    .links = [](const Fleet&,
                const Fault& fault,
                LinkRules& rules) { rules.deaf_under = fault.value(0) >= 0.5; }};

}  // namespace rollcast::models::faults
