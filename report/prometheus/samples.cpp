#include "report/prometheus/samples.hpp"

#include <algorithm>

namespace rollcast::report {
namespace {

/// Whether scrape number `k` at `t` is one of those wanted of a stretch that began at `since` and
/// ends at `until`.
bool sample_wanted(const SampleRange& range,
                   std::int64_t k,
                   sim::Instant t,
                   sim::Instant since,
                   sim::Instant until) {
    if (range.every_when_quiet > 0 && t - since > range.around && until - t > range.around) {
        return k % range.every_when_quiet == 0;
    }
    return k % range.every == 0;
}

}  // namespace

void for_each_sample(const models::SeriesStore& store,
                     const models::Target& target,
                     const models::Series& series,
                     const SampleRange& range,
                     const std::function<void(sim::Instant, double)>& take) {
    const sim::Instant start = std::max(range.from, sim::Instant{});
    sim::Instant t = store.last_scrape(target, start);
    if (t < start) t = t + store.interval();
    std::int64_t k = t.count() / store.interval().count();
    std::size_t next = 0;  // the first point after t
    for (; t < range.to; t = t + store.interval(), ++k) {
        while (next < series.size() && series[next].at <= t) ++next;
        if (next == 0) continue;
        const models::Point& point = series[next - 1];
        if (!point.present()) continue;
        const sim::Instant until = next < series.size() ? series[next].at : sim::Instant::never();
        if (sample_wanted(range, k, t, point.at, until)) take(t, point.value_at(t));
    }
}

}  // namespace rollcast::report
