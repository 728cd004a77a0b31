#include "models/series.hpp"

#include <algorithm>

namespace rollcast::models {

SeriesStore::SeriesStore(std::vector<Metric> metrics,
                         std::vector<Target> targets,
                         sim::Duration interval)
    : targets_(std::move(targets)), interval_(interval) {
    std::sort(metrics.begin(), metrics.end());
    metrics.erase(std::unique(metrics.begin(), metrics.end()), metrics.end());
    for (const Metric metric : metrics) {
        metrics_[static_cast<std::size_t>(info_of(metric).source)].push_back(metric);
    }
    std::erase_if(targets_, [&](const Target& t) { return metrics_of(t.source).empty(); });
    std::size_t next = 0;
    for (Target& target : targets_) {
        target.first_series = static_cast<std::uint32_t>(next);
        next += metrics_of(target.source).size();
    }
    series_.resize(next);
}

const Series* SeriesStore::find(const Target& target, Metric metric) const {
    const std::vector<Metric>& known = metrics_of(target.source);
    const auto found = std::find(known.begin(), known.end(), metric);
    if (found == known.end()) return nullptr;
    return &series_[target.first_series + static_cast<std::size_t>(found - known.begin())];
}

sim::Instant SeriesStore::last_scrape(const Target& target, sim::Instant t) const {
    const std::int64_t since = t.count() - target.phase.count();
    const std::int64_t interval = interval_.count();
    const std::int64_t cycles =
        since >= 0 ? since / interval : -((interval - 1 - since) / interval);
    return sim::Instant{target.phase + sim::Duration{cycles * interval}};
}

double SeriesStore::observed(const Target& target, Metric metric, sim::Instant t) const {
    const Series* series = find(target, metric);
    if (series == nullptr) return absent_value;
    const auto later = std::upper_bound(
        series->begin(), series->end(), t, [](sim::Instant x, const Point& p) { return x < p.at; });
    if (later == series->begin()) return absent_value;
    return std::prev(later)->value_at(last_scrape(target, t));
}

}  // namespace rollcast::models
