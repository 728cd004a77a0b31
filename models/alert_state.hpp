// The state machine of one alert, as Prometheus 2.42 runs it.
#pragma once

#include <cstdint>

#include "sim/units.hpp"

namespace rollcast::models {

/// One alert of a rule, evaluated tick by tick.
///
/// Active from the first evaluation that is true; it fires at the first one at which it has been
/// true for `hold`, at once where that is nothing. The first evaluation that is false ends a
/// pending alert; a firing one stays until the first evaluation at which it has been false for
/// `keep`, and goes on firing where it becomes true before.
class AlertState {
public:
    enum class Phase : std::uint8_t { inactive, pending, firing };

    AlertState(sim::Duration hold, sim::Duration keep) : hold_(hold), keep_(keep) {}

    /// The evaluation at `at`, later than the one before.
    void evaluate(sim::Instant at, bool holds);
    /// The first instant at which an evaluation with the outcome of the last one would change
    /// anything; never() if none would. Until then evaluations may be left out.
    sim::Instant next_change() const;

    Phase phase() const { return phase_; }
    bool firing() const { return phase_ == Phase::firing; }
    sim::Instant active_at() const { return active_at_; }

private:
    sim::Duration hold_;
    sim::Duration keep_;
    Phase phase_ = Phase::inactive;
    bool held_ = false;  // by the last evaluation
    sim::Instant active_at_;
    sim::Instant false_since_;  // firing and false
};

}  // namespace rollcast::models
