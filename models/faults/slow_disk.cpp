// A disk that still works, at a part of its rate; Kafka does not notice (kafka-semantics §8.1).
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo slow_disk{
    .word = "slow_disk",
    .family = FaultFamily::disk,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "factor",
                     .unit = "share",
                     .least = 0.0,
                     .most = 1.0,
                     .fallback = 0.1,
                     .meaning = "Share of the rate that is left.",
                     .source = "assumed"}}},
    .phrase = "disks of {target} at {0} of their rate for {duration}",
    .effect = "The log dirs of a broker run at a share of their rates.",
    .shows = "Headroom; catch-up takes longer; below the write rate it leaves its ISRs.",
    .over_by = "The disks are as fast as before; what was missed is caught up with.",
    .source = "§8.1, §8.2",
    .needs = FaultNeeds::disk_rate,
    .starts = [](FaultScene& scene) { set_rates(scene, scene.fault().broker); },
    .ends = [](FaultScene& scene) { set_rates(scene, scene.fault().broker); },
    .slows = [](const Fault& fault, double& disks, double&) { disks *= fault.value(0); }};

}  // namespace rollcast::models::faults
