// A process stands still; its host keeps the connections.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void goes_on(FaultScene& scene) {
    RunState& run = scene.run;
    const BrokerId b = scene.fault().broker;
    if (run.brokers[b].process != BrokerState::Process::hung) return;
    const Event again{.kind = EventKind::fault_ends, .entity = scene.index};
    const ClusterId c = run.fleet().brokers()[b].cluster;
    if (run.brokers[b].fenced && !scene.control.can_react(c, again)) return;
    scene.control.resume(b);
    scene.executor.check_in_sync(run, b);
}

}  // namespace

const FaultInfo broker_hang{
    .word = "broker_hang",
    .family = FaultFamily::machine,
    .target = FaultTarget::broker,
    .phrase = "{target} hangs for {duration}",
    .effect = "The process of a broker stands still; host and connections stay.",
    .shows = "Clients wait for what it led; longer than a session, it is fenced.",
    .over_by = "The process goes on where it was; with a new session where the old one is over.",
    .source = "§1.6, §5.3",
    .needs = FaultNeeds::process,
    .starts = [](FaultScene& scene) { kill_process(scene, scene.fault().broker, true, false); },
    .ends = goes_on};

}  // namespace rollcast::models::faults
