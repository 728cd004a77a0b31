// The new stack does not pin its inter-broker protocol.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo protocol_unpinned{
    .word = "protocol_unpinned",
    .family = FaultFamily::version,
    .target = FaultTarget::cluster,
    .phrase =
        "inter.broker.protocol.version is not pinned on the new stack of {target} for {duration}",
    .effect =
        "The pin is missing in what is installed: a broker that starts on the new binary speaks "
        "its newest protocol.",
    .shows =
        "It comes up, registers, and never rejoins: the old ones do not understand its fetches.",
    .over_by = "The pin is there, and the brokers are started anew with it.",
    .source = "§6.1, §6.2 (#491)",
    .starts = set_links,
    .ends = set_links,
    .possible = names_stacks,
    .only = "something of a cluster that names its stacks",
    .alters = [](const Fleet&, const Fault&, BrokerId, bool migrated, NodeStack& stack) {
        if (migrated) stack.inter_broker_protocol.clear();
    }};

}  // namespace rollcast::models::faults
