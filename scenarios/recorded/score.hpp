// How close a prediction came to what a cluster did.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "scenarios/recorded/clients.hpp"
#include "scenarios/recorded/closed_loop.hpp"
#include "scenarios/recorded/prediction.hpp"

namespace rollcast::scenarios {

/// The first or the last partition of what one act brought about in one way.
struct TimeObservation {
    int cause = -1;
    ChangeKind kind = ChangeKind::leave;
    bool last = false;
    double since_cause_s = 0.0;  // observed
    double median_s = 0.0;       // predicted, of the seeds that have it
    double low_s = 0.0;          // 5 % and 95 % of these seeds
    double high_s = 0.0;
    double tolerance_s = 0.0;
    bool predicted = false;  // by more than half of the seeds
    bool within = false;
    bool covered = false;  // in the 90 % interval
};

/// Partition-seconds of one run.
struct SafetyScore {
    double all_s = 0.0;         // judged: outside the tolerance around observed transitions
    double unsafe_s = 0.0;      // truly under the floor or leaderless
    double false_safe_s = 0.0;  // truly unsafe, predicted safe
    double false_unsafe_s = 0.0;
    double undecided_s = 0.0;
    std::uint64_t false_safe = 0;  // partitions with any of the third
};

/// What the N-1 margin named before the acts that took a broker away, against what then broke.
struct MarginScore {
    std::uint64_t named = 0;
    std::uint64_t broke = 0;
    std::uint64_t both = 0;
};

struct RunScore {
    std::string name;
    std::vector<std::string> not_modelled;  // not empty: the run counts as missed
    double matched = 0.0;                   // changes, mean over the seeds
    double predicted = 0.0;
    std::uint64_t observed = 0;
    std::vector<TimeObservation> times;
    std::map<int, int> undone;               // by cause: joins that were undone at once, observed
    std::map<int, double> undone_predicted;  // the mean over the seeds
    SafetyScore safety;
    MarginScore margin;
    std::vector<RollScore> rolls;      // walked by our own gate
    std::vector<ClientScore> clients;  // by counting records

    double recall() const;     // 1 where nothing was observed
    double precision() const;  // 1 where nothing was predicted
    std::uint64_t within() const;
    std::uint64_t covered() const;
    std::uint64_t with_interval() const;  // times that an interval was predicted for
};

RunScore score(const RecordedCase& recorded,
               const Prediction& prediction,
               const RecordedTruth& truth,
               std::string name);

/// Probability of a count as far from the mean as `successes`, or farther, of `trials` at
/// probability `p`: exact, two-sided (sum of the outcomes that are no likelier).
double binomial_test(std::uint64_t successes, std::uint64_t trials, double p);

}  // namespace rollcast::scenarios
