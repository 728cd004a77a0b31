// Throttle rates without the lists of topics that they are for, or with lists in the wrong place.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo throttle_lists_missing{
    .word = "throttle_lists_missing",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .phrase = "the throttles of {target} without topic lists for {duration}",
    .effect = "The throttles of a cluster have no effect.",
    .shows = "Catch-up takes all that is left of disks and networks, as if no throttle were set.",
    .over_by = "The lists are there.",
    .source = "§4.2",
    .starts = set_config,
    .ends = set_config,
    .sets = [](const Fleet&, const Fault&, ClusterConfig& config) {
        config.throttle_lists = false;
    }};

}  // namespace rollcast::models::faults
