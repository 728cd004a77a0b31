// A broker is cut off from everything for a while.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo network_blip{
    .word = "network_blip",
    .family = FaultFamily::network,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the other brokers, in order, that it is cut off from; 1 "
                                "= from everything.",
                     .source = "assumed"}}},
    .phrase = "{target} is cut off from {0} of the other brokers for {duration}",
    .effect =
        "Nothing gets to a broker or from it: neither fetches, nor its session, clients or orders; "
        "of a part of the other brokers, fetches alone.",
    .shows =
        "Shorter than its session: clients wait. Longer: it is fenced, and catches up afterwards.",
    .over_by =
        "Its links are opened anew, with a handshake; it asks for a new session where the old is "
        "over.",
    .source = "§5.2, §6.3",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet& fleet, const Fault& fault, LinkRules& rules) {
        const std::uint32_t place = place_of(fleet, fault.broker);
        for (const std::uint32_t other : of_others(rules.size(), place, fault.value(0))) {
            rules.cut_fetch(place, other);
            rules.cut_fetch(other, place);
        }
        if (fault.value(0) < 1.0) return;
        for (int link = 0; link < broker_link_count; ++link) {
            rules.cut(place, static_cast<BrokerLink>(link));
        }
    }};

}  // namespace rollcast::models::faults
