// Trust and key are changed in one pass: the old do not trust the new.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo trust_collapsed{
    .word = "trust_collapsed",
    .family = FaultFamily::auth,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning =
                         "Share of the brokers, in order, whose trust store was left as it was.",
                     .source = "assumed"}}},
    .phrase =
        "{0} of the brokers of {target} do not trust the new issuer before their step, for "
        "{duration}",
    .effect =
        "The pass that adds the new issuer to every trust store was left out: brokers on the old "
        "stack do not trust it; the new ones trust both.",
    .shows =
        "The old cannot fetch from the new, and with mutual TLS the new cannot fetch from the old: "
        "ISRs shrink to one generation.",
    .over_by = "The issuer is added to the trust stores and read in.",
    .source = "§6.3 (partial-trust matrix)",
    .starts = set_links,
    .ends = set_links,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            const ClusterStacks& stacks = fleet.clusters()[fault.cluster].stacks;
            if (!stacks.now.exists() || !stacks.next.exists()) return false;
            const auto& now = fleet.stacks()[stacks.now].certificate;
            const auto& next = fleet.stacks()[stacks.next].certificate;
            return now && next && now->issuer != next->issuer;
        },
    .only = "a cluster whose stacks have certificates of two issuers",
    .alters =
        [](const Fleet& fleet, const Fault& fault, BrokerId b, bool migrated, NodeStack& stack) {
            if (migrated || !first_share(fleet, b, fault.value(0))) return;
            const ClusterStacks& stacks = fleet.clusters()[fault.cluster].stacks;
            std::erase(stack.trust, fleet.stacks()[stacks.next].certificate->issuer);
        },
    .alters_at_once = true};

}  // namespace rollcast::models::faults
