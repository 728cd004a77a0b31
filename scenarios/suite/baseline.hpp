// What a suite showed before, and what is worse now: by how much, and whether that is more than
// noise over the seeds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/suite/suite.hpp"

namespace rollcast::scenarios {

/// The metrics of earlier runs.
class Baseline {
public:
    /// Throws InputError where `text` is no baseline of this version.
    static Baseline read(std::string_view text, const std::string& name);

    /// Of one case by seed; null where it was not there.
    const std::map<std::uint64_t, MetricValues>* find(const std::string& id) const;
    const std::map<std::string, std::map<std::uint64_t, MetricValues>>& cases() const {
        return cases_;
    }

private:
    std::map<std::string, std::map<std::uint64_t, MetricValues>> cases_;
};

/// The text of a baseline: a line a case and seed, so that a diff shows what moved. Of the metrics
/// those that can be worse. Of `before`, where given, what the suite did not run stays.
std::string write_baseline(const Suite& suite,
                           const std::vector<SuiteRun>& runs,
                           const Baseline* before = nullptr);

/// How a metric of a case moved, on average over the seeds that both have.
struct Movement {
    enum class Kind : std::uint8_t {
        worse,
        better,
        noise  // moved, and no more than chance may make it
    };
    Kind kind = Kind::noise;
    std::size_t case_index = 0;
    std::size_t metric = 0;
    double before = 0.0;
    double after = 0.0;
    std::size_t seeds = 0;
    /// That chance alone moves it so far in this direction; 0 where every seed moved alike.
    double chance = 0.0;
};

struct BaselineComparison {
    std::vector<Movement> moved;  // by case, then by metric
    std::vector<std::string>
        not_there;  // cases of the suite that it does not have with any of the seeds
    std::vector<std::string> gone;  // cases of the baseline that the suite does not have
    std::size_t compared = 0;       // pairs of case and metric

    std::size_t count(Movement::Kind kind) const;
};

/// Less than this share of the value before is no movement; assumed.
inline constexpr double least_movement = 0.001;
/// The chance that a suite in which nothing but noise has changed is called worse at all, and the
/// same for better; assumed. Shared out evenly among all pairs that moved unevenly (Bonferroni).
inline constexpr double false_alarm = 0.01;

/// Pairs every run with that of the same seed before. Where all seeds moved alike, or there is one
/// seed, a movement is no noise; else the mean of the differences is held against 0 by Student's
/// paired test.
BaselineComparison compare_with(const Baseline& before,
                                const Suite& suite,
                                const std::vector<SuiteRun>& runs);

}  // namespace rollcast::scenarios
