// The heaviest set of brokers of which every two conflict: they go one after another.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/conflict_graph.hpp"
#include "sim/units.hpp"

namespace rollcast::planner {

struct Clique {
    Vertices members;
    sim::Duration weight{};
    bool exact = true;  // false: the node budget ran out; still a clique, perhaps not the heaviest
};

/// Branch and bound over bit sets; a class of a greedy colouring bounds what its vertices can add
/// by its heaviest one (Kumlander 2004). `weight` has one entry a vertex, each >= 0. Ties go to the
/// clique found first, so the result depends on nothing but the arguments.
Clique heaviest_clique(const ConflictGraph& graph,
                       const std::vector<sim::Duration>& weight,
                       std::uint64_t node_budget = 300'000);

}  // namespace rollcast::planner
