// The uplink of a rack has fallen back to a part of its rate.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo uplink_degraded{
    .word = "uplink_degraded",
    .family = FaultFamily::network,
    .target = FaultTarget::rack,
    .parameters = {{{.key = "factor",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.1,
                     .meaning = "Share of the rate that is left.",
                     .source = "assumed"}}},
    .phrase = "uplink of {target} at {0} of its rate for {duration}",
    .effect = "The uplink of a rack runs at a share of its rate, both ways.",
    .shows =
        "Headroom; catch-up over it takes longer; below the write rate the brokers of the rack "
        "leave their ISRs.",
    .over_by = "The uplink is as fast as before; what was missed is caught up with.",
    .source = "§4.3, assumed",
    .starts = set_links,
    .ends = set_links,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            const Rack& rack = fleet.racks()[fault.rack];
            return rack.uplink_up != unlimited || rack.uplink_down != unlimited;
        },
    .only = "a rack whose uplinks have a rate",
    .uplinks =
        [](const Fleet&, const Fault& fault, UplinkLeft& left) { left.share *= fault.value(0); }};

}  // namespace rollcast::models::faults
