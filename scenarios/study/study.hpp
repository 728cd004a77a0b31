// How a figure of a scenario's result moves with one or two of its parameters.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/study/axis.hpp"
#include "scenarios/suite/prepare.hpp"

namespace rollcast::scenarios {

/// A mean over seeds with its 95 % interval: Student's for figures, Wilson's for shares of runs.
/// Without an interval (low = mean = high) where there is one run or all are alike.
struct Estimate {
    std::size_t runs = 0;  // that answer; 0: none does, and the rest means nothing
    double mean = 0.0;
    double low = 0.0;
    double high = 0.0;
    double least = 0.0;
    double most = 0.0;
};

/// One combination of values.
struct StudyPoint {
    std::vector<std::size_t> place;     // by axis: which of its values
    std::vector<Estimate> values;       // by metric
    std::vector<Estimate> differences;  // by metric: to the reference point, seed by seed
};

struct Study {
    std::vector<StudyAxis> axes;       // one or two
    std::vector<std::size_t> metrics;  // places in result_metrics()
    std::vector<StudyPoint> points;    // the last axis the fastest
    std::size_t reference = 0;         // the point that others are compared with
    std::size_t seeds = 1;
    bool whole = true;  // false: ended before all runs were there
    std::string label(const StudyPoint& point) const;
};

struct StudyOptions {
    std::vector<std::size_t> metrics;
    std::uint64_t first_seed = 1;
    std::size_t seeds = 1;
    std::string against;  // the label of the reference point; empty: the first
    int threads = 1;
    const std::atomic<bool>* stop = nullptr;
};

/// Runs every combination for the same seeds (common random numbers), so that differences between
/// two points are those of runs with the same luck. `scenario` refers to nothing; with more than
/// one seed durations are drawn. Throws InputError: what does not fit is shown in the axis's text,
/// and an `against` that is no point lists those that there are.
Study run_study(const Json& scenario,
                std::vector<StudyAxis> axes,
                const PlanMaker& plans,
                const StudyOptions& options);

/// The mean of `samples` with its interval; `shares`: each is 0 or 1.
Estimate estimate(const std::vector<double>& samples, bool shares);

}  // namespace rollcast::scenarios
