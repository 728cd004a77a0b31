#include "planner/what_if.hpp"

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/certificate/check.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using planner::Resource;
using planner::WhatIfPoint;
using sim::Duration;

namespace {

models::Case estate(std::uint64_t seed) {
    sim::RandomStream random(seed, 32, sim::Draw::placement, 0);
    std::vector<support::ClusterSketch> clusters;
    for (std::uint64_t c = 0; c < 1 + random.below(2); ++c) {
        clusters.push_back(
            support::random_cluster(seed + 50 * c,
                                    {.brokers = static_cast<std::uint32_t>(6 + random.below(5)),
                                     .racks = 3,
                                     .partitions = static_cast<std::uint32_t>(4 + random.below(12)),
                                     .broken_per_mille = random.below(2) == 0 ? 0U : 150U,
                                     .rate_spread = 20}));
        clusters.back().name = c == 0 ? "c01" : "c02";
    }
    models::Case a_case = support::sketched_case(clusters);
    a_case.limits.windows = models::Windows(sim::hours(20), sim::hours(6), sim::hours(20), {});
    if (random.below(2) == 0) a_case.limits.windows = {};
    return a_case;
}

std::vector<double> settings_of(Resource resource) {
    switch (resource) {
        case Resource::window:
            return {3 * 3'600.0, 5 * 3'600.0, 8 * 3'600.0};
        case Resource::throttle:
            return {40e6, 80e6, 200e6};
        case Resource::mixed_version:
            return {4 * 3'600.0, 8 * 3'600.0, 1e6};
        default:
            return {1.0, 2.0, 3.0, 5.0};
    }
}

}  // namespace

TEST_CASE("more never looks worse, in the plan and in the bound, and every claim is proved") {
    int planned = 0;
    int carried = 0;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        const models::Case a_case = estate(seed);
        for (int r = 0; r < planner::resource_count; ++r) {
            const auto resource = static_cast<Resource>(r);
            if (resource == Resource::window && a_case.limits.windows.always_open()) continue;
            CAPTURE(seed);
            CAPTURE(to_string(resource));
            // No search at all: list schedules are not monotone by themselves (Graham 1969).
            const auto points = planner::what_if(
                a_case, resource, settings_of(resource), {.effort = seed % 2 * 60}, {});
            REQUIRE(points.size() == settings_of(resource).size());
            for (std::size_t i = 0; i < points.size(); ++i) {
                const WhatIfPoint& point = points[i];
                CAPTURE(point.value);
                if (i > 0) CHECK(point.result.bound.value <= points[i - 1].result.bound.value);
                if (i > 0 && has_plan(points[i - 1])) {
                    REQUIRE(has_plan(point));
                    CHECK(point.result.verdict.makespan <= points[i - 1].result.verdict.makespan);
                    REQUIRE(points[i - 1].price);
                    CHECK(*points[i - 1].price >= Duration{});
                }
                if (!has_plan(point)) continue;
                ++planned;
                carried += point.used < point.value ? 1 : 0;
                CHECK(point.result.verdict.makespan >= point.result.bound.value);
                CHECK_FALSE(point.binding.what.empty());
                // It is the plan of the setting that it says it uses, and safe there.
                const models::Case used = planner::with_resource(a_case, resource, point.used);
                const models::Verdict again = models::simulate(used, point.result.plan, {});
                CHECK(again.safe());
                CHECK(again.makespan == point.result.verdict.makespan);
                if (!point.result.certificate) continue;
                CHECK(planner::certificate::judge(
                          planner::with_resource(a_case, resource, point.value),
                          point.result.plan,
                          *point.result.certificate)
                          .accepted());
            }
        }
    }
    MESSAGE(planned, " plans, ", carried, " of them taken over from less");
    CHECK(planned > 100);
    CHECK(carried > 0);
}

TEST_CASE(
    "one crew for brokers without conflicts: crews bind, it is proved, and a second halves it") {
    const models::Case a_case = support::sketched_case({support::pairs_cluster(6, {{0, 1}})});

    const auto points = planner::what_if(a_case, Resource::crews, {1.0, 2.0, 6.0}, {}, {});

    CHECK(points[0].binding.what == "crews");
    CHECK(points[0].binding.proved);
    REQUIRE(points[0].price);
    CHECK(*points[0].price ==
          points[0].result.verdict.makespan - points[1].result.verdict.makespan);
    CHECK(*points[0].price * 5 > points[0].result.verdict.makespan * 2);
    CHECK(points[2].binding.what == "conflicts of c01");  // the pair, one after the other
    CHECK(points[2].binding.proved);
    CHECK(*points[2].price == Duration{});
}

TEST_CASE("windows: a longer one takes no more nights, and no fewer than the bound says") {
    models::Case a_case = support::sketched_case({support::pairs_cluster(
        6, {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {0, 2}, {1, 3}, {2, 4}, {3, 5}, {0, 3}})});
    a_case.limits.windows = models::Windows(sim::hours(22), sim::hours(2), sim::hours(22), {});

    const auto points = planner::what_if(
        a_case, Resource::window, {2 * 3'600.0, 4 * 3'600.0, 12 * 3'600.0}, {.effort = 200}, {});

    for (const WhatIfPoint& point : points) {
        REQUIRE(has_plan(point));
        CHECK(point.nights >= point.bound_nights);
        CHECK(point.bound_nights >= 1);
    }
    CHECK(points[0].nights > points[2].nights);
    CHECK(points[2].nights == 1);
}
