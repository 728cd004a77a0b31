// A batch of certificates expires in the middle of the roll.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo certificate_expired{
    .word = "certificate_expired",
    .family = FaultFamily::auth,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the brokers, in order, whose certificate it is.",
                     .source = "assumed"}}},
    .phrase = "certificates of {0} of the brokers of {target} have expired for {duration}",
    .effect =
        "Certificates that were issued on one day expire at once. Connections live on; new "
        "handshakes fail.",
    .shows = "Nothing, until a broker starts or loses its connections: then it never rejoins.",
    .over_by = "New certificates are read in.",
    .source = "§6.3 (expiry, DERIVED)",
    .starts = set_links,
    .ends = set_links,
    .possible = shows_certificates,
    .only = "something of a cluster whose stacks show certificates",
    .alters =
        [](const Fleet& fleet, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
            const bool of_batch = first_share(fleet, b, fault.value(0));
            if (of_batch && stack.certificate) stack.certificate->expires = sim::Instant{};
        },
    .alters_at_once = true};

}  // namespace rollcast::models::faults
