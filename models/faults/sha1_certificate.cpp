// A certificate signed with SHA-1, which RHEL 9 refuses.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo sha1_certificate{
    .word = "sha1_certificate",
    .family = FaultFamily::auth,
    .target = FaultTarget::broker,
    .phrase =
        "{target} shows a certificate signed with SHA-1 from its next start on, for {duration}",
    .effect =
        "The certificate of a broker is signed with SHA-1. RHEL 9 refuses it by default, at both "
        "ends; older systems take it.",
    .shows = "Among old hosts nothing; after the re-image all handshakes of the host fail.",
    .over_by = "A certificate signed with SHA-256 is read in.",
    .source = "§6.4",
    .starts = set_links,
    .ends = set_links,
    .possible = shows_certificates,
    .only = "something of a cluster whose stacks show certificates",
    .alters = [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
        if (b != fault.broker || !stack.certificate) return;
        stack.certificate->signature = SignatureStrength::sha1;
    }};

}  // namespace rollcast::models::faults
