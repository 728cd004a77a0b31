// A machine on which everything takes longer.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo straggler{
    .word = "straggler",
    .family = FaultFamily::machine,
    .target = FaultTarget::machine,
    .lasts = false,
    .needs_trigger = false,
    .parameters = {{{.key = "times",
                     .unit = "",
                     .least = 0.01,
                     .most = 1000.0,
                     .fallback = 3.0,
                     .meaning = "How many times as much, or as long.",
                     .source = "assumed"}}},
    .phrase = "the step of {target} takes {0} times as long",
    .effect = "The phases of a step that are work at the machine take a multiple of their time.",
    .shows = "Its step is longer, and with it what waits for it (makespan, exposure).",
    .over_by = "Its step ends.",
    .source = "§10",
    .needs = FaultNeeds::step,
    .starts = [](FaultScene& scene) {
        scene.executor.slow_down(scene.fault().machine, scene.fault().value(0));
    }};

}  // namespace rollcast::models::faults
