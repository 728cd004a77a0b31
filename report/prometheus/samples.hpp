// The samples of a series: what every scrape of its target found.
#pragma once

#include <functional>

#include "models/series.hpp"

namespace rollcast::report {

/// Which scrapes are wanted.
struct SampleRange {
    sim::Instant from;
    sim::Instant to;  // not included
    /// Every so many scrapes one.
    int every = 1;
    /// Where set: of a stretch without any change only so many scrapes one. What lies within
    /// `around` of a change is wanted in full.
    int every_when_quiet = 0;
    sim::Duration around = sim::minutes(10);
};

/// Calls `take` for every scrape of `range` that found a value, ascending. Before the run's start
/// there is none.
void for_each_sample(const models::SeriesStore& store,
                     const models::Target& target,
                     const models::Series& series,
                     const SampleRange& range,
                     const std::function<void(sim::Instant, double)>& take);

}  // namespace rollcast::report
