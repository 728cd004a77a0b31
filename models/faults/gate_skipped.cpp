// The orchestrator goes on before the replicas of a broker are back in sync.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo gate_skipped{
    .word = "gate_skipped",
    .family = FaultFamily::operation,
    .target = FaultTarget::machine,
    .lasts = false,
    .needs_trigger = false,
    .parameters = {{{.key = "patience_s",
                     .unit = "s",
                     .least = 0.0,
                     .most = 1e9,
                     .fallback = 0.0,
                     .meaning = "How long it waits.",
                     .source = "assumed"}}},
    .phrase = "the step of {target} waits {0} for its replicas",
    .effect =
        "The step of a machine waits for its replicas only so long, then goes on as if they were "
        "back.",
    .shows = "The next ones start beside a broker that is still out of its ISRs (min ISR).",
    .over_by = "Its step ends.",
    .source = "§10 (guard conditions)",
    .needs = FaultNeeds::step,
    .starts =
        [](FaultScene& scene) {
            scene.executor.skip_gate(scene.fault().machine,
                                     sim::ceil_seconds(scene.fault().value(0)));
        },
    .possible = [](const Fleet& fleet,
                   const Fault& fault) { return fleet.machines()[fault.machine].broker.exists(); },
    .only = "the machine of a broker"};

}  // namespace rollcast::models::faults
