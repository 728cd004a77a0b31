// auto.leader.rebalance.enable is not what the golden file says.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo leader_rebalance{
    .word = "leader_rebalance",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "enabled",
                     .unit = "",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.0,
                     .meaning = "1 = on, 0 = off.",
                     .source = "§2.4: on is the default",
                     .whole = true}}},
    .phrase = "auto leader rebalance of {target} set to {0} for {duration}",
    .effect = "The controller gives leadership back by itself, or it does not.",
    .shows =
        "Off: leaders stay where they went, so few brokers carry the load (headroom, "
        "`leader_moves`).",
    .over_by = "The setting is as the golden file says; leaders come back at the next check.",
    .source = "§2.4",
    .starts = set_config,
    .ends = set_config,
    .sets = [](const Fleet&, const Fault& fault, ClusterConfig& config) {
        config.auto_leader_rebalance = fault.value(0) >= 0.5;
    }};

}  // namespace rollcast::models::faults
