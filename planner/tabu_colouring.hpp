// Colourings with few colours, and with light classes, by tabu search.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner/conflict_graph.hpp"

namespace rollcast::planner {

struct TabuOptions {
    std::uint64_t seed = 1;
    std::uint64_t moves = 200'000;  // budget
};

/// A proper colouring with at most `colours` colours, or nothing within the budget: TabuCol (Hertz
/// and de Werra 1987), tenure 0.6 x conflicts + up to 9 (Galinier and Hao 1999). One vertex at a
/// time changes colour, to lessen the number of edges whose ends have the same.
std::optional<Colouring> tabu_colouring(const ConflictGraph& graph,
                                        std::uint32_t colours,
                                        const TabuOptions& options);

/// From DSATUR downwards while `tabu_colouring` finds one with a colour less, until `at_least`.
Colouring few_colours(const ConflictGraph& graph,
                      std::uint32_t at_least,
                      const TabuOptions& options);

/// A proper colouring, and what its classes weigh: each as its heaviest vertex. With the time that
/// a broker takes as weight, that is how long barrier batches take (planner §1.4, max-colouring).
struct WeightedColouring {
    Colouring colouring;
    sim::Duration weight{};
};

/// Max-colouring by tabu search from DSATUR. Edges with equal ends are let in at a price, which
/// falls while there are none and rises while there are some (as Sun et al. 2018 do).
WeightedColouring light_colouring(const ConflictGraph& graph,
                                  const std::vector<sim::Duration>& weight,
                                  const TabuOptions& options);

}  // namespace rollcast::planner
