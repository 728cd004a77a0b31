#include "report/alerts/judgement.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "report/names.hpp"
#include "report/prometheus/open_metrics.hpp"
#include "report/words.hpp"

namespace rollcast::report {
namespace {

using sim::Instant;

/// So long after the last step a batch still explains what fires: the next scrapes and evaluations
/// have to see that it is over (assumed).
constexpr sim::Duration after_batch = sim::minutes(5);

bool any_matches(const std::vector<AlertPattern>& patterns, const std::string& name) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const AlertPattern& pattern) {
        return pattern.matches(name);
    });
}

struct Span {
    Instant from;
    Instant to;
};

/// When steps of the cluster, or of any where there is none, are under way.
std::vector<Span> step_spans(const models::Case& a_case,
                             const models::Verdict& verdict,
                             models::ClusterId cluster) {
    std::vector<Span> spans;
    const auto add = [&](const models::MachineTimes& times) {
        if (times.start == Instant::never()) return;
        if (cluster.exists() && a_case.fleet.machines()[times.machine].cluster != cluster) return;
        const bool open = times.end == Instant::never();
        spans.push_back({times.start, open ? Instant::never() : times.end + after_batch});
    };
    for (const models::MachineTimes& times : verdict.machines) add(times);
    for (const models::MachineTimes& times : verdict.went_back) add(times);
    std::sort(
        spans.begin(), spans.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
    return spans;
}

/// Whether some span holds at every instant of [from, to).
bool all_within(const std::vector<Span>& spans, Instant from, Instant to) {
    Instant covered = from;
    for (const Span& span : spans) {
        if (span.from > covered) break;
        covered = std::max(covered, span.to);
    }
    return covered >= to && covered > from;
}

/// The fired alerts of `with` that are more than those of `base`: of the same labels the last ones.
std::vector<bool> beyond_base(const AlertRun& with, const AlertRun* base) {
    std::vector<bool> beyond(with.alerts.size(), true);
    if (base == nullptr) return beyond;
    std::map<std::string, std::vector<Instant>> usual;
    for (const FiredAlert& alert : base->alerts) {
        usual[labels_text(alert.labels)].push_back(alert.fired);
    }
    std::map<std::string, std::size_t> left;
    for (std::size_t i = 0; i < with.alerts.size(); ++i) {
        const auto found = usual.find(labels_text(with.alerts[i].labels));
        if (found == usual.end()) continue;
        std::vector<Instant>& times = found->second;
        const auto same = std::find(times.begin(), times.end(), with.alerts[i].fired);
        if (same == times.end()) continue;
        times.erase(same);
        beyond[i] = false;
    }
    // Those that fire at another time stand for one that did without faults, as long as there are.
    for (std::size_t i = 0; i < with.alerts.size(); ++i) {
        if (!beyond[i]) continue;
        const auto found = usual.find(labels_text(with.alerts[i].labels));
        if (found == usual.end() || found->second.empty()) continue;
        found->second.pop_back();
        beyond[i] = false;
    }
    return beyond;
}

std::vector<JudgedAlert> judged_alerts(const models::Case& a_case,
                                       const AlertRun& run,
                                       const AlertRun* base,
                                       const LabelClusters& clusters,
                                       const AlertDemands& demands) {
    const std::vector<bool> beyond = beyond_base(run, base);
    std::map<models::ClusterId, std::vector<Span>> spans;
    std::vector<JudgedAlert> judged;
    for (std::size_t i = 0; i < run.alerts.size(); ++i) {
        JudgedAlert one{run.alerts[i], clusters.find(run.alerts[i].labels)};
        for (const Label& label : one.alert.labels) {
            one.pages = one.pages || (label.name == demands.page_label &&
                                      demands.page_value.matches(label.value));
        }
        if (any_matches(demands.allowed_in_batches, one.alert.name)) {
            auto [known, added] = spans.try_emplace(one.cluster);
            if (added) known->second = step_spans(a_case, run.verdict, one.cluster);
            const Instant to = std::min(one.alert.resolved, run.end);
            one.expected = all_within(known->second, one.alert.fired, to);
        }
        one.anyway = !beyond[i];
        judged.push_back(std::move(one));
    }
    return judged;
}

/// Notes in `failure` the first of `alerts` that tells of it: one that fires at or after it, or
/// still does.
void find_teller(const std::vector<JudgedAlert>& alerts, Failure& failure) {
    Instant paged_at = Instant::never();
    for (const JudgedAlert& one : alerts) {
        if (one.anyway || one.expected || one.alert.resolved <= failure.at) continue;
        if (one.alert.fired < failure.told_at) {
            failure.told_at = one.alert.fired;
            failure.told_by = one.alert.name;
        }
        if (one.pages && one.alert.fired < paged_at) {
            paged_at = one.alert.fired;
            failure.paged_by = one.alert.name;
        }
    }
}

void add_faults(const models::Case& a_case,
                const std::vector<AlertRun>& runs,
                const LabelClusters& clusters,
                const AlertDemands& demands,
                std::vector<Failure>& failures) {
    const std::size_t faults = a_case.faults.size();
    for (std::size_t f = 0; f < faults; ++f) {
        const AlertRun& alone = faults == 1 ? runs[0] : runs[2 + f];
        Failure failure;
        failure.what = fmt::format(
            "{}: {}", a_case.faults[f].name, fault_text(a_case.fleet, a_case.faults[f]));
        failure.at = alone.fault_starts.front();
        failure.changes_run = alone.verdict.trace_hash != runs[1].verdict.trace_hash;
        if (failure.at != Instant::never()) {
            find_teller(judged_alerts(a_case, alone, &runs[1], clusters, demands), failure);
        }
        failures.push_back(std::move(failure));
    }
}

void add_broken_promises(const models::Case& a_case,
                         const AlertRun& run,
                         const std::vector<JudgedAlert>& alerts,
                         std::vector<Failure>& failures) {
    for (int r = 0; r < models::rule_count; ++r) {
        const models::RuleResult& result = run.verdict.rule(static_cast<models::Rule>(r));
        if (!result.broken() || !result.first) continue;
        Failure failure;
        failure.what = fmt::format("the promise \"{}\" is broken{}",
                                   rule_title(static_cast<models::Rule>(r)),
                                   a_case.faults.size() > 1 ? ", all faults together" : "");
        failure.at = result.first->at;
        find_teller(alerts, failure);
        failures.push_back(std::move(failure));
    }
}

Demand must_fire(const MustFire& wanted,
                 const std::vector<JudgedAlert>& alerts,
                 Instant first_failure) {
    Demand demand;
    demand.text = wanted.pattern.text + " must fire";
    Instant from{};
    Instant to = Instant::never();
    if (wanted.within) {
        demand.text +=
            fmt::format(" within {} of the first failure", duration_text(*wanted.within));
        from = first_failure;
        if (first_failure != Instant::never()) to = first_failure + *wanted.within;
    }
    Instant first = Instant::never();
    for (const JudgedAlert& one : alerts) {
        if (!wanted.pattern.matches(one.alert.name)) continue;
        if (wanted.within && one.alert.resolved <= from) continue;
        first = std::min(first, one.alert.fired);
    }
    demand.met = first != Instant::never() && first <= to;
    if (wanted.within && first_failure == Instant::never()) {
        demand.met = false;
        demand.found = "nothing fails in this run";
    } else if (first == Instant::never()) {
        demand.found = "it never fires";
    } else {
        demand.found = "it fires at " + clock_text(first);
        if (wanted.within && first > from) {
            demand.found += fmt::format(", {} after it", duration_text(first - from));
        }
    }
    return demand;
}

Demand must_not_fire(const AlertPattern& pattern, const std::vector<JudgedAlert>& alerts) {
    Demand demand{pattern.text + " must not fire", true, "it never fires"};
    std::size_t count = 0;
    for (const JudgedAlert& one : alerts) {
        if (one.expected || !pattern.matches(one.alert.name)) continue;
        if (count++ > 0) continue;
        demand.met = false;
        demand.found = fmt::format("{} fires at {}: {}",
                                   one.alert.name,
                                   clock_text(one.alert.fired),
                                   labels_but_name(one.alert.labels));
    }
    if (count > 1) demand.found += fmt::format(", and {} more times", count_text(count - 1));
    return demand;
}

}  // namespace

bool AlertJudgement::ok() const {
    return std::none_of(
               failures.begin(), failures.end(), [](const Failure& f) { return f.silent(); }) &&
           std::all_of(demands.begin(), demands.end(), [](const Demand& d) { return d.met; });
}

AlertJudgement judge_alerts(const models::Case& a_case,
                            const std::vector<AlertRun>& runs,
                            const LabelClusters& clusters,
                            const AlertDemands& demands) {
    AlertJudgement judgement;
    const AlertRun* base = a_case.faults.empty() ? nullptr : &runs[1];
    judgement.alerts = judged_alerts(a_case, runs.front(), base, clusters, demands);
    if (base == nullptr) {
        for (JudgedAlert& one : judgement.alerts) one.anyway = false;
    }
    add_faults(a_case, runs, clusters, demands, judgement.failures);
    add_broken_promises(a_case, runs.front(), judgement.alerts, judgement.failures);
    Instant first_failure = Instant::never();
    for (const Failure& failure : judgement.failures) {
        if (failure.changes_run) first_failure = std::min(first_failure, failure.at);
    }
    for (const MustFire& wanted : demands.must_fire) {
        judgement.demands.push_back(must_fire(wanted, judgement.alerts, first_failure));
    }
    for (const AlertPattern& pattern : demands.must_not_fire) {
        judgement.demands.push_back(must_not_fire(pattern, judgement.alerts));
    }
    return judgement;
}

}  // namespace rollcast::report
