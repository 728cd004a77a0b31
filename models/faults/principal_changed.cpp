// A host is known by another name, and no ACL allows it anything.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo principal_changed{
    .word = "principal_changed",
    .family = FaultFamily::auth,
    .target = FaultTarget::broker,
    .phrase = "{target} has another principal from its next start on, for {duration}",
    .effect =
        "The name in the certificate of a broker has another form, and super.users and ACLs do not "
        "know it.",
    .shows =
        "CLUSTER_AUTHORIZATION_FAILED: it comes up and never rejoins; where ZooKeeper has ACLs it "
        "does not register.",
    .over_by = "A mapping rule or an ACL knows the name; it catches up.",
    .source = "§6.3 (Wikimedia T373189)",
    .starts = set_links,
    .ends = set_links,
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            const ClusterStacks& stacks =
                fleet.clusters()[fleet.brokers()[fault.broker].cluster].stacks;
            const auto guards = [&](StackId id) {
                return id.exists() && !fleet.stacks()[id].acls.empty();
            };
            return guards(stacks.now) || guards(stacks.next);
        },
    .only = "a broker of a cluster whose stacks have ACLs",
    .alters =
        [](const Fleet&, const Fault& fault, BrokerId b, bool, NodeStack& stack) {
            if (b == fault.broker) stack.principal = "CN=nobody";
        }};

}  // namespace rollcast::models::faults
