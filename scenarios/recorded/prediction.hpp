// What the simulator says of a recorded run before it looks at it: the run over many seeds.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "scenarios/recorded/changes.hpp"
#include "scenarios/recorded/recorded_case.hpp"

namespace rollcast::scenarios {

/// How the predicted transitions are made.
enum class ControlModel : std::uint8_t {
    detailed,  // rollcast
    naive      // fixed detection delays, missed bytes over rate: what a spreadsheet would do
};

struct Prediction {
    sim::Instant end;                                          // of the load
    std::vector<std::vector<models::Transition>> transitions;  // by seed, in order of time
    /// By seed: joins that a shutdown undoes at once, by its action.
    std::vector<std::map<std::uint32_t, std::uint64_t>> undone_joins;
    /// By action that takes brokers away: partitions that the N-1 margin just before it named (run
    /// of the first seed).
    std::map<int, std::vector<models::PartitionId>> named_by_margin;
};

/// Runs `recorded` with the seeds first_seed .. first_seed + seeds - 1. Same result at any number
/// of threads.
Prediction predict(const RecordedCase& recorded,
                   std::int64_t seconds,
                   std::uint64_t first_seed,
                   int seeds,
                   int threads,
                   ControlModel model = ControlModel::detailed);

}  // namespace rollcast::scenarios
