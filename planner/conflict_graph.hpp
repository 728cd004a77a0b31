// Which brokers of a cluster must not be down together, as a graph: its parts, its colours.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/graph/adjacency_list.hpp>

#include "models/conflicts.hpp"
#include "sim/units.hpp"

namespace rollcast::planner {

/// Vertices are brokers by place in their cluster; an edge joins two that share a partition with
/// slack 1. Exact: one edge a conflicting pair, none besides.
using ConflictGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS>;
using Vertices = std::vector<std::uint32_t>;  // ascending

ConflictGraph conflict_graph(const models::ClusterConflicts& conflicts);

/// The subgraph on `vertices`; its vertex i is `vertices[i]`.
ConflictGraph induced(const ConflictGraph& graph, const Vertices& vertices);

/// Parts that no edge joins, by smallest vertex.
std::vector<Vertices> components(const ConflictGraph& graph);

/// Parts of which every two are joined completely (components of the complement), by smallest
/// vertex. Down times in different parts never overlap (planner §1.5.4).
std::vector<Vertices> co_components(const ConflictGraph& graph);

struct Colouring {
    std::vector<std::uint32_t> colour;  // by vertex
    std::uint32_t count = 0;
};

/// A proper colouring by DSATUR (Brelaz 1979): next is the vertex that sees the most colours, then
/// the heaviest, then the one with most neighbours, then the smallest; it takes the first colour
/// free. `weight` has one entry a vertex.
Colouring colour_dsatur(const ConflictGraph& graph, const std::vector<sim::Duration>& weight);

}  // namespace rollcast::planner
