// A re-imaged broker comes up without its broker.rack.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo lost_rack{
    .word = "lost_rack",
    .family = FaultFamily::machine,
    .target = FaultTarget::broker,
    .phrase = "{target} runs without its broker.rack for {duration}",
    .effect =
        "A broker does not say in which rack it is; no new replica of its cluster is placed "
        "by racks meanwhile.",
    .shows =
        "The configuration audit of its own step. What is moved lands where fewest are, two "
        "replicas in one rack maybe: N-1 margin.",
    .over_by = "The setting is there and the broker restarted; what was placed stays.",
    .source = "§7",
    .starts = [](FaultScene& scene) { scene.run.brokers[scene.fault().broker].rack_lost = true; },
    .ends = [](FaultScene& scene) { scene.run.brokers[scene.fault().broker].rack_lost = false; }};

}  // namespace rollcast::models::faults
