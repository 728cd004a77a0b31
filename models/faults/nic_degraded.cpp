// A network card that has fallen back to a part of its rate.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo nic_degraded{
    .word = "nic_degraded",
    .family = FaultFamily::network,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "factor",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.1,
                     .meaning = "Share of the rate that is left.",
                     .source = "assumed"}}},
    .phrase = "network card of {target} at {0} of its rate for {duration}",
    .effect = "The network card of a broker runs at a share of its rate, both ways.",
    .shows = "Headroom; catch-up takes longer; below the write rate it leaves its ISRs.",
    .over_by = "The card is as fast as before; what was missed is caught up with.",
    .source = "§8.2",
    .needs = FaultNeeds::network_rate,
    .starts = [](FaultScene& scene) { set_rates(scene, scene.fault().broker); },
    .ends = [](FaultScene& scene) { set_rates(scene, scene.fault().broker); },
    .slows = [](const Fault& fault, double&, double& network) { network *= fault.value(0); }};

}  // namespace rollcast::models::faults
