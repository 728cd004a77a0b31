#include "models/watched_run.hpp"

#include <algorithm>

#include "models/world.hpp"
#include "sim/parallel.hpp"

namespace rollcast::models {

namespace {

std::vector<Metric> every_metric() {
    std::vector<Metric> metrics;
    metrics.reserve(all_metrics().size());
    for (const MetricInfo& info : all_metrics()) metrics.push_back(info.metric);
    return metrics;
}

WatchedRun watch_scope(const Case& a_case,
                       const Plan& plan,
                       const Scope& scope,
                       const RunOptions& options,
                       const AlertRules& rules,
                       const WatchOptions& watching) {
    World world(a_case, plan, scope, options);
    world.count_metrics();
    RunWatch look(world.view(),
                  watching.keep_series ? every_metric() : metrics_of(rules.rules),
                  {rules.scrape_interval});
    world.watched_by(look);
    world.run();
    const sim::Instant end = world.state().now + watching.after;
    look.close(world.view(), end);
    WatchedRun result;
    SeriesStore series = look.take_series();
    result.alerts = evaluate_alerts(rules.rules, series, a_case.fleet, end);
    if (watching.keep_series) result.series.push_back(std::move(series));
    result.noticed = look.noticed();
    result.fault_starts = look.fault_starts();
    result.losses.push_back(look.losses());
    result.end = end;
    result.verdict = world.verdict();
    return result;
}

}  // namespace

Loss loss_at(const std::vector<LossCurve>& losses, sim::Instant t) {
    Loss loss;
    for (const LossCurve& curve : losses) loss += curve.at(t);
    return loss;
}

WatchedRun watch(const Case& a_case,
                 const Plan& plan,
                 const RunOptions& options,
                 const AlertRules& rules,
                 const WatchOptions& watching) {
    const std::vector<Scope> scopes = scopes_run_apart(a_case, plan);
    std::vector<WatchedRun> parts(scopes.size());
    sim::for_each_index(scopes.size(), options.threads, [&](std::size_t i) {
        parts[i] = watch_scope(a_case, plan, scopes[i], options, rules, watching);
    });
    if (parts.size() == 1) return std::move(parts.front());
    WatchedRun all;
    all.fault_starts.assign(a_case.faults.size(), sim::Instant::never());
    std::vector<Verdict> verdicts;
    for (WatchedRun& part : parts) {
        all.alerts.insert(all.alerts.end(), part.alerts.begin(), part.alerts.end());
        all.noticed.insert(all.noticed.end(), part.noticed.begin(), part.noticed.end());
        all.losses.push_back(std::move(part.losses.front()));
        if (watching.keep_series) all.series.push_back(std::move(part.series.front()));
        all.end = std::max(all.end, part.end);
        for (std::size_t f = 0; f < all.fault_starts.size(); ++f) {
            all.fault_starts[f] = std::min(all.fault_starts[f], part.fault_starts[f]);
        }
        verdicts.push_back(std::move(part.verdict));
    }
    all.verdict = merge(verdicts);
    return all;
}

}  // namespace rollcast::models
