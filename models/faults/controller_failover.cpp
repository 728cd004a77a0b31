// The controller is gone for good, or stands back; the brokers live.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo controller_failover{
    .word = "controller_failover",
    .family = FaultFamily::quorum,
    .target = FaultTarget::cluster,
    .lasts = false,
    .phrase = "the controller of {target} fails over",
    .effect =
        "Another controller takes over: in ZooKeeper mode it reads all partitions, in KRaft it is "
        "elected.",
    .shows =
        "Elections and ISR changes wait meanwhile: who dies just then stalls longer "
        "(`longest_stall`).",
    .over_by = "The new controller is ready.",
    .source = "§2.2, §2.3",
    .starts = [](FaultScene& scene) { scene.control.controller_resigns(scene.fault().cluster); }};

}  // namespace rollcast::models::faults
