// min.insync.replicas of a topic is not what the golden file says.
#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// The value of the last of those that hold, or that of the case.
void apply_settings(FaultScene& scene) {
    const TopicId t = scene.fault().topic;
    int value = scene.run.fleet().topics()[t].min_isr;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = scene.run.a_case->faults[f];
        if (scene.book.active[f] == 0 || other.kind != FaultKind::min_isr_set) continue;
        if (other.topic == t) value = static_cast<int>(other.value(0));
    }
    scene.control.set_min_isr(t, value);
}

}  // namespace

const FaultInfo min_isr_set{.word = "min_isr_set",
                            .family = FaultFamily::configuration,
                            .target = FaultTarget::topic,
                            .parameters = {{{.key = "min_isr",
                                             .unit = "",
                                             .least = 1.0,
                                             .most = 8.0,
                                             .fallback = 3.0,
                                             .meaning = "The value; at most RF is in force.",
                                             .source = "assumed: RF of most topics",
                                             .whole = true}}},
                            .phrase = "min ISR of {target} set to {0} for {duration}",
                            .effect = "min.insync.replicas of a topic has another value.",
                            .shows =
                                "As high as RF: acks=all fails with every broker that is away "
                                "(client errors). Lower: losses.",
                            .over_by = "The setting is as the case says.",
                            .source = "§1.4, §1.5, §2.7",
                            .starts = apply_settings,
                            .ends = apply_settings};

}  // namespace rollcast::models::faults
