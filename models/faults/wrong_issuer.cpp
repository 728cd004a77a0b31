// A host has a certificate of another issuer.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo wrong_issuer{
    .word = "wrong_issuer",
    .family = FaultFamily::auth,
    .target = FaultTarget::broker,
    .phrase =
        "{target} shows a certificate of another issuer from its next start on, for {duration}",
    .effect =
        "The certificate of a broker after its re-image is issued by a CA that nobody trusts.",
    .shows =
        "At its next start the others cannot fetch from it, and with mutual TLS it cannot fetch "
        "from them.",
    .over_by = "The right certificate is read in; handshakes succeed.",
    .source = "§6.3",
    .starts = set_links,
    .ends = set_links,
    .possible = shows_certificates,
    .only = "something of a cluster whose stacks show certificates",
    .alters = [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
        if (b != fault.broker || !stack.certificate) return;
        stack.certificate->issuer = "nobody's CA";
        stack.certificate->chain.clear();
    }};

}  // namespace rollcast::models::faults
