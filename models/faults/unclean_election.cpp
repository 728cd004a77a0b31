// Unclean leader election is allowed though it should not be.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo unclean_election{
    .word = "unclean_election",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "allowed",
                     .unit = "",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "1 = allowed, 0 = not.",
                     .source = "§2.5",
                     .whole = true}}},
    .phrase = "unclean election in {target} set to {0} for {duration}",
    .effect = "Where no member of an ISR lives, any replica that lives becomes the leader.",
    .shows = "Partitions have a leader sooner, and lose what it lacks (`acked_loss`).",
    .over_by = "The setting is as the case says; what was lost stays lost.",
    .source = "§2.5, §2.7",
    .starts = set_config,
    .ends = set_config,
    .sets = [](const Fleet&, const Fault& fault, ClusterConfig& config) {
        config.unclean_leader_election = fault.value(0) >= 0.5;
    }};

}  // namespace rollcast::models::faults
