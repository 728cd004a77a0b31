// A protocol string that the binary does not know.
#include <fmt/format.h>

#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo protocol_unknown{
    .word = "protocol_unknown",
    .family = FaultFamily::version,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "protocol",
                     .unit = "",
                     .least = 0.0,
                     .most = 99.0,
                     .fallback = 9.9,
                     .meaning = "The protocol that is pinned.",
                     .source = "assumed"}}},
    .phrase = "configuration of {target} pins protocol {0} for {duration}",
    .effect =
        "The configuration of a broker pins a protocol; a binary that does not know it exits at "
        "its start.",
    .shows = "At its next start the process does not come up; its step times out.",
    .over_by = "The configuration is right; the process starts.",
    .source = "§6.2 (\"Version 3.5 is not a valid version\")",
    .starts = set_links,
    .ends = set_links,
    .possible = names_stacks,
    .only = "something of a cluster that names its stacks",
    .alters = [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
        if (b != fault.broker) return;
        stack.inter_broker_protocol = fmt::format("{:.1f}", fault.value(0));
    }};

}  // namespace rollcast::models::faults
