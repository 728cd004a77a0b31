// A leader that answers fetches so late that its followers count as lagging.
#include <algorithm>

#include "models/faults/acts.hpp"

namespace rollcast::models::faults {

namespace {

/// The longest delay of those that hold.
void hold_fetches(FaultScene& scene) {
    RunState& run = scene.run;
    const BrokerId b = scene.fault().broker;
    double delay_s = 0.0;
    for (std::size_t f = 0; f < scene.book.active.size(); ++f) {
        const Fault& other = run.a_case->faults[f];
        const bool holds = scene.book.active[f] != 0 && other.kind == FaultKind::slow_leader;
        if (holds && other.broker == b) delay_s = std::max(delay_s, other.value(0));
    }
    if (delay_s > 0.0) {
        run.fetch_delay[b] = sim::ceil_seconds(delay_s);
        run.brokers[b].reason = cause_of(scene, b);
    } else {
        run.fetch_delay.erase(b);
    }
    scene.data.rates_change(run, b);
}

}  // namespace

const FaultInfo slow_leader{
    .word = "slow_leader",
    .family = FaultFamily::machine,
    .target = FaultTarget::broker,
    .parameters = {{{.key = "fetch_delay_s",
                     .unit = "s",
                     .least = 0.0,
                     .most = 3600.0,
                     .fallback = 60.0,
                     .meaning = "How long a fetch is held up; followers lag where twice that is "
                                "longer than replica.lag.time.max.ms.",
                     .source = "assumed: twice that of §1.1"}}},
    .phrase = "{target} holds up fetches for {0}, during {duration}",
    .effect =
        "A broker holds up the fetches of its followers; its disks and its own appends go on.",
    .shows =
        "Healthy followers leave the ISRs of what it leads (`isr_shrinks`, min ISR); it alone is "
        "left.",
    .over_by =
        "Fetches are answered at once again: followers catch up with the last of it and rejoin.",
    .source = "§8.2, §1.2",
    .needs = FaultNeeds::process,
    .starts = [](FaultScene& scene) { hold_fetches(scene); },
    .ends = [](FaultScene& scene) { hold_fetches(scene); }};

}  // namespace rollcast::models::faults
