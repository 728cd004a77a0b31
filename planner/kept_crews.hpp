// Fleets that share crews: the clusters with the longest chains keep theirs from class to class.
#pragma once

#include <cstdint>
#include <optional>

#include "models/plan.hpp"
#include "planner/decode.hpp"

namespace rollcast::planner {

struct KeptCrews {
    models::Plan plan;
    sim::Duration makespan{};  // decoded
    std::uint64_t evaluations = 0;
};

/// A crew is free when a process has registered, but the next class of its cluster waits until all
/// of it is in sync again: in a fleet where every free crew finds work at once, the cluster that
/// decides the end so misses its own crews class after class (docs/planner.md). Here each cluster
/// goes by classes of few colours, the largest first, in order; the 0, 1, 2 ... clusters with the
/// longest chains keep their crews and go first. The number that ends soonest, the smallest of
/// equals. Nothing where no limit couples the clusters. `pattern` gives clusters, quorums and gate.
std::optional<KeptCrews> kept_crews_plan(const Decoder& decoder,
                                         const models::Plan& pattern,
                                         std::uint64_t seed);

}  // namespace rollcast::planner
