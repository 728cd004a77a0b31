// Time series as a scraper holds them, in change-only form.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "models/ids.hpp"
#include "models/metrics.hpp"
#include "sim/units.hpp"

namespace rollcast::models {

/// Who a series or an alert is about; what does not apply is none.
struct Subject {
    ClusterId cluster = ClusterId::none();
    MachineId machine = MachineId::none();
    GroupId group = GroupId::none();
    auto operator<=>(const Subject&) const = default;
};

/// From the scrape at `at` on, a series is `value`, and moves by `per_s` each second. NaN: absent.
struct Point {
    sim::Instant at;
    double value = 0.0;
    double per_s = 0.0;

    bool present() const { return !std::isnan(value); }
    /// Never below 0, as no metric here is.
    double value_at(sim::Instant t) const {
        if (per_s == 0.0) return value;
        return std::max(0.0, value + per_s * sim::to_seconds(t - at));
    }
};
inline constexpr double absent_value = std::numeric_limits<double>::quiet_NaN();

using Series = std::vector<Point>;

/// What is scraped, at `phase + k * interval` for every whole k.
struct Target {
    MetricSource source = MetricSource::broker;
    std::uint32_t entity = 0;  // BrokerId, QuorumNodeId, MachineId, ClusterId or GroupId
    Subject subject;
    sim::Duration phase{};
    std::uint32_t first_series = 0;
};

/// The series of the metrics that somebody asked for, of every target that gives them.
///
/// Between two points of a series every scrape of its target has found what the first one says. So
/// its value at an instant is that of the last scrape before.
class SeriesStore {
public:
    SeriesStore() = default;
    SeriesStore(std::vector<Metric> metrics, std::vector<Target> targets, sim::Duration interval);

    sim::Duration interval() const { return interval_; }
    const std::vector<Target>& targets() const { return targets_; }
    /// The metrics that targets of `source` are asked for, in the order of their series.
    const std::vector<Metric>& metrics_of(MetricSource source) const {
        return metrics_[static_cast<std::size_t>(source)];
    }
    /// Nullptr where `metric` was not asked for, or is not one of the target's.
    const Series* find(const Target& target, Metric metric) const;
    Series& series(std::size_t index) { return series_[index]; }
    const Series& series(std::size_t index) const { return series_[index]; }

    /// The last scrape of `target` at or before `t`.
    sim::Instant last_scrape(const Target& target, sim::Instant t) const;

    /// What is known of `metric` of `target` at `t`: its value at the last scrape before, which is
    /// up to an interval old. NaN where it was absent. What an orchestrator's stop rule may read.
    double observed(const Target& target, Metric metric, sim::Instant t) const;

private:
    std::array<std::vector<Metric>, source_count> metrics_;
    std::vector<Target> targets_;
    std::vector<Series> series_;
    sim::Duration interval_{};
};

}  // namespace rollcast::models
