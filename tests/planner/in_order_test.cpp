#include "planner/in_order.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "planner/certificate/check.hpp"
#include "planner/planner.hpp"
#include "planner/policies.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using planner::ConflictJobs;
using sim::Duration;

namespace {

ConflictJobs random_jobs(std::uint64_t seed, std::uint32_t most) {
    sim::RandomStream random(seed, 34, sim::Draw::placement, 0);
    const auto n = static_cast<std::uint32_t>(1 + random.below(most));
    const std::uint64_t share = 10 + random.below(80);
    ConflictJobs jobs;
    jobs.apart.assign(n, 0);
    for (std::uint32_t a = 0; a < n; ++a) {
        jobs.length.push_back(sim::minutes(40 + static_cast<std::int64_t>(random.below(60))));
        for (std::uint32_t b = 0; b < a; ++b) {
            if (random.below(100) >= share) continue;
            jobs.apart[a] |= std::uint64_t{1} << b;
            jobs.apart[b] |= std::uint64_t{1} << a;
        }
    }
    return jobs;
}

std::vector<std::uint32_t> any_order(const ConflictJobs& jobs) {
    std::vector<std::uint32_t> order(jobs.length.size());
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

Duration shortest_by_exhaustion(const ConflictJobs& jobs) {
    std::vector<std::uint32_t> order = any_order(jobs);
    Duration best = planner::makespan_of(jobs, order);
    while (std::next_permutation(order.begin(), order.end())) {
        best = std::min(best, planner::makespan_of(jobs, order));
    }
    return best;
}

/// 60 brokers in 20 racks, 300 partitions of unlike rates.
models::Case twenty_racks_case() {
    return support::sketched_case({support::random_cluster(
        7, {.brokers = 60, .racks = 20, .partitions = 300, .rate_spread = 25})});
}

}  // namespace

TEST_CASE("orders are found for every deadline that exhaustion keeps, on 300 random problems") {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const ConflictJobs jobs = random_jobs(seed, 6);
        const Duration best = shortest_by_exhaustion(jobs);

        CAPTURE(seed);
        const auto found = planner::order_within(jobs, best, {.moves = 2'000});
        REQUIRE(found.has_value());
        REQUIRE(found->makespan <= best);
        REQUIRE(planner::makespan_of(jobs, found->order) == found->makespan);
        REQUIRE_FALSE(planner::order_within(jobs, best - Duration{1}, {.moves = 500}).has_value());
    }
}

TEST_CASE("going down from any order ends at the shortest of exhaustion, on 100 random problems") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const ConflictJobs jobs = random_jobs(seed, 6);
        const Duration best = shortest_by_exhaustion(jobs);
        std::vector<std::uint32_t> start = any_order(jobs);
        const Duration first = planner::makespan_of(jobs, start);
        std::uint64_t moves = 4'000;

        const planner::JobOrder found =
            planner::shortest_order(jobs, {std::move(start), first}, best, seed, moves);

        CAPTURE(seed);
        REQUIRE(found.makespan >= best);
        REQUIRE(found.makespan <= best + Duration{best.count() / 1'000});
        REQUIRE(moves <= 4'000 + 200);
    }
}

TEST_CASE("a sparse cluster is planned in order, faster than event-driven, and certified") {
    const models::Case a_case = twenty_racks_case();
    const planner::PlanOptions options{.effort = 4'000};

    const planner::PlanResult result = planner::make_plan(a_case, options);
    const planner::PlanResult event =
        planner::make_plan(a_case, {.policy = planner::Policy::event_driven});

    CAPTURE(result.reason);
    REQUIRE(result.plan.clusters.size() == 1);
    CHECK(result.plan.clusters[0].start == models::Start::in_order);
    CHECK(result.verdict.safe());
    CHECK(result.verdict.makespan < event.verdict.makespan);
    REQUIRE(result.certificate.has_value());
    CHECK(planner::certificate::judge(a_case, result.plan, *result.certificate).accepted());
    CHECK(planner::make_plan(a_case, {.effort = 4'000, .threads = 3})
              .plan.clusters[0]
              .batches.size() == result.plan.clusters[0].batches.size());
}

TEST_CASE("clusters that limits or windows hold up, or larger slack, are left to other orders") {
    models::Case a_case = twenty_racks_case();
    const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
    const auto conflicts = planner::all_conflicts(a_case.fleet);
    const planner::Decoder decoder(a_case, steps, conflicts);
    const auto apply = [&] {
        return planner::conflict_jobs(decoder, models::ClusterId{0}, models::Gate::broker_in_sync)
            .has_value();
    };

    CHECK(apply());
    a_case.limits.max_down = 3;
    CHECK_FALSE(apply());
    a_case.limits = {};
    a_case.limits.crews = 3;
    CHECK_FALSE(apply());
    a_case.limits = {};
    a_case.limits.windows = models::Windows(sim::hours(20), sim::hours(4), sim::hours(18), {});
    CHECK_FALSE(apply());
}
