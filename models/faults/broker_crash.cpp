// A process dies, its host lives: what was written is in the page cache and reaches the disk.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo broker_crash{
    .word = "broker_crash",
    .family = FaultFamily::machine,
    .target = FaultTarget::broker,
    .phrase = "{target} crashes, back after {duration}",
    .effect = "The process of a broker dies; its host and page cache stay.",
    .shows = "What it led has no server until its session expires (`longest_stall`); min ISR.",
    .over_by = "The process is started again and reads its unflushed logs before it registers.",
    .source = "§1.6, §1.8, §4.3",
    .needs = FaultNeeds::process,
    .starts = [](FaultScene& scene) { kill_process(scene, scene.fault().broker, false, false); },
    .ends = [](FaultScene& scene) { start_process(scene, scene.fault().broker); }};

}  // namespace rollcast::models::faults
