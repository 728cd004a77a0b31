#include "planner/certificate/window_bound.hpp"

#include <algorithm>
#include <numeric>

#include <doctest/doctest.h>

#include "planner/certificate/bound_check.hpp"
#include "planner/certificate/check.hpp"
#include "planner/certificate/minimum_step.hpp"
#include "planner/planner.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace planner::certificate;
using sim::Duration;
using sim::Instant;

namespace {

/// The earliest end over all orders, each job on the machine that is free first and as early as a
/// window lets it: an order by the starts of a best schedule is among them.
Duration earliest_end(const models::Windows& windows,
                      const std::vector<TailedJob>& jobs,
                      int machines) {
    std::vector<std::uint32_t> order(jobs.size());
    std::iota(order.begin(), order.end(), 0U);
    Duration best = sim::hours(100'000);
    do {
        std::vector<Instant> free(static_cast<std::size_t>(machines));
        Duration end{};
        for (const std::uint32_t j : order) {
            Instant& machine = *std::min_element(free.begin(), free.end());
            const Instant start = windows.next_start(machine, jobs[j].length + jobs[j].tail);
            machine = start + jobs[j].length;
            end = std::max(end, (machine + jobs[j].tail).since_start());
        }
        best = std::min(best, end);
    } while (std::next_permutation(order.begin(), order.end()));
    return best;
}

/// A cluster with all pairs in conflict, one step after another, a few a night.
models::Case nightly_case() {
    models::Case a_case = support::sketched_case(
        {support::random_cluster(4, {.brokers = 9, .racks = 9, .partitions = 120})});
    a_case.limits.windows = models::Windows(sim::hours(22), sim::hours(1), sim::hours(20), {});
    return a_case;
}

}  // namespace

TEST_CASE("no schedule inside windows ends before the bound on it, on 1,000 random problems") {
    int reached = 0;
    for (std::uint64_t seed = 0; seed < 1'000; ++seed) {
        sim::RandomStream random(seed, 31, sim::Draw::placement, 0);
        const int machines = static_cast<int>(1 + random.below(2));
        std::vector<TailedJob> jobs;
        for (std::uint64_t n = 1 + random.below(5); n > 0; --n) {
            jobs.push_back({sim::minutes(20 + static_cast<std::int64_t>(random.below(90))),
                            sim::minutes(static_cast<std::int64_t>(random.below(40)))});
        }
        std::vector<models::Span> blackouts;
        if (random.below(2) == 0) {
            blackouts.push_back({Instant{} + sim::hours(26), Instant{} + sim::hours(29)});
        }
        const models::Windows windows(sim::hours(22),
                                      sim::hours(1 + static_cast<std::int64_t>(random.below(3))),
                                      sim::hours(21),
                                      blackouts);

        const Duration bound = window_bound(windows, jobs, machines);
        const Duration best = earliest_end(windows, jobs, machines);

        CAPTURE(seed);
        REQUIRE(bound <= best);
        if (bound == best) ++reached;
    }
    CHECK(reached > 500);
}

TEST_CASE("jobs that fill a night badly need another one, which open time alone does not say") {
    const models::Windows nights(sim::hours(22), sim::hours(6), sim::hours(22), {});
    const std::vector<TailedJob> jobs(4, {sim::hours(3), Duration{}});
    const std::vector<TailedJob> longer(4, {sim::minutes(250), Duration{}});

    CHECK(window_bound(nights, jobs, 1) == sim::hours(24 + 6));                    // 2 a night
    CHECK(window_bound(nights, longer, 1) == sim::hours(72) + sim::minutes(250));  // 1 a night
    CHECK(wall_time(nights, 4 * sim::minutes(250)) == sim::hours(48) + sim::minutes(40));
}

TEST_CASE("the nights of a plan are proved, and a certificate with an hour more is refused") {
    const models::Case a_case = nightly_case();
    const planner::PlanResult result = planner::make_plan(a_case, {.effort = 200});
    CAPTURE(result.reason);
    REQUIRE(result.certificate.has_value());
    CHECK(result.bound.kind == "windows");
    CHECK(result.status == planner::PlanStatus::optimal);
    Certificate more = *result.certificate;
    more.bound += sim::hours(1);
    more.makespan += sim::hours(1);

    CHECK(judge(a_case, *result.certificate).accepted());
    CHECK_FALSE(judge(a_case, more).accepted());
}

TEST_CASE("a bound in windows is refused where the case has none, and on machines of its choice") {
    models::Case a_case = nightly_case();
    const auto steps = minimum_steps(a_case, models::Gate::broker_in_sync, models::DataDisk::keep);
    const auto windows = [](Rule rule, std::vector<models::MachineId> machines) {
        return Proof{.rule = Rule::windows,
                     .parts = {{.rule = rule, .machines = std::move(machines)}}};
    };
    const models::MachineId first{0};

    CHECK(prove(a_case, steps, windows(Rule::clique, {first})).wrong.empty());
    CHECK_FALSE(prove(a_case, steps, windows(Rule::clique, {first, first})).wrong.empty());
    CHECK_FALSE(prove(a_case, steps, windows(Rule::crews, {first})).wrong.empty());
    CHECK_FALSE(prove(a_case, steps, windows(Rule::join, {first})).wrong.empty());
    CHECK_FALSE(prove(a_case, steps, windows(Rule::clique, {})).wrong.empty());
    a_case.limits.windows = {};
    CHECK_FALSE(prove(a_case, steps, windows(Rule::clique, {first})).wrong.empty());
}
