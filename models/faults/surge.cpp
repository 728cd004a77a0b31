// More traffic than usual, in a whole cluster.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

void set_surges(FaultScene& scene) {
    for (const TopicId t : scene.run.fleet().clusters()[scene.fault().cluster].topics()) {
        set_surge(scene, t);
    }
}

}  // namespace

const FaultInfo surge{
    .word = "surge",
    .family = FaultFamily::load,
    .target = FaultTarget::cluster,
    .parameters = {{{.key = "times",
                     .unit = "",
                     .least = 0.01,
                     .most = 1000.0,
                     .fallback = 3.0,
                     .meaning = "How many times as much, or as long.",
                     .source = "assumed"}}},
    .phrase = "{target} takes {0} times its writes for {duration}",
    .effect = "Producers write a multiple of the usual to every topic of a cluster.",
    .shows = "Headroom, consumer lag; catch-up has more to fetch and less to fetch it with.",
    .over_by = "Writes are as usual.",
    .source = "architecture §5",
    .starts = set_surges,
    .ends = set_surges};

}  // namespace rollcast::models::faults
