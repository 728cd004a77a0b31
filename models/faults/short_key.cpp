// A certificate with a short key, which RHEL 9 refuses.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo short_key{
    .word = "short_key",
    .family = FaultFamily::auth,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "key_bits",
                     .unit = "",
                     .least = 512.0,
                     .most = 16384.0,
                     .fallback = 1024.0,
                     .meaning = "Length of the key, bits.",
                     .source = "assumed",
                     .whole = true}}},
    .phrase =
        "{target} shows a certificate with a key of {0} bits from its next start on, for "
        "{duration}",
    .effect =
        "The RSA key of a broker is short. RHEL 9 refuses less than 2,048 bits by default, at both "
        "ends; older systems take it.",
    .shows = "Among old hosts nothing; after the re-image all handshakes of the host fail.",
    .over_by = "A certificate with a longer key is read in.",
    .source = "§6.4",
    .starts = set_links,
    .ends = set_links,
    .possible = shows_certificates,
    .only = "something of a cluster whose stacks show certificates",
    .alters = [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
        if (b != fault.broker || !stack.certificate) return;
        stack.certificate->key_bits = static_cast<int>(fault.value(0));
    }};

}  // namespace rollcast::models::faults
