#include "models/scraper.hpp"

namespace rollcast::models {

Scraper::Scraper(const RunView& view, std::vector<Metric> metrics, ScrapeOptions options)
    : options_(options),
      store_(std::move(metrics), targets_of(view.run, options_.interval), options_.interval),
      version_(view.run.scope.clusters(), 1U),
      seen_(store_.targets().size(), 0U) {
    sim::ensure(options_.interval > sim::Duration{}, "a scrape interval is longer than nothing");
    const sim::Instant before = sim::Instant{} - options_.interval;
    for (std::size_t i = 0; i < seen_.size(); ++i) {
        scrape(view, i, before + store_.targets()[i].phase);
    }
}

void Scraper::touch(ClusterId c) {
    if (c.exists()) {
        ++version_[c];
    } else {
        for (std::uint32_t& version : version_) ++version;
    }
}

void Scraper::advance(const RunView& view, sim::Instant until) {
    const std::vector<Target>& targets = store_.targets();
    if (targets.empty()) return;
    for (;;) {
        const sim::Instant at = cycle_ + targets[next_].phase;
        if (at >= until) return;
        const std::uint32_t version = version_[targets[next_].subject.cluster];
        if (seen_[next_] != version) scrape(view, next_, at);
        if (++next_ < targets.size()) continue;
        next_ = 0;
        cycle_ = cycle_ + options_.interval;
    }
}

void Scraper::scrape(const RunView& view, std::size_t target, sim::Instant at) {
    const Target& who = store_.targets()[target];
    seen_[target] = version_[who.subject.cluster];
    std::size_t index = who.first_series;
    const bool answers = who.subject.machine.exists() ? view.run.scraped(who.subject.machine)
                                                      : view.run.scraped(who.subject.cluster);
    for (const Metric metric : store_.metrics_of(who.source)) {
        Series& series = store_.series(index++);
        const Reading reading = answers ? read_metric(view, who, metric, at) : Reading{};
        Point point{at, reading.value, reading.per_s};
        if (!series.empty()) {
            const Point& last = series.back();
            if (reading.goes_on && last.present()) point.value = last.value_at(at);
            const bool both_absent = !last.present() && !point.present();
            const bool same = last.value_at(at) == point.value && last.per_s == point.per_s;
            if (both_absent || same) continue;
        }
        series.push_back(point);
    }
}

}  // namespace rollcast::models
