// Better orders by local search: the same result at any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "planner/decode.hpp"
#include "planner/order.hpp"

namespace rollcast::planner {

struct SearchOptions {
    std::uint64_t seed = 1;
    std::uint64_t effort = 20'000;  // evaluations
    int threads = 1;
    const std::atomic<bool>* stop = nullptr;
    /// By cluster: no order of it ends sooner when every step takes its mean.
    std::vector<sim::Duration> cluster_target = {};
    /// The same for the fleet.
    sim::Duration target{};
    /// Evaluations done, best fleet makespan so far; may be empty.
    std::function<void(std::uint64_t, sim::Duration)> progress = {};
};

struct SearchResult {
    models::Plan plan;
    sim::Duration makespan{};  // decoded
    std::uint64_t evaluations = 0;
};

/// Improves on the best of `starts` (event-driven or not, only their orders count) until the
/// budget is spent, the makespan is within 0.1 % of its target, or `stop` is set.
///
/// Clusters that nothing couples are searched one by one, the longest first; coupled ones in one
/// order over the fleet. Two chains of threshold accepting run from different starts; after each
/// round the worst takes over the best order (Dueck and Scheuer 1990).
SearchResult improve(const Decoder& decoder,
                     const std::vector<models::Plan>& starts,
                     const SearchOptions& options);

}  // namespace rollcast::planner
