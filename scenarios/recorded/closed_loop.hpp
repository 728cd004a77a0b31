// A recorded roll walked by our own gate: no recorded time but that of the first signal, and how
// long started processes took to register, is used.
#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/recorded/recorded_case.hpp"

namespace rollcast::scenarios {

/// One group of brokers taken down and brought back, from its signal to that of the next group; the
/// last one until every partition is in sync again.
struct RollStep {
    double observed_s = 0.0;
    double predicted_s = 0.0;  // median over the seeds
    /// Within 10 %.
    bool within() const;
};

struct RollScore {
    std::vector<RollStep> steps;
    RollStep whole;            // of those steps
    std::size_t scripted = 0;  // steps of the script: more than `steps` where the run ended before
};

/// Walks every roll of the script over the seeds first_seed .. and compares; nothing where the run
/// has no roll. `truth` gives the observed end of the last step.
std::vector<RollScore> score_rolls(const RecordedSetup& setup,
                                   const RecordedTruth& truth,
                                   std::uint64_t first_seed,
                                   int seeds,
                                   int threads,
                                   const MeasuredTimes& times = {});

}  // namespace rollcast::scenarios
