// The next batch is started by hand before the one at work is done.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo next_batch_early{
    .word = "next_batch_early",
    .family = FaultFamily::operation,
    .target = FaultTarget::cluster,
    .lasts = false,
    .phrase = "the next batch of {target} is started early",
    .effect =
        "The next batch of a cluster that waits is started now, whatever its plan and gates say.",
    .shows = "Two batches are away at once (min ISR, headroom).",
    .over_by = "Its steps end.",
    .source = "§10 (guard conditions)",
    .starts = [](FaultScene& scene) { scene.executor.start_next_batch(scene.fault().cluster); }};

}  // namespace rollcast::models::faults
