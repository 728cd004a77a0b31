// The wrong host is in the batch.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo wrong_host{
    .word = "wrong_host",
    .family = FaultFamily::operation,
    .target = FaultTarget::machine,
    .lasts = false,
    .phrase = "{target} is taken by mistake",
    .effect = "A machine is taken down out of its turn, beside what is at work.",
    .shows = "It may share partitions with one that is away (min ISR).",
    .over_by = "Its step ends.",
    .source = "§10 (guard conditions)",
    .needs = FaultNeeds::step,
    .starts = [](FaultScene& scene) { scene.executor.take_out_of_turn(scene.fault().machine); }};

}  // namespace rollcast::models::faults
