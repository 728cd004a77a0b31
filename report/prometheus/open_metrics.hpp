// The metrics of a run as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics` and
// whatever else reads it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "report/prometheus/profile.hpp"
#include "report/prometheus/samples.hpp"

namespace rollcast::report {

/// The start of every run, in seconds of Unix time: 2025-01-01T00:00:00Z. Runs have no date; a
/// fixed one makes the same text of the same run.
inline constexpr std::int64_t run_epoch_s = 1'735'689'600;

struct OpenMetricsOptions {
    Profile profile = Profile::rollcast;
    SampleRange range;
    std::vector<std::string> names{};  // of these alone; wildcards * and ?; empty = all
};

struct OpenMetricsCount {
    std::uint64_t series = 0;  // with at least one sample
    std::uint64_t samples = 0;
    std::uint64_t bytes = 0;
};

/// Writes the series of `stores` in pieces of about a MiB: by name, series after series, so that
/// no more is held than the stores. Times are seconds of Unix time to the millisecond.
OpenMetricsCount write_open_metrics(const models::Fleet& fleet,
                                    const std::vector<models::SeriesStore>& stores,
                                    const OpenMetricsOptions& options,
                                    const std::function<void(std::string_view)>& write);

/// `labels` as between the braces of a series, escaped. What is no UTF-8 is replaced.
std::string labels_text(const std::vector<Label>& labels);

/// `value` in the fewest digits that give it back.
void append_number(std::string& text, double value);

}  // namespace rollcast::report
