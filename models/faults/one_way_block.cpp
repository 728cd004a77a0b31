// A firewall lets a broker out, and the others not in.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo one_way_block{
    .word = "one_way_block",
    .family = FaultFamily::network,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the other brokers, in order, that cannot connect.",
                     .source = "assumed"}}},
    .phrase = "{0} of the other brokers cannot connect to {target} for {duration}",
    .effect =
        "A port is closed: a broker reaches ZooKeeper and its leaders, and part of the other "
        "brokers cannot fetch from it.",
    .shows = "It registers, leads, and its followers leave the ISRs of what it leads.",
    .over_by = "The port is open; they fetch, and rejoin.",
    .source = "§6.4 (iptables, DERIVED)",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet& fleet, const Fault& fault, LinkRules& rules) {
        const std::uint32_t place = place_of(fleet, fault.broker);
        for (const std::uint32_t other : of_others(rules.size(), place, fault.value(0))) {
            rules.cut_fetch(other, place);
        }
    }};

}  // namespace rollcast::models::faults
