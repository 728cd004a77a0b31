#include "models/alert_rules.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/alert_state.hpp"

namespace rollcast::models {

namespace {

using sim::Instant;

/// A value with the instant from which on it may be another one; nothing: no result.
struct Result {
    std::optional<double> value;
    Instant until = Instant::never();
    /// Until when an increase grows by the same rate; no later than `until` where it does not.
    Instant steady_until{};
};

/// What a counter grew by over a stretch of points; a fall means that it began anew.
struct Growth {
    std::optional<double> total;
    std::optional<double> last;
    bool moves = false;

    void take(const Point& point, Instant not_before, Instant to) {
        if (!point.present()) return;
        const double start = point.value_at(std::max(point.at, not_before));
        const double end = point.value_at(to);
        const double step = !last ? 0.0 : start >= *last ? start - *last : start;
        total = total.value_or(0.0) + step + (end - start);
        last = end;
        moves = moves || point.per_s != 0.0;
    }
};

/// Reads one series at ever later instants.
class Cursor {
public:
    Cursor(const SeriesStore& store, const Target& target, const Series& series)
        : store_(&store), target_(&target), series_(&series) {}

    Result value(Instant t) {
        move_to(t);
        Result result{{}, next_point(), {}};
        const Point* point = current();
        if (point == nullptr || !point->present()) return result;
        const Instant scraped = store_->last_scrape(*target_, t);
        result.value = point->value_at(scraped);
        if (point->per_s != 0.0) {
            result.until = std::min(result.until, scraped + store_->interval());
        }
        return result;
    }

    /// By how much a counter grew from the first scrape after `t - window` to the last one at `t`.
    Result increase(Instant t, sim::Duration window) {
        move_to(t);
        const Instant first_scrape = store_->last_scrape(*target_, t - window) + store_->interval();
        const Instant last_scrape = store_->last_scrape(*target_, t);
        while (from_ < now_ && (*series_)[from_].at <= first_scrape) ++from_;
        // The point before holds at the first scrape of the window, if the series had begun by
        // then.
        Growth growth;
        for (std::size_t i = from_ > 0 ? from_ - 1 : from_; i < now_; ++i) {
            growth.take((*series_)[i], first_scrape, end_of(i, last_scrape));
        }
        Result result{growth.total, next_point(), {}};
        for (std::size_t i = from_; i < now_; ++i) {
            // Its step is out of the window once the scrape before it is, then the point itself.
            const Instant leaves = (*series_)[i].at - store_->interval() + window;
            result.until = std::min(result.until, leaves > t ? leaves : (*series_)[i].at + window);
        }
        if (growth.moves) {
            result.until = std::min(result.until, last_scrape + store_->interval());
            if (from_ == now_) result.steady_until = next_point();  // one straight piece
        }
        return result;
    }

private:
    /// `now_` is one past the point that holds at `t`.
    void move_to(Instant t) {
        while (now_ < series_->size() && (*series_)[now_].at <= t) ++now_;
    }
    const Point* current() const { return now_ == 0 ? nullptr : &(*series_)[now_ - 1]; }
    /// Until when point `i` is followed: the scrape that found another one, the last one before a
    /// gap, or the last one at all.
    Instant end_of(std::size_t i, Instant last_scrape) const {
        if (i + 1 == now_) return last_scrape;
        const Point& next = (*series_)[i + 1];
        return next.present() ? next.at : next.at - store_->interval();
    }
    Instant next_point() const {
        return now_ < series_->size() ? (*series_)[now_].at : Instant::never();
    }

    const SeriesStore* store_;
    const Target* target_;
    const Series* series_;
    std::size_t now_ = 0;
    std::size_t from_ = 0;  // first point after the first scrape of the window
};

bool compare(double value, Comparison is, double threshold) {
    switch (is) {
        case Comparison::above:
            return value > threshold;
        case Comparison::at_least:
            return value >= threshold;
        case Comparison::below:
            return value < threshold;
        case Comparison::at_most:
            return value <= threshold;
        case Comparison::equal:
            return value == threshold;
        case Comparison::unequal:
            return value != threshold;
    }
    return false;
}

/// Whether a term holds, and until when that cannot change.
struct RuleOutcome {
    bool holds = false;
    Instant until = Instant::never();
};

/// One term for one subject.
class TermReader {
public:
    TermReader(const AlertTerm& term, const SeriesStore& store, const Fleet& fleet, Subject subject)
        : term_(&term) {
        for (const Target& target : store.targets()) {
            if (!concerns(target, subject)) continue;
            if (!term.group.empty() && fleet.groups()[target.subject.group].name != term.group) {
                continue;
            }
            const Series* series = store.find(target, term.metric);
            if (series == nullptr) continue;
            series_.emplace_back(store, target, *series);
            if (term.per) divisors_.emplace_back(store, target, *store.find(target, *term.per));
        }
        last_.resize(series_.size(), Result{{}, Instant{}, {}});
    }

    RuleOutcome at(Instant t) {
        RuleOutcome outcome;
        std::optional<double> all;
        for (std::size_t i = 0; i < series_.size(); ++i) {
            Result& one = last_[i];
            if (one.until <= t) one = of_series(i, t);
            outcome.until = std::min(outcome.until, one.until);
            if (one.value) all = combined(all, *one.value);
        }
        if (term_->of == Aggregate::absent) {
            outcome.holds = !all;
        } else {
            outcome.holds = all && compare(*all, term_->is, term_->threshold);
        }
        return outcome;
    }

private:
    bool concerns(const Target& target, const Subject& subject) const {
        if (target.source != info_of(term_->metric).source) return false;
        if (target.subject.cluster != subject.cluster) return false;
        return term_->by_cluster() || target.subject == subject;
    }

    Result read(Cursor& cursor, Instant t) const {
        return term_->window ? cursor.increase(t, *term_->window) : cursor.value(t);
    }

    Result of_series(std::size_t i, Instant t) {
        Result result = read(series_[i], t);
        if (!term_->per) return result;
        const Result divisor = read(divisors_[i], t);
        result.until = std::min(result.until, divisor.until);
        const bool any = result.value && divisor.value && *divisor.value != 0.0;
        result.value = any ? std::optional(*result.value / *divisor.value) : std::nullopt;
        // Of two increases over the same scrapes at steady rates the quotient stays, but for
        // rounding.
        const Instant steady = std::min(result.steady_until, divisor.steady_until);
        if (any && steady > result.until && far_from_threshold(*result.value)) {
            result.until = steady;
        }
        return result;
    }

    /// By more than rounding could bridge: counters are at most 10^9 times their increase.
    bool far_from_threshold(double value) const {
        return term_->of == Aggregate::value && term_->threshold != 0.0 &&
               std::abs(value - term_->threshold) > 1e-6 * std::abs(term_->threshold);
    }

    double combined(const std::optional<double>& all, double one) const {
        if (!all) return one;
        if (term_->of == Aggregate::max) return std::max(*all, one);
        if (term_->of == Aggregate::min) return std::min(*all, one);
        return *all + one;
    }

    const AlertTerm* term_;
    std::vector<Cursor> series_;
    std::vector<Cursor> divisors_;
    std::vector<Result> last_;  // by series: what was read, until it can be another
};

/// Everybody whom the rule has an alert for.
std::vector<Subject> subjects_of(const AlertRule& rule, const SeriesStore& store) {
    std::vector<Subject> subjects;
    for (const Target& target : store.targets()) {
        if (target.source != info_of(rule.when.metric).source) continue;
        Subject subject = target.subject;
        if (rule.when.by_cluster()) subject = {.cluster = subject.cluster};
        subjects.push_back(subject);
    }
    std::sort(subjects.begin(), subjects.end());
    subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
    return subjects;
}

/// The first evaluation at or after `t`.
Instant tick_from(Instant t, sim::Duration interval) {
    const std::int64_t ticks = (t.count() + interval.count() - 1) / interval.count();
    return Instant{sim::Duration{ticks * interval.count()}};
}

class RuleRun {
public:
    RuleRun(std::uint32_t number,
            const AlertRule& rule,
            const SeriesStore& store,
            const Fleet& fleet,
            const Subject& subject)
        : number_(number),
          rule_(&rule),
          subject_(subject),
          when_(rule.when, store, fleet, subject),
          state_(rule.hold, rule.keep_firing) {
        if (!rule.also) return;
        also_.emplace(*rule.also, store, fleet, subject);
    }

    /// Evaluates from the start until before `to`.
    void run(Instant to, std::vector<Alert>& alerts) {
        for (Instant t{}; t < to;) {
            RuleOutcome now = when_.at(t);
            if (also_) {
                const RuleOutcome also = also_->at(t);
                now = {now.holds && also.holds, std::min(now.until, also.until)};
            }
            const bool fired = state_.firing();
            state_.evaluate(t, now.holds);
            if (state_.firing() && !fired) {
                alerts.push_back({number_, subject_, state_.active_at(), t});
            }
            if (fired && !state_.firing()) alerts.back().resolved_at = t;
            const Instant next = std::min(now.until, state_.next_change());
            if (next >= to) break;
            t = std::max(t + rule_->interval, tick_from(next, rule_->interval));
        }
    }

private:
    std::uint32_t number_;
    const AlertRule* rule_;
    Subject subject_;
    TermReader when_;
    std::optional<TermReader> also_;
    AlertState state_;
};

std::string number_text(double value) { return fmt::format("{:g}", value); }

std::string term_text(const AlertTerm& term) {
    const auto one = [&](Metric metric) {
        std::string text(info_of(metric).name);
        if (!term.group.empty()) text += fmt::format("{{group=\"{}\"}}", term.group);
        if (!term.window) return text;
        return fmt::format("increase({}[{}s])", text, term.window->count() / 1'000'000'000);
    };
    std::string text = one(term.metric);
    if (term.per) text += " / " + one(*term.per);
    if (term.of == Aggregate::absent) return fmt::format("absent({}) by (cluster)", text);
    if (term.of != Aggregate::value) {
        text = fmt::format("{} by (cluster) ({})", to_string(term.of), text);
    }
    return fmt::format("{} {} {}", text, to_string(term.is), number_text(term.threshold));
}

}  // namespace

std::vector<Metric> metrics_of(const std::vector<AlertRule>& rules) {
    std::vector<Metric> metrics;
    const auto add = [&](const AlertTerm& term) {
        metrics.push_back(term.metric);
        if (term.per) metrics.push_back(*term.per);
    };
    for (const AlertRule& rule : rules) {
        add(rule.when);
        if (rule.also) add(*rule.also);
    }
    std::sort(metrics.begin(), metrics.end());
    metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
    return metrics;
}

bool can_join(const AlertTerm& when, const AlertTerm& also) {
    if (also.by_cluster()) return true;
    if (when.by_cluster()) return false;
    const bool groups = info_of(when.metric).source == MetricSource::group;
    return groups == (info_of(also.metric).source == MetricSource::group);
}

std::vector<Alert> evaluate_alerts(const std::vector<AlertRule>& rules,
                                   const SeriesStore& series,
                                   const Fleet& fleet,
                                   Instant until) {
    std::vector<Alert> alerts;
    for (std::uint32_t r = 0; r < rules.size(); ++r) {
        for (const Subject& subject : subjects_of(rules[r], series)) {
            RuleRun run(r, rules[r], series, fleet, subject);
            run.run(until, alerts);
        }
    }
    return alerts;
}

std::string expression_text(const AlertRule& rule) {
    std::string text = term_text(rule.when);
    if (!rule.also) return text;
    const bool by_cluster = rule.also->by_cluster();
    // Machines and groups of two clusters may have one name.
    const std::string_view on = by_cluster ? "cluster"
                                : info_of(rule.when.metric).source == MetricSource::group
                                    ? "cluster, group"
                                    : "cluster, machine";
    return fmt::format("{} and on ({}) {}", text, on, term_text(*rule.also));
}

std::string_view to_string(Aggregate aggregate) {
    switch (aggregate) {
        case Aggregate::value:
            return "value";
        case Aggregate::sum:
            return "sum";
        case Aggregate::max:
            return "max";
        case Aggregate::min:
            return "min";
        case Aggregate::absent:
            return "absent";
    }
    return "unknown";
}

std::string_view to_string(Comparison comparison) {
    switch (comparison) {
        case Comparison::above:
            return ">";
        case Comparison::at_least:
            return ">=";
        case Comparison::below:
            return "<";
        case Comparison::at_most:
            return "<=";
        case Comparison::equal:
            return "==";
        case Comparison::unequal:
            return "!=";
    }
    return "?";
}

std::string_view to_string(Failure failure) {
    switch (failure) {
        case Failure::machine:
            return "machine";
        case Failure::disk:
            return "disk";
        case Failure::network:
            return "network";
        case Failure::version:
            return "version";
        case Failure::auth:
            return "auth";
        case Failure::imbalance:
            return "imbalance";
        case Failure::leaders:
            return "leaders";
        case Failure::data_movement:
            return "data_movement";
        case Failure::quorum:
            return "quorum";
        case Failure::checksums:
            return "checksums";
        case Failure::consumers:
            return "consumers";
        case Failure::replication:
            return "replication";
        case Failure::telemetry:
            return "telemetry";
    }
    return "unknown";
}

}  // namespace rollcast::models
