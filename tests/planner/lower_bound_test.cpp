#include "planner/lower_bound.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "planner/certificate/packing.hpp"
#include "planner/cluster_bound.hpp"
#include "sim/random.hpp"
#include "tests/planner/brute_force.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::Gate;
using sim::Duration;

namespace {

planner::StepTable steps_of(const models::Case& a_case) {
    return planner::step_table(a_case, models::DataDisk::keep);
}

/// Random small case: 3 to 6 brokers, with now and then crews, slots, max_down, larger slack.
models::Case random_case(std::uint64_t seed) {
    sim::RandomStream random(seed, 4, sim::Draw::placement, 0);
    const auto brokers = static_cast<std::uint32_t>(4 + random.below(3));
    const std::uint32_t rf = random.below(4) == 0 ? 4 : 3;
    models::Case a_case = support::sketched_case(
        {support::random_cluster(seed,
                                 {.brokers = brokers,
                                  .racks = static_cast<std::uint32_t>(2 + random.below(3)),
                                  .partitions = static_cast<std::uint32_t>(1 + random.below(5)),
                                  .rf = rf,
                                  .rack_aware = random.below(2) == 0,
                                  .rate_spread = 60})});
    if (random.below(3) == 0) a_case.limits.crews = 1 + static_cast<int>(random.below(3));
    if (random.below(4) == 0) a_case.limits.image_slots = 1 + static_cast<int>(random.below(3));
    if (random.below(4) == 0) a_case.limits.max_down = 1 + static_cast<int>(random.below(3));
    return a_case;
}

}  // namespace

TEST_CASE("no schedule beats the bound, deliberate waits and both gates included") {
    int tight = 0;
    int cases = 0;
    for (std::uint64_t seed = 0; seed < 250; ++seed) {
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            CAPTURE(seed);
            CAPTURE(static_cast<int>(gate));
            const models::Case a_case = random_case(seed);
            const planner::StepTable steps = steps_of(a_case);
            const Duration best = tests::optimum(tests::oracle_of(a_case, steps, gate, true));

            const planner::LowerBound bound =
                planner::lower_bound(a_case, gate, models::DataDisk::keep);

            CHECK(bound.value <= best);
            CHECK(bound.value > Duration{});
            CHECK_FALSE(bound.reason.empty());
            ++cases;
            if (bound.value == best) ++tight;
        }
    }
    MESSAGE("bound equals the optimum in ", tight, " of ", cases, " random cases");
}

TEST_CASE("on a cograph without limits the bound is the optimum") {
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        CAPTURE(seed);
        // A random cotree over 6 vertices: parts are merged by a union or a join until one is left.
        sim::RandomStream random(seed, 5, sim::Draw::placement, 0);
        std::vector<planner::Vertices> parts;
        for (std::uint32_t v = 0; v < 6; ++v) parts.push_back({v});
        planner::ConflictGraph graph(6);
        while (parts.size() > 1) {
            const std::size_t i = random.below(parts.size() - 1);
            const bool join = random.below(2) == 0;
            for (const std::uint32_t a : parts[i]) {
                for (const std::uint32_t b : parts.back()) {
                    if (join) boost::add_edge(a, b, graph);
                }
            }
            parts[i].insert(parts[i].end(), parts.back().begin(), parts.back().end());
            parts.pop_back();
        }
        planner::BoundProblem problem;
        tests::Oracle oracle;
        for (std::uint32_t v = 0; v < 6; ++v) {
            const Duration length = sim::seconds(1 + static_cast<std::int64_t>(random.below(40)));
            problem.weight.push_back(length);
            problem.machine.push_back(models::MachineId{v});
            oracle.jobs.push_back({length, length, length, length});
        }
        problem.crew = problem.slot = problem.weight;
        problem.graph = graph;
        oracle.conflict.assign(6, std::vector<bool>(6, false));
        for (std::uint32_t a = 0; a < 6; ++a) {
            for (std::uint32_t b = 0; b < 6; ++b) {
                oracle.conflict[a][b] = boost::edge(a, b, graph).second;
            }
        }

        CHECK(planner::conflict_bound(problem).value == tests::optimum(oracle));
    }
}

TEST_CASE("the bound on parallel machines is never above the optimum") {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        sim::RandomStream random(seed, 6, sim::Draw::placement, 0);
        const int machines = 1 + static_cast<int>(random.below(3));
        std::vector<planner::certificate::TailedJob> jobs;
        tests::Oracle oracle;
        const std::size_t n = 2 + random.below(5);
        for (std::size_t j = 0; j < n; ++j) {
            const Duration length = sim::seconds(1 + static_cast<std::int64_t>(random.below(30)));
            const Duration tail = sim::seconds(static_cast<std::int64_t>(random.below(20)));
            jobs.push_back({length, tail});
            oracle.jobs.push_back({length + tail, length, length, length});
        }
        oracle.conflict.assign(n, std::vector<bool>(n, false));
        oracle.crews = machines;

        CHECK(planner::certificate::threshold_bound(jobs, machines) <= tests::optimum(oracle));
    }
}

TEST_CASE("one machine takes all jobs one after another, then the shortest tail") {
    const std::vector<planner::certificate::TailedJob> jobs{{sim::seconds(10), sim::seconds(4)},
                                                            {sim::seconds(20), sim::seconds(7)}};

    CHECK(planner::certificate::threshold_bound(jobs, 1) == sim::seconds(10 + 20 + 4));
    CHECK(planner::certificate::threshold_bound(jobs, 2) == sim::seconds(20 + 7));
}

TEST_CASE("racks that exclude each other add up: the longest step of each") {
    models::Case a_case = support::sketched_case({support::reference_cluster(true)});
    const planner::StepTable steps = steps_of(a_case);
    const auto longest = [&](std::uint32_t a, std::uint32_t b) {
        return std::max(steps[models::MachineId{a}].least(), steps[models::MachineId{b}].least());
    };

    const planner::LowerBound bound =
        planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep);

    CHECK(bound.value == longest(0, 3) + longest(1, 4) + longest(2, 5));
    CHECK(bound.kind == "clique");
    CHECK(bound.machines.size() == 3);
}

TEST_CASE("a gate per partition charges an edge only until the neighbour is registered and seen") {
    const models::Case a_case = support::sketched_case({support::pairs_cluster(2, {{0, 1}})});
    const planner::StepTable steps = steps_of(a_case);
    const models::NominalStep& step = steps[models::MachineId{0}];

    const planner::LowerBound bound =
        planner::lower_bound(a_case, Gate::shared_partitions, models::DataDisk::keep);

    CHECK(bound.value == step.until_registered + a_case.step.observe_delay + step.least());
    CHECK(bound.value <
          planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep).value);
}

TEST_CASE("quorum nodes on machines of their own add up, shared ones go with their broker") {
    support::ClusterSketch cluster = support::pairs_cluster(5, {});
    cluster.quorum = {{.rack = 0},
                      {.rack = 1},
                      {.rack = 2},
                      {.rack = 3, .shared_with = 3},
                      {.rack = 4, .shared_with = 4}};
    const models::Case a_case = support::sketched_case({cluster});
    const planner::StepTable steps = steps_of(a_case);

    const planner::LowerBound bound =
        planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep);

    CHECK(bound.kind == "quorum_chain");
    CHECK(bound.value == 3 * steps[models::MachineId{5}].least());
    CHECK(bound.machines.size() == 3);
}

TEST_CASE("two steps that do not fit one window take the second for a whole step") {
    models::Case a_case = support::sketched_case({support::pairs_cluster(2, {{0, 1}})});
    const Duration open =
        planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep).value;
    a_case.limits.windows = models::Windows(sim::hours(22), sim::hours(23), sim::hours(20), {});
    const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
    const Duration shorter =
        std::min(steps[models::MachineId{0}].least(), steps[models::MachineId{1}].least());

    const planner::LowerBound bound =
        planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep);

    REQUIRE(open > sim::hours(1));
    REQUIRE(open < sim::hours(2));
    CHECK(bound.value == sim::hours(2 + 24) + shorter);  // open time alone: open - 1 h that night
}

TEST_CASE("relabelling the brokers leaves the bound as it is") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const support::ClusterSketch cluster = support::random_cluster(
            seed, {.brokers = 9, .racks = 3, .partitions = 8, .rack_aware = false});
        support::ClusterSketch renamed = cluster;
        const auto other = [](std::uint32_t b) { return (b * 4 + 3) % 9; };
        for (std::uint32_t b = 0; b < 9; ++b) renamed.rack_of[other(b)] = cluster.rack_of[b];
        for (support::TopicSketch& topic : renamed.topics) {
            for (auto& replicas : topic.replicas) {
                std::transform(replicas.begin(), replicas.end(), replicas.begin(), other);
            }
        }
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            CHECK(planner::lower_bound(
                      support::sketched_case({cluster}), gate, models::DataDisk::keep)
                      .value == planner::lower_bound(
                                    support::sketched_case({renamed}), gate, models::DataDisk::keep)
                                    .value);
        }
    }
}
