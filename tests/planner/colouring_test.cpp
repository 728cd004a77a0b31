#include <algorithm>

#include <doctest/doctest.h>

#include "planner/certificate/bound_check.hpp"
#include "planner/certificate/colours.hpp"
#include "planner/certificate/minimum_step.hpp"
#include "planner/planner.hpp"
#include "planner/tabu_colouring.hpp"
#include "sim/random.hpp"
#include "tests/support/colouring_files.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using planner::certificate::colour_with;
using planner::certificate::ColourProblem;
using planner::certificate::Colours;
using sim::Duration;

namespace {

ColourProblem random_problem(std::uint64_t seed, std::uint32_t most_vertices) {
    sim::RandomStream random(seed, 32, sim::Draw::placement, 0);
    ColourProblem problem{static_cast<std::uint32_t>(1 + random.below(most_vertices)), {}};
    const std::uint64_t share = 10 + random.below(80);
    for (std::uint32_t a = 0; a < problem.vertices; ++a) {
        for (std::uint32_t b = 0; b < a; ++b) {
            if (random.below(100) < share) problem.apart.emplace_back(b, a);
        }
    }
    return problem;
}

planner::ConflictGraph graph_of(const ColourProblem& problem) {
    planner::ConflictGraph graph(problem.vertices);
    for (const auto& [a, b] : problem.apart) boost::add_edge(a, b, graph);
    return graph;
}

bool proper(const ColourProblem& problem, const std::vector<std::uint32_t>& colour) {
    return std::all_of(problem.apart.begin(), problem.apart.end(), [&](const auto& pair) {
        return colour[pair.first] != colour[pair.second];
    });
}

/// The least of `value` over all partitions into classes without an edge; `value` sees colours.
template <class Value>
std::int64_t least_by_exhaustion(const ColourProblem& problem, Value value) {
    std::vector<std::uint32_t> colour(problem.vertices, 0);
    std::int64_t best = 1'000'000;
    const auto assign = [&](auto&& self, std::uint32_t v, std::uint32_t used) -> void {
        if (v == problem.vertices) {
            if (proper(problem, colour)) best = std::min(best, value(colour, used));
            return;
        }
        for (std::uint32_t c = 0; c <= used; ++c) {
            colour[v] = c;
            self(self, v + 1, std::max(used, c + 1));
        }
    };
    assign(assign, 0, 0);
    return best;
}

}  // namespace

TEST_CASE("fewest colours by search are those of exhaustion, on 400 random graphs") {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const ColourProblem problem = random_problem(seed, 7);
        const auto fewest = static_cast<std::uint32_t>(least_by_exhaustion(
            problem,
            [](const auto&, std::uint32_t used) { return static_cast<std::int64_t>(used); }));

        CAPTURE(seed);
        const auto found = colour_with(problem, fewest);
        REQUIRE(found.answer == Colours::yes);
        REQUIRE(proper(problem, found.colour));
        REQUIRE(*std::max_element(found.colour.begin(), found.colour.end()) < fewest);
        REQUIRE(colour_with(problem, fewest - 1).answer == Colours::no);
        const planner::Colouring tabu =
            planner::few_colours(graph_of(problem), fewest, {.moves = 2'000});
        REQUIRE(proper(problem, tabu.colour));
        REQUIRE(tabu.count == fewest);
    }
}

TEST_CASE("lightest classes are never below exhaustion, and mostly there, on 200 random graphs") {
    int reached = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const ColourProblem problem = random_problem(seed, 7);
        sim::RandomStream random(seed, 33, sim::Draw::placement, 0);
        std::vector<Duration> weight;
        for (std::uint32_t v = 0; v < problem.vertices; ++v) {
            weight.push_back(Duration{static_cast<std::int64_t>(1 + random.below(30))});
        }
        const auto weigh = [&](const std::vector<std::uint32_t>& colour, std::uint32_t used) {
            std::vector<std::int64_t> heaviest(used, 0);
            for (std::uint32_t v = 0; v < colour.size(); ++v) {
                heaviest[colour[v]] = std::max(heaviest[colour[v]], weight[v].count());
            }
            std::int64_t sum = 0;
            for (const std::int64_t h : heaviest) sum += h;
            return sum;
        };
        const std::int64_t best = least_by_exhaustion(problem, weigh);

        const auto found = planner::light_colouring(graph_of(problem), weight, {.moves = 500});

        CAPTURE(seed);
        REQUIRE(proper(problem, found.colouring.colour));
        REQUIRE(weigh(found.colouring.colour, found.colouring.count) == found.weight.count());
        REQUIRE(found.weight.count() >= best);
        if (found.weight.count() == best) ++reached;
    }
    CHECK(reached >= 195);
}

TEST_CASE("a search for colours that runs out of nodes says so") {
    CHECK(colour_with({30, {}}, planner::certificate::most_colours + 1).answer == Colours::unknown);
    CHECK(colour_with(random_problem(3, 7), 0).answer == Colours::no);
    ColourProblem cycle{5, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 4}}};
    CHECK(colour_with(cycle, 2, 1).answer == Colours::unknown);
    CHECK(colour_with(cycle, 2).answer == Colours::no);
}

TEST_CASE("brokers of equal steps on a wheel of five need four steps; a proof of five is refused") {
    // The hub and an odd cycle: cliques say 3 steps, weights 3.5, colours 4.
    const models::Case a_case = support::sketched_case({support::pairs_cluster(
        6, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 4}, {0, 5}, {1, 5}, {2, 5}, {3, 5}, {4, 5}})});
    const auto steps = planner::certificate::minimum_steps(
        a_case, models::Gate::broker_in_sync, models::DataDisk::keep);
    std::vector<models::MachineId> all;
    Duration shortest = steps[0].end;
    for (std::uint32_t m = 0; m < 6; ++m) {
        all.push_back(models::MachineId{m});
        shortest = std::min(shortest, steps[m].end);
    }
    const auto claims = [&](Duration claim) {
        return planner::certificate::prove(
            a_case,
            steps,
            {.rule = planner::certificate::Rule::brokers,
             .parts = {
                 {.rule = planner::certificate::Rule::colours, .machines = all, .claim = claim}}});
    };

    CHECK(claims(4 * shortest).wrong.empty());
    CHECK(claims(4 * shortest).value == 4 * shortest);
    CHECK(claims(4 * shortest + Duration{1}).wrong.find("fewer colours") != std::string::npos);
    CHECK_FALSE(claims(Duration{}).wrong.empty());
    CHECK_FALSE(claims(7 * shortest).wrong.empty());
}

TEST_CASE("colouring instances at hand are never coloured better than is proved") {
    const auto folder = support::colouring_folder("colouring");
    const auto weighted = support::colouring_folder("max-colouring");
    if (!folder || !weighted) {
        MESSAGE("skipped: no colouring instances (set ROLLCAST_DATA)");
        return;
    }
    for (const support::ColouringFile& file : support::colouring_files(*folder)) {
        if (file.vertices > 64) continue;
        CAPTURE(file.name);
        const auto found =
            planner::few_colours(graph_of({file.vertices, file.edges}), 0, {.moves = 2'000});
        CHECK(proper({file.vertices, file.edges}, found.colour));
        CHECK(found.count >= static_cast<std::uint32_t>(file.best_known));
    }
    for (const support::ColouringFile& file : support::colouring_files(*weighted)) {
        CAPTURE(file.name);
        std::vector<Duration> weight;
        for (const std::int64_t w : file.weight) weight.push_back(Duration{w});
        const auto found =
            planner::light_colouring(graph_of({file.vertices, file.edges}), weight, {.moves = 300});
        CHECK(proper({file.vertices, file.edges}, found.colouring.colour));
        CHECK(found.weight.count() >= file.best_known);
    }
}
