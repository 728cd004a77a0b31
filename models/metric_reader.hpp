// What an exporter would answer just now, read from the state of a run.
#pragma once

#include <optional>

#include "models/executor.hpp"
#include "models/lag_watch.hpp"
#include "models/series.hpp"

namespace rollcast::models {

/// One running fleet, to be looked at.
struct RunView {
    const RunState& run;
    const DataPlane& data;
    const Executor& executor;
    const LagWatch& lag;
};

/// A sample: absent, a gauge that may move by `per_s`, or a counter that grows by `per_s` from
/// wherever it is.
struct Reading {
    double value = absent_value;
    double per_s = 0.0;
    bool goes_on = false;  // `value` is not known, only how it grows
};

/// Every target of a scope, ordered by phase. Phases are spread over the interval by machine, the
/// same in every run, as a scraper spreads them by a hash of the target's name.
std::vector<Target> targets_of(const RunState& run, sim::Duration interval);

/// What `target` answers at `at` about `metric`, one of its source. The state must be the one that
/// holds at `at`, and `run.record_metrics` must be set.
Reading read_metric(const RunView& view, const Target& target, Metric metric, sim::Instant at);

}  // namespace rollcast::models
