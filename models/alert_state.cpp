#include "models/alert_state.hpp"

namespace rollcast::models {

void AlertState::evaluate(sim::Instant at, bool holds) {
    const bool held = held_;
    held_ = holds;
    if (!holds) {
        if (phase_ == Phase::pending) phase_ = Phase::inactive;
        if (phase_ != Phase::firing) return;
        if (held) false_since_ = at;
        if (at - false_since_ >= keep_) phase_ = Phase::inactive;
        return;
    }
    if (phase_ == Phase::inactive) {
        phase_ = Phase::pending;
        active_at_ = at;
    }
    if (phase_ == Phase::pending && at - active_at_ >= hold_) phase_ = Phase::firing;
}

sim::Instant AlertState::next_change() const {
    if (held_ && phase_ == Phase::pending) return active_at_ + hold_;
    if (!held_ && phase_ == Phase::firing) return false_since_ + keep_;
    return sim::Instant::never();
}

}  // namespace rollcast::models
