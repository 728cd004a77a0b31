// Alert rules over the metrics of a run, and what of them fires.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/fleet.hpp"
#include "models/series.hpp"

namespace rollcast::models {

/// `value`: every series by itself. The others go over all series of a cluster; those that are
/// absent count for nothing, and where all are, there is no result but for `absent`.
enum class Aggregate : std::uint8_t { value, sum, max, min, absent };

enum class Comparison : std::uint8_t { above, at_least, below, at_most, equal, unequal };

/// What a rule is there to notice (architecture §5).
enum class Failure : std::uint8_t {
    machine,
    disk,
    network,
    version,
    auth,
    imbalance,
    leaders,
    data_movement,
    quorum,
    checksums,
    consumers,
    replication,
    telemetry
};
inline constexpr int failure_count = 13;

/// `of(metric) is threshold`. `window`: of the increase over so long, counter resets taken into
/// account, without Prometheus' extrapolation to the window's ends. `per`: divided by the same of
/// another metric of the same source; nothing where that is 0.
struct AlertTerm {
    Metric metric = Metric::broker_up;
    Aggregate of = Aggregate::value;
    std::optional<sim::Duration> window{};
    std::optional<Metric> per{};
    Comparison is = Comparison::above;
    double threshold = 0.0;
    std::string group{};  // metrics of groups: this one alone; empty = all

    /// True where the term has one result a cluster.
    bool by_cluster() const {
        return of != Aggregate::value || info_of(metric).source == MetricSource::cluster;
    }
};

/// Holds for a subject while `when` does and, where there is one, `also` for the same subject or
/// its cluster.
struct AlertRule {
    std::string name;
    AlertTerm when;
    std::optional<AlertTerm> also{};
    sim::Duration hold{};                       // "for"
    sim::Duration keep_firing{};                // "keep_firing_for"
    sim::Duration interval = sim::seconds(15);  // between evaluations
    std::string severity = "warning";
    Failure failure = Failure::machine;
    std::string meaning{};
};

struct AlertRules {
    sim::Duration scrape_interval = sim::seconds(30);
    std::vector<AlertRule> rules;
};

/// Every metric that some rule looks at.
std::vector<Metric> metrics_of(const std::vector<AlertRule>& rules);

/// True where `also` can be joined to `when`: over the same subjects, or by cluster.
bool can_join(const AlertTerm& when, const AlertTerm& also);

/// An alert that fired.
struct Alert {
    std::uint32_t rule = 0;
    Subject subject;
    sim::Instant active_at;
    sim::Instant fired_at;
    sim::Instant resolved_at = sim::Instant::never();  // never(): still firing at the end
};

/// What of `rules` fires from the start of the run until `until`, by rule, subject and time.
/// Evaluations are `interval` apart, the first at the start. O(changes of series).
std::vector<Alert> evaluate_alerts(const std::vector<AlertRule>& rules,
                                   const SeriesStore& series,
                                   const Fleet& fleet,
                                   sim::Instant until);

/// The rule as Prometheus would write its expression.
std::string expression_text(const AlertRule& rule);

std::string_view to_string(Aggregate aggregate);
std::string_view to_string(Comparison comparison);  // ">", ">=", ...
std::string_view to_string(Failure failure);

}  // namespace rollcast::models
