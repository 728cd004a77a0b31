// More traffic than usual in one topic.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

const FaultInfo topic_surge{
    .word = "topic_surge",
    .family = FaultFamily::load,
    .target = FaultTarget::topic,
    .parameters = {{{.key = "times",
                     .unit = "",
                     .least = 0.01,
                     .most = 1000.0,
                     .fallback = 3.0,
                     .meaning = "How many times as much, or as long.",
                     .source = "assumed"}}},
    .phrase = "{target} takes {0} times its writes for {duration}",
    .effect = "Producers write a multiple of the usual to a topic.",
    .shows = "Headroom of the brokers that hold it, lag of the groups that read it.",
    .over_by = "Writes are as usual.",
    .source = "architecture §5",
    .starts = [](FaultScene& scene) { set_surge(scene, scene.fault().topic); },
    .ends = [](FaultScene& scene) { set_surge(scene, scene.fault().topic); }};

}  // namespace rollcast::models::faults
