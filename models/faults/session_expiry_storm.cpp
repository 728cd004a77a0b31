// All sessions of an ensemble are gone at once, as after a roll of ZooKeeper before 3.5.9.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void expire(FaultScene& scene) {
    const auto brokers = scene.run.fleet().clusters()[scene.fault().cluster].brokers();
    const double wanted = scene.fault().value(0) * static_cast<double>(brokers.size());
    double expired = 0.0;
    for (const BrokerId b : brokers) {
        if (expired++ >= wanted) break;
        scene.control.lose_session(b, cause_of(scene, b));
    }
    if (wanted > 0.0) scene.control.controller_resigns(scene.fault().cluster);
}

}  // namespace

const FaultInfo session_expiry_storm{
    .word = "session_expiry_storm",
    .family = FaultFamily::quorum,
    .target = FaultTarget::cluster,
    .lasts = false,
    .parameters = {{{.key = "of_sessions",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 1.0,
                     .meaning = "Share of the brokers, in order, rounded up.",
                     .source = "§5.2: all"}}},
    .phrase = "{0} of the sessions of {target} expire",
    .effect =
        "The sessions of the live brokers of a cluster expire at once; so does the controller's.",
    .shows =
        "Every broker leaves its ISRs, leaders move until none is left (`isr_shrinks`, "
        "`leader_moves`).",
    .over_by =
        "Each has a new session after a second or two, as soon as a new controller has read "
        "everything.",
    .source = "§5.2, §5.3 (ZOOKEEPER-2164)",
    .starts = [](FaultScene& scene) { expire(scene); },
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fault.cluster].quorum_kind == QuorumKind::zookeeper;
        },
    .only = "a cluster with ZooKeeper"};

}  // namespace rollcast::models::faults
