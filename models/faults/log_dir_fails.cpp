// A data disk dies; the broker runs on without it.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo log_dir_fails{
    .word = "log_dir_fails",
    .family = FaultFamily::disk,
    .target = FaultTarget::log_dir,
    .phrase = "log dir {target} fails, replaced after {duration}",
    .effect =
        "A log dir fails: its replicas are offline, the broker runs on; without its last one it "
        "halts.",
    .shows =
        "Its replicas are out of their ISRs, what it led is led by others; N-1 margin, min ISR.",
    .over_by =
        "The disk is replaced and the broker restarted: what lay there is built anew from the "
        "leaders.",
    .source = "§8.1",
    .starts = [](FaultScene& scene) { fail_dir(scene); },
    .ends = [](FaultScene& scene) { repair_dir(scene, true); }};

}  // namespace rollcast::models::faults
