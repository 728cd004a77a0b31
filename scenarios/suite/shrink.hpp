// A failing case made small: what is left fails for the same reason.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "scenarios/suite/suite.hpp"

namespace rollcast::scenarios {

struct ShrinkOptions {
    std::uint64_t seed = 1;
    std::size_t most_runs = 5'000;  // then what there is by then is the result
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::size_t runs, std::size_t size)> progress = {};  // may be empty
};

struct Shrunk {
    Json scenario;                // refers to nothing, one seed, the expectation that fails
    std::string reason;           // "min_isr.answer == broken: was held"
    std::size_t runs = 0;         // tried
    std::size_t size_before = 0;  // values in the case, its plan and faults
    std::size_t size_after = 0;
    bool whole = false;  // nothing more can be taken away or made smaller
};

/// Takes away whatever can be taken away (clusters, racks, topics, groups, faults, settings), then
/// makes numbers smaller (brokers, partitions, times), as long as the same expectation fails, the
/// same rules are broken and the run ends as it did. `scenario` is one case as `self_contained`
/// gives it; `path` is where it stands. Nothing where it does not fail. Throws InputError.
std::optional<Shrunk> shrink_case(const Json& scenario,
                                  const std::filesystem::path& path,
                                  const PlanMaker& plans,
                                  const ShrinkOptions& options);

}  // namespace rollcast::scenarios
