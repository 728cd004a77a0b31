// Plans whose brokers wait for those before them: orders that no event-driven plan can follow.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

#include "planner/deadline_search.hpp"
#include "planner/decode.hpp"

namespace rollcast::planner {

struct InOrderOptions {
    std::uint64_t seed = 1;
    std::uint64_t moves = 5'000;  // of the deadline search, for each cluster
    const std::atomic<bool>* stop = nullptr;
    std::vector<sim::Duration> cluster_target = {};  // by cluster: no order of it ends sooner
    sim::Duration target{};                          // the same for the fleet
};

struct InOrderResult {
    models::Plan plan;  // `start` but for the clusters that an order makes faster
    std::uint64_t moves = 0;
};

/// The jobs of a cluster that nothing but conflicts holds up (brokers with quorum nodes conflict
/// too), by place in the cluster; nothing where it has more than 64 brokers, or limits, windows or
/// groups of larger slack have a say.
std::optional<ConflictJobs> conflict_jobs(const Decoder& decoder,
                                          models::ClusterId cluster,
                                          models::Gate gate);

/// The shortest order found from `start` downwards: deadlines between the best so far and `target`,
/// the target itself first. `moves` is the budget and, on return, what was spent.
JobOrder shortest_order(const ConflictJobs& jobs,
                        JobOrder start,
                        sim::Duration target,
                        std::uint64_t seed,
                        std::uint64_t& moves);

/// Nothing where no cluster that ends after the fleet's target gets faster when every step takes
/// its mean.
std::optional<InOrderResult> in_order_plan(const Decoder& decoder,
                                           const models::Plan& start,
                                           const InOrderOptions& options);

}  // namespace rollcast::planner
