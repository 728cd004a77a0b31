#include "planner/replan.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/planner.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::MachineId;
using planner::MachineState;
using planner::Midway;
using planner::StepState;
using sim::Duration;
using sim::Instant;

namespace {

models::Case case_of(std::uint64_t seed) {
    sim::RandomStream random(seed, 41, sim::Draw::placement, 0);
    std::vector<support::ClusterSketch> clusters;
    for (std::uint64_t c = 0; c < 2; ++c) {
        clusters.push_back(
            support::random_cluster(seed + 70 * c,
                                    {.brokers = static_cast<std::uint32_t>(6 + random.below(6)),
                                     .racks = 3,
                                     .partitions = static_cast<std::uint32_t>(6 + random.below(20)),
                                     .rate_spread = 20}));
        clusters.back().name = c == 0 ? "c01" : "c02";
        clusters.back().quorum = {{0, false, -1}, {1, true, -1}, {2, false, -1}};
    }
    models::Case a_case = support::sketched_case(clusters);
    if (random.below(2) == 0) a_case.limits.crews = 2 + static_cast<int>(random.below(4));
    if (random.below(3) == 0) a_case.limits.max_down = 1 + static_cast<int>(random.below(2));
    return a_case;
}

Duration part_of(Duration whole, std::int64_t parts, std::int64_t of) {
    return Duration{whole.count() / of * parts};
}

/// Where a nominal run of a plan is at `now`; its done steps are told to have taken `pace` times as
/// long.
Midway midway_at(const models::Verdict& verdict, Instant now, double pace = 1.0) {
    Midway midway{now.since_start(), {}};
    for (const models::MachineTimes& times : verdict.machines) {
        MachineState state{.machine = times.machine};
        if (times.end <= now) {
            state.state = StepState::done;
            state.time = sim::ceil_seconds(sim::to_seconds(times.end - times.start) * pace);
        } else if (times.start < now) {
            state.state = StepState::running;
            state.time = now - times.start;
        }
        if (state.state != StepState::waiting) midway.machines.push_back(state);
    }
    return midway;
}

std::vector<MachineId> machines_of(const models::Plan& plan) {
    std::vector<MachineId> machines;
    for (const models::ClusterPlan& cluster : plan.clusters) {
        machines.insert(machines.end(), cluster.quorum.begin(), cluster.quorum.end());
        for (const models::Batch& batch : cluster.batches) {
            machines.insert(machines.end(), batch.machines.begin(), batch.machines.end());
        }
    }
    std::sort(machines.begin(), machines.end());
    return machines;
}

std::vector<MachineId> waiting_in(const models::Fleet& fleet, const Midway& midway) {
    std::vector<MachineId> waiting;
    for (std::uint32_t m = 0; m < fleet.machines().size(); ++m) {
        const bool named = std::any_of(midway.machines.begin(),
                                       midway.machines.end(),
                                       [m](const auto& s) { return s.machine == MachineId{m}; });
        if (!named) waiting.push_back(MachineId{m});
    }
    return waiting;
}

}  // namespace

TEST_CASE(
    "property: from anywhere in a run the new plan holds all that waits, and is never worse") {
    int better = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = case_of(seed);
        const auto policy =
            seed % 2 == 0 ? planner::Policy::one_at_a_time : planner::Policy::event_driven;
        const auto made = planner::make_plan(a_case, {.policy = policy});
        if (made.plan.clusters.empty() || !made.verdict.safe()) continue;
        for (const int share : {0, 3, 6, 9}) {
            CAPTURE(share);
            const Instant now = Instant{} + part_of(made.verdict.makespan, share, 10);
            const Midway midway = midway_at(made.verdict, now);
            const auto again = planner::replan(a_case, made.plan, midway, {.seed = seed});

            CHECK(again.remaining <= again.going_on);
            CHECK(again.blocked.empty());
            CHECK(machines_of(again.plan) == waiting_in(a_case.fleet, midway));
            // By nominal durations "as before" is what the run itself has left.
            const Duration left = made.verdict.makespan - now.since_start();
            const Duration off = std::max(left - again.going_on, again.going_on - left);
            CHECK(off <= part_of(left, 1, 20) + sim::minutes(2));
            better += again.remaining < again.going_on ? 1 : 0;
            CHECK(planner::replan(a_case, made.plan, midway, {.seed = seed}).plan.clusters.size() ==
                  again.plan.clusters.size());
        }
    }
    MESSAGE(better, " new plans end sooner than going on as before");
    CHECK(better > 30);
}

TEST_CASE("what is left is safe in the full simulation") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = case_of(seed);
        const auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
        if (made.plan.clusters.empty() || !made.verdict.safe()) continue;
        const Midway midway =
            midway_at(made.verdict, Instant{} + part_of(made.verdict.makespan, 1, 2));
        const auto again = planner::replan(a_case, made.plan, midway, {.seed = seed});
        CHECK(models::simulate(a_case, again.plan, {}).safe());
    }
}

TEST_CASE("a broker lost for good blocks those that share what it kept in sync, and no others") {
    // 0-1 and 1-2 share a partition that can spare one replica; 3 shares nothing.
    const models::Case a_case =
        support::sketched_case({support::pairs_cluster(4, {{0, 1}, {1, 2}})});
    const auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
    Midway midway{sim::hours(1), {{MachineId{1}, StepState::lost, {}, {}}}};

    const auto lost = planner::replan(a_case, made.plan, midway, {});

    std::vector<MachineId> blocked;
    for (const planner::Blocked& b : lost.blocked) blocked.push_back(b.machine);
    CHECK(blocked == std::vector{MachineId{0}, MachineId{2}});
    CHECK(lost.blocked[0].partitions == 1);
    CHECK(machines_of(lost.plan) == std::vector{MachineId{0}, MachineId{2}, MachineId{3}});
    CHECK(lost.lost == 1);

    SUBCASE("one that comes back holds them until then") {
        midway.machines[0].back_in = sim::hours(5);
        const auto later = planner::replan(a_case, made.plan, midway, {});
        CHECK(later.blocked.empty());
        CHECK(later.remaining > sim::hours(5));
    }
}

TEST_CASE("the pace is the median of a cluster's own steps, of the fleet's where it has few") {
    const models::Case a_case = case_of(2);
    const auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
    const Midway slow =
        midway_at(made.verdict, Instant{} + part_of(made.verdict.makespan, 2, 3), 1.5);
    const auto pace = planner::paces(a_case, models::DataDisk::keep, slow);
    for (const planner::Pace& of : pace) {
        CHECK(of.steps >= 3);
        CHECK(of.factor > 1.4);
        CHECK(of.factor < 1.6);
    }
    const auto nominal =
        planner::replan(a_case,
                        made.plan,
                        midway_at(made.verdict, Instant{} + part_of(made.verdict.makespan, 2, 3)),
                        {});
    CHECK(planner::replan(a_case, made.plan, slow, {}).going_on > nominal.going_on);

    const Midway few{sim::hours(1),
                     {{MachineId{0}, StepState::done, sim::hours(9), {}},
                      {MachineId{1}, StepState::done, sim::hours(9), {}}}};
    for (const planner::Pace& of : planner::paces(a_case, models::DataDisk::keep, few)) {
        CHECK(of.factor == 1.0);
    }
}
