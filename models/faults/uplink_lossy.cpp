// The uplink of a rack loses packets.
#include <algorithm>
#include <cmath>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

constexpr double segment_bytes = 1460.0;
constexpr double round_trip_s = 0.0005;

/// What all connections of brokers in the rack with brokers outside get together, bytes/s.
double through(const Fleet& fleet, const Fault& fault) {
    const Cluster& cluster = fleet.clusters()[fleet.racks()[fault.rack].cluster];
    double inside = 0.0;
    for (const BrokerId b : cluster.brokers()) {
        if (fleet.brokers()[b].rack == fault.rack) inside += 1.0;
    }
    const double connections = inside * (cluster.broker_count - inside);
    return connections * 1.22 * segment_bytes / (round_trip_s * std::sqrt(fault.value(0)));
}

}  // namespace

const FaultInfo uplink_lossy{
    .word = "uplink_lossy",
    .family = FaultFamily::network,
    .target = FaultTarget::rack,
    .parameters = {{{.key = "loss",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.02,
                     .meaning = "Share of the packets that is lost.",
                     .source = "assumed"}}},
    .phrase = "uplink of {target} loses {0} of its packets for {duration}",
    .effect =
        "TCP slows down where packets are lost: each connection over the uplink gets at most 1.22 "
        "x segment / (round trip x root of the loss) (Mathis et al. 1997; segments of 1,460 bytes "
        "and a round trip of 0.5 ms assumed).",
    .shows =
        "Catch-up over it takes longer; with much loss the brokers of the rack leave their ISRs.",
    .over_by = "Nothing is lost any more; what was missed is caught up with.",
    .source = "assumed",
    .starts = set_links,
    .ends = set_links,
    .uplinks = [](const Fleet& fleet, const Fault& fault, UplinkLeft& left) {
        if (fault.value(0) > 0.0) left.most = std::min(left.most, through(fleet, fault));
    }};

}  // namespace rollcast::models::faults
