#include "models/workload.hpp"

#include <algorithm>

namespace rollcast::models {

namespace {}

DailyCurve::DailyCurve() : DailyCurve({{.from = {}, .multiplier = 1.0}}, {}) {}

DailyCurve::DailyCurve(std::vector<CurveStep> steps, sim::Duration start_of_run)
    : steps_(std::move(steps)), start_of_run_(start_of_run) {
    sim::ensure(!steps_.empty() && steps_.front().from == sim::Duration{0},
                "a daily curve starts at midnight");
    sim::ensure(start_of_run.count() >= 0 && start_of_run.count() < sim::day.count(),
                "the start of a run is a time of day");
    lowest_ = highest_ = steps_.front().multiplier;
    double effective = 0.0;
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const std::int64_t from = steps_[i].from.count();
        const std::int64_t to =
            i + 1 < steps_.size() ? steps_[i + 1].from.count() : sim::day.count();
        sim::ensure(from < to && to <= sim::day.count(), "the steps of a daily curve are sorted");
        sim::ensure(steps_[i].multiplier >= 0.0, "the multipliers of a daily curve are >= 0");
        effective_at_step_.push_back(effective);
        effective += steps_[i].multiplier * sim::to_seconds(sim::Duration{to - from});
        lowest_ = std::min(lowest_, steps_[i].multiplier);
        highest_ = std::max(highest_, steps_[i].multiplier);
    }
    effective_day_ = effective;
    effective_start_ = 0.0;
    effective_start_ = effective_seconds(sim::Instant{});
}

namespace {

/// Index of the step that holds a time of day.
std::size_t step_at(const std::vector<CurveStep>& steps, std::int64_t time_of_day) {
    std::size_t low = 0;
    std::size_t high = steps.size();
    while (high - low > 1) {
        const std::size_t middle = (low + high) / 2;
        (steps[middle].from.count() <= time_of_day ? low : high) = middle;
    }
    return low;
}

}  // namespace

double DailyCurve::multiplier(sim::Instant at) const {
    if (steps_.size() == 1) return steps_.front().multiplier;
    const std::int64_t t = at.count() + start_of_run_.count();
    return steps_[step_at(steps_, t % sim::day.count())].multiplier;
}

double DailyCurve::effective_seconds(sim::Instant at) const {
    if (steps_.size() == 1) return steps_.front().multiplier * sim::to_seconds(at);
    const std::int64_t t = at.count() + start_of_run_.count();
    const std::int64_t time_of_day = t % sim::day.count();
    const std::size_t i = step_at(steps_, time_of_day);
    const double inside =
        steps_[i].multiplier * sim::to_seconds(sim::Duration{time_of_day} - steps_[i].from);
    const std::int64_t whole_days = t / sim::day.count();
    return static_cast<double>(whole_days) * effective_day_ + effective_at_step_[i] + inside -
           effective_start_;
}

sim::Instant DailyCurve::next_change(sim::Instant at) const {
    if (steps_.size() == 1) return sim::Instant::never();
    const std::int64_t t = at.count() + start_of_run_.count();
    const std::int64_t time_of_day = t % sim::day.count();
    const std::size_t i = step_at(steps_, time_of_day);
    const std::int64_t next = i + 1 < steps_.size() ? steps_[i + 1].from.count() : sim::day.count();
    return at + sim::Duration{next - time_of_day};
}

}  // namespace rollcast::models
