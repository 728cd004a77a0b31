// One machine is off: what was not yet on its disks is gone.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo machine_power_loss{
    .word = "machine_power_loss",
    .family = FaultFamily::machine,
    .target = FaultTarget::machine,
    .phrase = "{target} without power for {duration}",
    .effect = "A machine is off; its page cache is gone, its step stands still.",
    .shows =
        "As broker_crash, and the unflushed end of its logs is gone (`acked_loss` where it was the "
        "last).",
    .over_by = "The power is back: logs are recovered, the step begins its phase again.",
    .source = "§1.8",
    .starts = [](FaultScene& scene) { cut_power(scene, scene.fault().machine); },
    .ends = [](FaultScene& scene) { restore_power(scene, scene.fault().machine); }};

}  // namespace rollcast::models::faults
