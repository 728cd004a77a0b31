// A host has lost its certificate.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo certificate_missing{
    .word = "certificate_missing",
    .family = FaultFamily::auth,
    .target = FaultTarget::broker,
    .phrase = "{target} has no certificate from its next start on, for {duration}",
    .effect =
        "There is no key in the key store of a broker after its re-image: it has nothing to show.",
    .shows =
        "At its next start nobody can connect to it, and where certificates are asked for it "
        "cannot connect: it does not register, or never rejoins.",
    .over_by = "The certificate is there; handshakes succeed.",
    .source = "§6.3",
    .starts = set_links,
    .ends = set_links,
    .possible = shows_certificates,
    .only = "something of a cluster whose stacks show certificates",
    .alters = [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
        if (b == fault.broker) stack.certificate.reset();
    }};

}  // namespace rollcast::models::faults
