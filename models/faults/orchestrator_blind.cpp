// The orchestrator cannot log in to brokers that have started anew.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo orchestrator_blind{
    .word = "orchestrator_blind",
    .family = FaultFamily::auth,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the brokers, in order, that refuse it.",
                     .source = "assumed"}}},
    .phrase =
        "the orchestrator cannot log in to {0} of the brokers of {target} after their next start, "
        "for {duration}",
    .effect =
        "What operates the machines is refused by brokers from their next start on: it does not "
        "see them come back.",
    .shows = "Steps end in catch-up, though everything is in sync, and time out.",
    .over_by = "It can log in; steps go on.",
    .source = "§6.3, assumed",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet&, const Fault& fault, LinkRules& rules) {
        for (const std::uint32_t place : of_all(rules.size(), fault.value(0))) {
            rules.refuse(place, BrokerLink::orchestrator);
        }
    }};

}  // namespace rollcast::models::faults
