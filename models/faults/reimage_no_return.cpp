// A machine that does not survive its re-image.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo reimage_no_return{
    .word = "reimage_no_return",
    .family = FaultFamily::machine,
    .target = FaultTarget::machine,
    .lasts = false,
    .needs_trigger = false,
    .phrase = "{target} never returns from its re-image",
    .effect = "The re-image of a machine that goes on, or else its next one, never ends.",
    .shows = "`finished`: it is given up after its time-out and holds its neighbours.",
    .over_by = "Nothing in the run: 0.5-1 % of machines do not survive a restart.",
    .source = "§8.5, §10",
    .needs = FaultNeeds::reimage,
    .starts = [](FaultScene& scene) { scene.executor.never_return(scene.fault().machine); }};

}  // namespace rollcast::models::faults
