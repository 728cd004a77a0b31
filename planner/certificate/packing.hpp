// Jobs with tails on identical machines, exactly: P|q_j|Cmax (planner §1.5.5).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::planner::certificate {

/// Holds a machine for `length`, then needs `tail` more without it. Lengths > 0, tails >= 0.
struct TailedJob {
    sim::Duration length{};
    sim::Duration tail{};
};

/// A bound for every number of jobs: of those with the longest tails, for each shortest tail among
/// them, the bound on jobs without tails (longest; area; the h + 1 shortest of the hK + 1 longest)
/// plus that tail. Requires a machine.
sim::Duration threshold_bound(std::vector<TailedJob> jobs, int machines);

enum class Packs : std::uint8_t { yes, no, unknown };

struct Packing {
    Packs packs = Packs::unknown;
    std::vector<std::vector<std::uint32_t>> machines;  // yes: the jobs of each, in their order
    std::uint64_t nodes = 0;
};

/// Whether all jobs end, tails included, by `deadline`. Fills machine after machine: each takes the
/// longest job left and a set with it to which no other job can be added, by Jackson's order (the
/// longest tail first). `unknown`: the node budget ran out, or there are more than 64 jobs.
Packing pack(const std::vector<TailedJob>& jobs,
             int machines,
             sim::Duration deadline,
             std::uint64_t node_budget = 20'000'000);

}  // namespace rollcast::planner::certificate
