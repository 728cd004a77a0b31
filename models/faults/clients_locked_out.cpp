// Clients cannot log in to brokers that have started anew.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo clients_locked_out{
    .word = "clients_locked_out",
    .family = FaultFamily::auth,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the brokers, in order, that refuse them.",
                     .source = "assumed"}}},
    .phrase =
        "clients cannot log in to {0} of the brokers of {target} after their next start, for "
        "{duration}",
    .effect =
        "Producers and consumers are refused by brokers from their next start on; connections live "
        "on until then.",
    .shows =
        "Brokers are in sync and lead; what they lead takes no writes: client errors once "
        "delivery.timeout.ms is over.",
    .over_by = "Clients can log in.",
    .source = "§6.3, assumed",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet&, const Fault& fault, LinkRules& rules) {
        for (const std::uint32_t place : of_all(rules.size(), fault.value(0))) {
            rules.refuse(place, BrokerLink::client);
        }
    }};

}  // namespace rollcast::models::faults
