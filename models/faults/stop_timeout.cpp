// A supervisor that kills a process before its controlled shutdown is over.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo stop_timeout{
    .word = "stop_timeout",
    .family = FaultFamily::configuration,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "stop_timeout_s",
                     .unit = "s",
                     .least = 0.0,
                     .most = 1e6,
                     .fallback = 5.0,
                     .meaning = "How long the supervisor waits.",
                     .source = "assumed"}}},
    .phrase = "the supervisors of {target} kill what has not stopped after {0}, for {duration}",
    .effect =
        "A broker that has not stopped so long after SIGTERM is killed: before its leaders have "
        "moved, or before its logs are flushed.",
    .shows =
        "Its logs are recovered before it registers (makespan); killed early, what it led stalls "
        "(`longest_stall`).",
    .over_by = "The supervisor waits as long as it takes.",
    .source = "§1.7, §1.8, §4.3",
    .starts = set_config,
    .ends = set_config,
    .sets = [](const Fleet&, const Fault& fault, ClusterConfig& config) {
        config.stop_timeout = sim::ceil_seconds(fault.value(0));
    }};

}  // namespace rollcast::models::faults
