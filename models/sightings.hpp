// Who would notice which fault, after how long, and what was lost by then.
#pragma once

#include <string>
#include <vector>

#include "models/watched_run.hpp"

namespace rollcast::models {

/// Who can see a fault: an alert rule, a check of the orchestrator, or a rule of the verdict. The
/// last is no observer in the field: it knows everything, and tells whether there was something to
/// be seen.
struct Observer {
    enum class Kind : std::uint8_t { alert, check, verdict };
    Kind kind = Kind::alert;
    std::uint32_t index = 0;  // into the rules, or a Check, or a Rule
    auto operator<=>(const Observer&) const = default;
};

/// The first time that an observer saw a fault.
struct Sighting {
    Observer by;
    sim::Instant at;
    Subject subject;
};

/// One fault, alone in its run.
struct FaultSightings {
    std::uint32_t fault = 0;                      // of the case
    sim::Instant starts = sim::Instant::never();  // never(): it did not strike
    std::vector<Sighting> seen;                   // one an observer, by time
    std::vector<LossCurve> losses;                // of its run
    sim::Instant end;                             // when the last one looked
    bool changes_run = false;                     // something happens that would not without it

    /// The first sighting by an alert or a check; nullptr where nobody in the field sees the fault.
    const Sighting* first() const;
};

struct Sightings {
    std::vector<FaultSightings> faults;  // in the order of the case
    std::vector<Alert> anyway;           // what fires without any fault
    std::vector<LossCurve> base_losses;  // without any fault

    /// What had been lost by `t` through `fault`: more than in the run without it.
    Loss lost(const FaultSightings& fault, sim::Instant t) const;
};

/// Runs the case once without its faults and once with each of them alone, and compares. What is
/// seen in the run without does not count: an alert or a notice of the same rule about the same
/// subject is the fault's only where there are more of them than without it, and then the last of
/// them. `threads` of the options are used across runs.
Sightings find_sightings(const Case& a_case,
                         const Plan& plan,
                         const RunOptions& options,
                         const AlertRules& rules,
                         const WatchOptions& watching = {});

/// The same as if `observer` were not there: nobody else sees anything sooner or later for it.
Sightings without(const Sightings& sightings, const Observer& observer);

/// "KafkaBrokerDown", "broker_out_of_sync", "min_isr".
std::string observer_name(const AlertRules& rules, const Observer& observer);

}  // namespace rollcast::models
