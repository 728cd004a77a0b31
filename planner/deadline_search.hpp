// Jobs of which some exclude each other, put into an order that ends by a deadline.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::planner {

/// Up to 64 jobs; neighbours never run at once. An order of the jobs is a schedule: each starts
/// when its neighbours before it are through (an acyclic orientation, planner §1.4).
struct ConflictJobs {
    std::vector<sim::Duration> length;  // > 0
    std::vector<std::uint64_t> apart;   // by job: bit set of its neighbours
};

struct JobOrder {
    std::vector<std::uint32_t> order;  // by start
    sim::Duration makespan{};
};

/// The makespan of an order of all jobs.
sim::Duration makespan_of(const ConflictJobs& jobs, const std::vector<std::uint32_t>& order);

struct DeadlineOptions {
    std::uint64_t seed = 1;
    std::uint64_t moves = 100'000;  // insertions tried, the budget
};

/// An order within `deadline`, or nothing within the budget: guided ejection search (Nagata and
/// Braysy 2009; on job shops Nagata and Ono 2018). Jobs wait in a stack while the rest keeps the
/// deadline; the top goes where heads and tails leave it room, or where the neighbours that have to
/// leave for it have failed least often; between two such steps placed jobs move at random.
std::optional<JobOrder> order_within(const ConflictJobs& jobs,
                                     sim::Duration deadline,
                                     const DeadlineOptions& options);

}  // namespace rollcast::planner
