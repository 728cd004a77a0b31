// New brokers do not understand each other, which shows with the second.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo masked_error{
    .word = "masked_error",
    .family = FaultFamily::version,
    .target = FaultTarget::cluster,
    .phrase = "brokers of the new stack of {target} do not understand each other for {duration}",
    .effect =
        "By a bug two brokers of the new binary cannot fetch from each other; with the old ones "
        "they speak the old protocol.",
    .shows =
        "The first broker passes every gate; from the second on they fall out of what the others "
        "lead.",
    .over_by = "The bug is mended; they catch up.",
    .source = "§6.2 (iii)",
    .starts = set_links,
    .ends = set_links,
    .possible = names_stacks,
    .only = "something of a cluster that names its stacks",
    .alters = [](const Fleet&, const Fault&, BrokerId, bool migrated, NodeStack& stack) {
        if (migrated) stack.misunderstands = stack.kafka_version;
    }};

}  // namespace rollcast::models::faults
