// A run with somebody who looks on.
#pragma once

#include <vector>

#include "models/alert_rules.hpp"
#include "models/run_watch.hpp"
#include "models/simulate.hpp"

namespace rollcast::models {

struct WatchOptions {
    sim::Duration after = sim::hours(1);  // somebody looks on so long after the end (assumed)
    bool keep_series = false;             // every metric is scraped, and what came of it is kept
};

/// What a run showed, and to whom.
struct WatchedRun {
    Verdict verdict;  // that of `simulate`, to the byte
    std::vector<Alert> alerts;
    std::vector<Noticed> noticed;
    std::vector<sim::Instant> fault_starts;  // by fault of the case; never(): it did not strike
    std::vector<LossCurve> losses;           // by what was run apart
    sim::Instant end;                        // somebody looked on until then
    std::vector<SeriesStore> series;         // by what was run apart, where they are kept
};

/// The sum of `losses` at `t`.
Loss loss_at(const std::vector<LossCurve>& losses, sim::Instant t);

/// Runs `plan` as `simulate` does, scrapes what `rules` look at, and evaluates them.
WatchedRun watch(const Case& a_case,
                 const Plan& plan,
                 const RunOptions& options,
                 const AlertRules& rules,
                 const WatchOptions& watching = {});

}  // namespace rollcast::models
