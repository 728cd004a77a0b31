// How the load moves over the day: one piecewise constant curve that scales every mean rate.
#pragma once

#include <vector>

#include "sim/units.hpp"

namespace rollcast::models {

/// From `from` (since midnight) on, rates are `multiplier` times their mean.
struct CurveStep {
    sim::Duration from{};
    double multiplier = 1.0;
};

/// A daily curve. Effective time is the integral of the multiplier: a mean rate times the effective
/// seconds between two instants is what was written between them.
///
/// Invariants: steps are sorted, the first is at midnight, multipliers are >= 0.
class DailyCurve {
public:
    /// Constant load.
    DailyCurve();
    /// `start_of_run` is the time of day at which runs start. Throws ContractViolation where an
    /// invariant does not hold.
    DailyCurve(std::vector<CurveStep> steps, sim::Duration start_of_run);

    double multiplier(sim::Instant at) const;
    /// Effective seconds from the start of the run to `at`.
    double effective_seconds(sim::Instant at) const;
    /// The first instant after `at` at which the multiplier changes; never() for constant load.
    sim::Instant next_change(sim::Instant at) const;

    double lowest() const { return lowest_; }
    double highest() const { return highest_; }
    sim::Duration start_of_run() const { return start_of_run_; }
    const std::vector<CurveStep>& steps() const { return steps_; }

private:
    std::vector<CurveStep> steps_;
    std::vector<double> effective_at_step_;  // effective seconds from midnight to each step
    double effective_day_ = 86'400.0;
    double effective_start_ = 0.0;
    double lowest_ = 1.0;
    double highest_ = 1.0;
    sim::Duration start_of_run_{};
};

}  // namespace rollcast::models
