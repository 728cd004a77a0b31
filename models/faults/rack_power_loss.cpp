// A power domain is dark: every machine of a rack is off at once.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void for_machines(FaultScene& scene, void (*act)(FaultScene&, MachineId)) {
    const Fleet& fleet = scene.run.fleet();
    const RackId rack = scene.fault().rack;
    for (const MachineId m : fleet.clusters()[fleet.racks()[rack].cluster].machines()) {
        if (fleet.machines()[m].rack == rack) act(scene, m);
    }
}

}  // namespace

const FaultInfo rack_power_loss{
    .word = "rack_power_loss",
    .family = FaultFamily::rack,
    .target = FaultTarget::rack,
    .phrase = "rack {target} without power for {duration}",
    .effect = "Every machine of a rack is off; page caches are gone, steps stand still.",
    .shows = "min ISR where the rack rule is broken; quorum; acknowledged records.",
    .over_by =
        "The power is back: machines start, logs are recovered, steps begin their phase "
        "again.",
    .source = "§1.8, §8.5",
    .starts = [](FaultScene& scene) { for_machines(scene, cut_power); },
    .ends = [](FaultScene& scene) { for_machines(scene, restore_power); }};

}  // namespace rollcast::models::faults
