// A broker cannot reach its quorum, and everything else: a zombie leader.
#include "models/faults/acts.hpp"
#include "models/faults/links.hpp"

namespace rollcast::models::faults {

const FaultInfo cut_from_quorum{
    .word = "cut_from_quorum",
    .family = FaultFamily::network,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "share",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the nodes of the quorum that it cannot reach.",
                     .source = "assumed"}}},
    .phrase = "{target} cannot reach {0} of its quorum for {duration}",
    .effect =
        "A broker runs on and cannot reach ZooKeeper or the KRaft controllers; one server that it "
        "reaches is enough. Others lead what it led once its session is over, and it does not "
        "know.",
    .shows = "Fenced after its session; what producers with acks 0 or 1 still write to it is lost.",
    .over_by = "It has a new session, truncates, and catches up.",
    .source = "§5.2, §2.7",
    .starts = set_links,
    .ends = set_links,
    .links = [](const Fleet& fleet, const Fault& fault, LinkRules& rules) {
        if (fault.value(0) >= 1.0) rules.cut(place_of(fleet, fault.broker), BrokerLink::quorum);
    }};

}  // namespace rollcast::models::faults
