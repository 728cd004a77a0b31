// Campaigns of random cases: every case held to the invariants, what breaks one made small.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "scenarios/hunt/hold.hpp"
#include "scenarios/suite/suite.hpp"

namespace rollcast::scenarios {

/// A case of a campaign: one that was drawn, or a run of a scenario.
struct HuntedCase {
    std::uint64_t number = 0;  // of the draw; of scenarios the place among their runs
    bool done = false;         // false: ended before it was its turn
    HeldCase held;
};

struct HuntOptions {
    std::uint64_t seed = 1;
    std::uint64_t first = 0;  // number of the first case
    std::uint64_t cases = 0;
    int threads = 1;
    const std::atomic<bool>* stop = nullptr;
    PlanJudge judge = {};
    /// Asked before a case for what is known of it; true where it was filled. May be empty.
    std::function<bool(HuntedCase&)> recall = {};
    /// Called after each case that was not recalled, from any thread. May be empty.
    std::function<void(const HuntedCase&)> finished = {};
};

/// Draws and holds cases `first` .. `first + cases - 1`, in their order. Same at any number of
/// threads.
std::vector<HuntedCase> hunt(const HuntOptions& options);

/// Holds every case of `suite`, for each of its seeds, to the same invariants.
std::vector<HuntedCase> hunt_scenarios(const Suite& suite, const HuntOptions& options);

/// A broken case made small: what is left breaks the same invariant in the same words.
struct ShrunkHunt {
    Json scenario;
    std::string reason;
    std::size_t runs = 0;
    std::size_t size_before = 0;  // values in the case, its plan and faults
    std::size_t size_after = 0;
};

/// Makes `scenario`, which refers to nothing, small in at most `most_runs` runs.
ShrunkHunt shrink_hunted(const Json& scenario,
                         const BrokenInvariant& broken,
                         const PlanMaker& plans,
                         std::size_t most_runs,
                         const HuntOptions& options);

}  // namespace rollcast::scenarios
