#include <ctime>

#include <fmt/format.h>

#include "bench/goals/goals.hpp"
#include "planner/certificate/colours.hpp"
#include "planner/tabu_colouring.hpp"
#include "tests/support/colouring_files.hpp"

namespace rollcast::goals {

namespace {

using planner::Colouring;
using planner::ConflictGraph;

ConflictGraph graph_of(const support::ColouringFile& file) {
    ConflictGraph graph(file.vertices);
    for (const auto& [a, b] : file.edges) boost::add_edge(a, b, graph);
    return graph;
}

bool proper(const support::ColouringFile& file, const Colouring& colouring) {
    for (const auto& [a, b] : file.edges) {
        if (colouring.colour[a] == colouring.colour[b]) return false;
    }
    return true;
}

/// Moves that take about `seconds` on a graph of that size.
std::uint64_t moves_in(double seconds, double choices) {
    return static_cast<std::uint64_t>(seconds * 1.2e8 / std::max(1.0, choices));
}

}  // namespace

void colouring(const Options& options) {
    const auto folder = support::colouring_folder("colouring");
    if (!folder) {
        fmt::print("no folder colouring: set ROLLCAST_DATA\n");
        return;
    }
    fmt::print("| instance | best known | found | proved | CPU s |\n|---|---|---|---|---|\n");
    int reached = 0;
    for (const support::ColouringFile& file : support::colouring_files(*folder)) {
        const double start = cpu_seconds();
        const ConflictGraph graph = graph_of(file);
        const auto best = static_cast<std::uint32_t>(file.best_known);
        Colouring found;
        for (std::uint64_t seed = 1; found.count == 0 || found.count > best; ++seed) {
            const Colouring next = planner::few_colours(
                graph,
                best,
                {seed,
                 moves_in(options.seconds / 4, 0.3 * file.vertices * static_cast<double>(best))});
            if (found.count == 0 || next.count < found.count) found = next;
            if (cpu_seconds() - start > options.seconds) break;
        }
        const auto below = planner::certificate::colour_with(
            {file.vertices, file.edges}, found.count - 1, 2'000'000);
        const bool is_proved = below.answer == planner::certificate::Colours::no;
        if (found.count <= best) ++reached;
        fmt::print("| {} | {} | {}{} | {} | {:.2f} |\n",
                   file.name,
                   file.best_known,
                   found.count,
                   proper(file, found) ? "" : " (not proper)",
                   is_proved ? "yes" : "no",
                   cpu_seconds() - start);
        std::fflush(stdout);
    }
    fmt::print("\nbest known reached: {}\n", reached);
}

void max_colouring(const Options& options) {
    const auto folder = support::colouring_folder("max-colouring");
    if (!folder) {
        fmt::print("no folder max-colouring: set ROLLCAST_DATA\n");
        return;
    }
    fmt::print("| instance | optimum | found | CPU s |\n|---|---|---|---|\n");
    int reached = 0;
    for (const support::ColouringFile& file : support::colouring_files(*folder)) {
        const double start = cpu_seconds();
        const ConflictGraph graph = graph_of(file);
        std::vector<sim::Duration> weight;
        for (const std::int64_t w : file.weight) weight.push_back(sim::seconds(w));
        const sim::Duration best = sim::seconds(file.best_known);
        planner::WeightedColouring found;
        for (std::uint64_t seed = 1; found.weight == sim::Duration{} || found.weight > best;
             ++seed) {
            planner::WeightedColouring next =
                planner::light_colouring(graph, weight, {seed, 20'000});
            if (found.weight == sim::Duration{} || next.weight < found.weight) {
                found = std::move(next);
            }
            if (cpu_seconds() - start > options.seconds) break;
        }
        if (found.weight <= best) ++reached;
        fmt::print("| {} | {} | {}{} | {:.2f} |\n",
                   file.name,
                   file.best_known,
                   sim::to_seconds(found.weight),
                   proper(file, found.colouring) ? "" : " (not proper)",
                   cpu_seconds() - start);
        std::fflush(stdout);
    }
    fmt::print("\nproved optima reached: {}\n", reached);
}

}  // namespace rollcast::goals
