// A broker comes up, registers, and its fetches fail.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo never_rejoins{
    .word = "never_rejoins",
    .family = FaultFamily::version,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the other brokers, in order, that it cannot fetch from.",
                     .source = "assumed"}}},
    .phrase = "{target} cannot fetch from {0} of the others after its next start, for {duration}",
    .effect = "From its next start on the fetches of a broker fail at a part of the leaders.",
    .shows =
        "It is up and registered; its partitions stay out of their ISRs, and its step never passes "
        "its gate.",
    .over_by = "The fetches succeed; it catches up.",
    .source = "§6.2 (PR#7827)",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet& fleet, const Fault& fault, LinkRules& rules) {
        const std::uint32_t place = place_of(fleet, fault.broker);
        for (const std::uint32_t other : of_others(rules.size(), place, fault.value(0))) {
            rules.refuse_fetch(place, other);
        }
    }};

}  // namespace rollcast::models::faults
