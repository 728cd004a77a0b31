// Scrapes the metrics of a run as it goes on.
#pragma once

#include <vector>

#include "models/metric_reader.hpp"

namespace rollcast::models {

struct ScrapeOptions {
    sim::Duration interval = sim::seconds(30);  // as in Strimzi's examples
};

/// Takes samples between the events of a run, whose state stands still there. It is no part of the
/// run: events, their order and the trace are the same without it.
class Scraper {
public:
    /// Scrapes every target once, with what holds before the run.
    Scraper(const RunView& view, std::vector<Metric> metrics, ScrapeOptions options);

    /// Makes all scrapes before `until`; the state has stood still since the last call. O(scrapes),
    /// and next to nothing for targets of clusters that have not been touched since theirs.
    void advance(const RunView& view, sim::Instant until);
    /// Something of `c` may have changed; none: of every cluster.
    void touch(ClusterId c);

    const SeriesStore& series() const { return store_; }
    SeriesStore take() { return std::move(store_); }

private:
    void scrape(const RunView& view, std::size_t target, sim::Instant at);

    ScrapeOptions options_;
    SeriesStore store_;
    ScopeMap<ClusterId, std::uint32_t> version_;
    std::vector<std::uint32_t> seen_;  // by target: the version of its last scrape
    std::size_t next_ = 0;             // target
    sim::Instant cycle_;               // start of the interval that it is scraped in
};

}  // namespace rollcast::models
