// Takes away of a scenario whatever can be taken away.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>

#include "scenarios/format/json_file.hpp"

namespace rollcast::scenarios {

/// True where a candidate still fails for the same reason.
using StillFails = std::function<bool(const Json& candidate)>;

struct ReduceOptions {
    std::size_t most_runs = 5'000;  // then what there is by then is the result
    const std::atomic<bool>* stop = nullptr;
    std::function<void(std::size_t runs, std::size_t size)> progress = {};  // may be empty
};

struct Reduction {
    std::size_t runs = 0;  // tried
    bool whole = false;    // nothing more can be taken away or made smaller
};

/// Takes away whatever can be taken away of the case, plan, faults and changes of `scenario`, which
/// refers to nothing (clusters, racks, topics, groups, faults, settings), then makes numbers
/// smaller (brokers, partitions, times), as long as it fails.
Reduction reduce_scenario(Json& scenario, const StillFails& fails, const ReduceOptions& options);

/// Values in a tree, remarks aside.
std::size_t values_in(const Json& tree);

/// A scenario as a file: lines of at most 100 columns where its values allow it.
std::string scenario_text(const Json& scenario);

}  // namespace rollcast::scenarios
