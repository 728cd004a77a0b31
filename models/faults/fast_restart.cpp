// A process is killed and started again before its old session is over.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void start_again(FaultScene& scene, BrokerId b) {
    scene.run.schedule(sim::ceil_seconds(scene.fault().value(0)),
                       {.kind = EventKind::process_starts,
                        .entity = b.value,
                        .version = scene.run.brokers[b].version});
}

void kills(FaultScene& scene) {
    const BrokerId b = scene.fault().broker;
    const bool ran = scene.run.brokers[b].process != BrokerState::Process::down;
    kill_process(scene, b, false, false);
    if (ran) start_again(scene, b);
}

}  // namespace

const FaultInfo fast_restart{
    .word = "fast_restart",
    .family = FaultFamily::quorum,
    .target = FaultTarget::broker,
    .lasts = false,
    .parameters = {{{.key = "restart_after_s",
                     .unit = "s",
                     .least = 0.0,
                     .most = 1e6,
                     .fallback = 1.0,
                     .meaning = "From its end to its next start, each time.",
                     .source = "assumed"}}},
    .phrase = "{target} is killed and started again after {0}, inside its session",
    .effect =
        "A process dies and is restarted at once; with ZooKeeper its registration fails while its "
        "old session stands, and it starts again.",
    .shows =
        "It is away until the session is over and one more start is through, not for the time of a "
        "restart.",
    .over_by = "The old session is over.",
    .source = "§1.6 (NODEEXISTS)",
    .needs = FaultNeeds::process,
    .starts = kills,
    .refuses =
        [](FaultScene& scene, BrokerId b) {
            const bool stands = b == scene.fault().broker && !scene.run.brokers[b].fenced;
            if (stands) start_again(scene, b);
            return stands;
        },
    .process_started =
        [](FaultScene& scene, BrokerId b) {
            if (b == scene.fault().broker) scene.book.active[scene.index] = 0;
        },
    .possible =
        [](const Fleet& fleet, const Fault& fault) {
            return fleet.clusters()[fleet.brokers()[fault.broker].cluster].quorum_kind ==
                   QuorumKind::zookeeper;
        },
    .only = "a broker of a cluster with ZooKeeper"};

}  // namespace rollcast::models::faults
