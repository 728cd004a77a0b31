// A re-image that formats the data disks though the plan keeps them.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo data_disk_lost{
    .word = "data_disk_lost",
    .family = FaultFamily::disk,
    .target = FaultTarget::machine,
    .lasts = false,
    .needs_trigger = false,
    .phrase = "{target} loses its data disks in its re-image",
    .effect =
        "The data disks of a machine do not survive its re-image, though they were to be kept.",
    .shows = "Its catch-up is a rebuild of all that it stores (`catch_up_bytes`, makespan).",
    .over_by = "The rebuild from the leaders.",
    .source = "§0.3, §4.4; architecture §4",
    .needs = FaultNeeds::reimage,
    .starts = [](FaultScene& scene) { scene.executor.lose_disks(scene.fault().machine); },
    .possible = [](const Fleet& fleet,
                   const Fault& fault) { return fleet.machines()[fault.machine].broker.exists(); },
    .only = "the machine of a broker"};

}  // namespace rollcast::models::faults
