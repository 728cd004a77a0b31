// Whether a graph can be coloured with so many colours: exactly, by search.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace rollcast::planner::certificate {

/// Vertices 0 .. `vertices` - 1, of which the pairs of `apart` never share a colour.
struct ColourProblem {
    std::uint32_t vertices = 0;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> apart;
};

enum class Colours : std::uint8_t { yes, no, unknown };

struct ColourAnswer {
    Colours answer = Colours::unknown;
    std::vector<std::uint32_t> colour;  // yes: by vertex, below the number asked for
    std::uint64_t nodes = 0;
};

inline constexpr std::uint32_t most_colours = 64;

/// Branch and bound by DSATUR (Brelaz 1979; San Segundo 2012): next is the vertex that sees the
/// most colours; vertices with fewer neighbours than colours are left to the end, and a clique
/// found greedily has its colours first. `unknown`: the node budget ran out, or more colours than
/// `most_colours` are asked for.
ColourAnswer colour_with(const ColourProblem& problem,
                         std::uint32_t colours,
                         std::uint64_t node_budget = 20'000'000);

}  // namespace rollcast::planner::certificate
