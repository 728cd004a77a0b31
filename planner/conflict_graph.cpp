#include "planner/conflict_graph.hpp"

#include <algorithm>

#include <boost/graph/connected_components.hpp>

namespace rollcast::planner {

ConflictGraph conflict_graph(const models::ClusterConflicts& conflicts) {
    const auto n = static_cast<std::uint32_t>(conflicts.size());
    ConflictGraph graph(n);
    for (std::uint32_t a = 0; a < n; ++a) {
        for (std::uint32_t b = a + 1; b < n; ++b) {
            if (conflicts.conflict(a, b)) boost::add_edge(a, b, graph);
        }
    }
    return graph;
}

ConflictGraph induced(const ConflictGraph& graph, const Vertices& vertices) {
    constexpr std::uint32_t outside = 0xffff'ffffU;
    std::vector<std::uint32_t> place(boost::num_vertices(graph), outside);
    for (std::uint32_t i = 0; i < vertices.size(); ++i) place[vertices[i]] = i;
    ConflictGraph part(vertices.size());
    for (std::uint32_t i = 0; i < vertices.size(); ++i) {
        const auto [first, last] = boost::adjacent_vertices(vertices[i], graph);
        for (auto it = first; it != last; ++it) {
            if (place[*it] != outside && place[*it] > i) boost::add_edge(i, place[*it], part);
        }
    }
    return part;
}

std::vector<Vertices> components(const ConflictGraph& graph) {
    const std::size_t n = boost::num_vertices(graph);
    std::vector<std::uint32_t> component(n);
    const auto count = boost::connected_components(graph, component.data());
    std::vector<Vertices> parts(static_cast<std::size_t>(count));
    for (std::uint32_t v = 0; v < n; ++v) parts[component[v]].push_back(v);
    return parts;
}

std::vector<Vertices> co_components(const ConflictGraph& graph) {
    const auto n = static_cast<std::uint32_t>(boost::num_vertices(graph));
    ConflictGraph complement(n);
    std::vector<bool> adjacent(n);
    for (std::uint32_t a = 0; a < n; ++a) {
        adjacent.assign(n, false);
        const auto [first, last] = boost::adjacent_vertices(a, graph);
        for (auto it = first; it != last; ++it) adjacent[*it] = true;
        for (std::uint32_t b = a + 1; b < n; ++b) {
            if (!adjacent[b]) boost::add_edge(a, b, complement);
        }
    }
    return components(complement);
}

Colouring colour_dsatur(const ConflictGraph& graph, const std::vector<sim::Duration>& weight) {
    const auto n = static_cast<std::uint32_t>(boost::num_vertices(graph));
    sim::ensure(weight.size() == n, "a weight for each vertex");
    constexpr std::uint32_t none = 0xffff'ffffU;
    Colouring result{std::vector<std::uint32_t>(n, none), 0};
    std::vector<std::vector<bool>> seen(n);  // colours among the neighbours
    std::vector<std::uint32_t> saturation(n, 0);
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
        if (saturation[a] != saturation[b]) return saturation[a] > saturation[b];
        if (weight[a] != weight[b]) return weight[a] > weight[b];
        const auto degree_a = boost::out_degree(a, graph);
        const auto degree_b = boost::out_degree(b, graph);
        return degree_a != degree_b ? degree_a > degree_b : a < b;
    };
    for (std::uint32_t step = 0; step < n; ++step) {
        std::uint32_t next = none;
        for (std::uint32_t v = 0; v < n; ++v) {
            if (result.colour[v] == none && (next == none || before(v, next))) next = v;
        }
        std::uint32_t colour = 0;
        while (colour < seen[next].size() && seen[next][colour]) ++colour;
        result.colour[next] = colour;
        result.count = std::max(result.count, colour + 1);
        const auto [first, last] = boost::adjacent_vertices(next, graph);
        for (auto it = first; it != last; ++it) {
            std::vector<bool>& colours = seen[*it];
            if (colours.size() <= colour) colours.resize(colour + 1, false);
            if (!colours[colour]) {
                colours[colour] = true;
                ++saturation[*it];
            }
        }
    }
    return result;
}

}  // namespace rollcast::planner
