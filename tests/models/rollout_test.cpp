// How far a roll goes: canaries, waves, stop rules, and what a step has to see.
#include <algorithm>

#include <doctest/doctest.h>

#include "models/policies/catalogue.hpp"
#include "models/simulate.hpp"
#include "models/world.hpp"
#include "tests/support/fault_lab.hpp"
#include "tests/support/lab.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// Racks as batches, each machine as soon as it may.
Plan rack_plan(const Case& a_case) {
    Plan plan;
    for (const ClusterId c : Range<ClusterId>(a_case.fleet.clusters().size())) {
        ClusterPlan part = whole_cluster(a_case.fleet, c);
        const std::vector<MachineId> machines = part.batches[0].machines;
        part.batches.clear();
        for (std::size_t rack = 0; rack < 3; ++rack) {
            part.batches.push_back(
                {{machines[rack], machines[rack + 3]}, static_cast<std::int32_t>(rack)});
        }
        plan.clusters.push_back(part);
    }
    return plan;
}

Fault never_returns(std::uint32_t machine) {
    Fault fault;
    fault.kind = FaultKind::reimage_no_return;
    fault.machine = MachineId{machine};
    fault.trigger.at = sim::Instant{};
    return fault;
}

std::size_t started(const Verdict& verdict, std::uint32_t first, std::uint32_t last) {
    return static_cast<std::size_t>(std::count_if(
        verdict.machines.begin() + first, verdict.machines.begin() + last, [](const auto& times) {
            return times.start != sim::Instant::never();
        }));
}

}  // namespace

TEST_CASE("the others follow the canaries after their soak") {
    const Case a_case = sketched_case({six_in_three_racks()});
    Plan plan = rack_plan(a_case);
    const Verdict before = simulate(a_case, plan, {});
    CHECK(before.machines[3].start == sim::Instant{});

    plan.rollout = {.canary = 1, .canary_soak = sim::hours(2)};
    const Verdict after = simulate(a_case, plan, {});
    CHECK(after.safe());
    CHECK(after.machines[0].start == sim::Instant{});
    CHECK(after.machines[3].start == after.machines[0].end + sim::hours(2));
}

TEST_CASE("nothing follows a canary that is lost") {
    Case a_case = sketched_case({six_in_three_racks()});
    a_case.faults = {never_returns(0)};
    Plan plan = rack_plan(a_case);
    plan.rollout.canary = 1;
    const Verdict verdict = simulate(a_case, plan, {});
    CHECK(started(verdict, 0, 6) == 1);
    CHECK(verdict.unfinished == Unfinished::machine_lost);
}

TEST_CASE("a cluster of a later wave starts when those before it have been done for a while") {
    const Case a_case =
        sketched_case({six_in_three_racks(), six_in_three_racks(), six_in_three_racks()});
    Plan plan = rack_plan(a_case);
    plan.clusters[0].after = {ClusterId{1}};
    plan.clusters[0].after_soak = sim::hours(24);
    plan.clusters[2].after = {ClusterId{0}, ClusterId{1}};
    const Verdict verdict = simulate(a_case, plan, {.threads = 2});
    CHECK(verdict.safe());
    REQUIRE(verdict.clusters.size() == 3);
    CHECK(verdict.clusters[1].first_start == sim::Instant{});
    CHECK(verdict.clusters[0].first_start == verdict.clusters[1].last_end + sim::hours(24));
    CHECK(verdict.clusters[2].first_start == verdict.clusters[0].last_end);

    // A policy of a later wave waits in the same way.
    Plan tool = policy_plan(a_case.fleet, {.kind = PolicyKind::msk});
    tool.clusters[0].after = {ClusterId{1}};
    const Verdict rolled = simulate(a_case, tool, {});
    CHECK(rolled.safe());
    CHECK(rolled.clusters[0].first_start == rolled.clusters[1].last_end);
}

TEST_CASE("stop rules halt a batch, a cluster or the fleet when so many machines are lost") {
    Case a_case = sketched_case({six_in_three_racks(), six_in_three_racks()});
    a_case.limits.crews = 1;
    a_case.faults = {never_returns(0)};
    const auto rolled = [&](const Rollout& rollout) {
        Plan plan = rack_plan(a_case);
        // What 0 and 3 host is theirs alone: only the stop rules stand between.
        plan.rollout = rollout;
        return simulate(a_case, plan, {});
    };
    const Verdict on = rolled({});
    CHECK(started(on, 3, 4) == 1);
    CHECK(started(on, 6, 12) == 6);
    CHECK(on.unfinished == Unfinished::machine_lost);

    const Verdict batch = rolled({.halt_batch = 1});
    CHECK(started(batch, 3, 4) == 0);
    CHECK(started(batch, 6, 12) == 6);
    CHECK(batch.unfinished == Unfinished::halted);

    const Verdict cluster = rolled({.halt_cluster = 1});
    CHECK(started(cluster, 0, 6) == 1);
    CHECK(started(cluster, 6, 12) == 6);

    const Verdict fleet = rolled({.halt_fleet = 1});
    CHECK(started(fleet, 6, 12) < 6);
    CHECK(fleet.unfinished == Unfinished::halted);

    const Verdict two = rolled({.halt_cluster = 2});
    CHECK(started(two, 3, 4) == 1);
}

TEST_CASE("a step whose checks do not pass waits before it touches anything") {
    Case a_case = sketched_case({six_in_three_racks()});
    Fault crash;
    crash.kind = FaultKind::broker_crash;
    crash.broker = BrokerId{4};
    crash.trigger.at = sim::Instant{};
    crash.duration = sim::minutes(30);
    a_case.faults = {crash};
    Plan plan;
    plan.clusters = {whole_cluster(a_case.fleet, ClusterId{0})};
    plan.clusters[0].batches[0].machines.resize(1);  // broker 0, which shares a partition with 4
    const Verdict blind = simulate(a_case, plan, {});
    CHECK(blind.machines[0].stopped < sim::Instant{sim::minutes(30)});

    plan.preflight.in_sync = true;
    const Verdict careful = simulate(a_case, plan, {});
    CHECK(careful.machines[0].stopped > sim::Instant{sim::minutes(30)});
    CHECK(careful.safe());
    CHECK(careful.unfinished == Unfinished::no);

    plan.preflight = {.all_in_sync = true};
    CHECK(simulate(a_case, plan, {}).machines[0].stopped > sim::Instant{sim::minutes(30)});
}

TEST_CASE("a full quorum is asked for before a step, and after it") {
    ClusterSketch sketch = six_in_three_racks();
    sketch.quorum = {{.rack = 0}, {.rack = 1}, {.rack = 2}};
    Case a_case = sketched_case({sketch});
    Fault lost;
    lost.kind = FaultKind::quorum_node_lost;
    lost.quorum_node = QuorumNodeId{1};
    lost.trigger.at = sim::Instant{};
    lost.duration = sim::hours(2);
    a_case.faults = {lost};
    Plan plan;
    plan.clusters = {whole_cluster(a_case.fleet, ClusterId{0})};
    plan.clusters[0].quorum.clear();
    plan.clusters[0].batches[0].machines.resize(1);
    CHECK(simulate(a_case, plan, {}).machines[0].end < sim::Instant{sim::hours(2)});
    Plan before = plan;
    before.preflight.quorum_full = true;
    CHECK(simulate(a_case, before, {}).machines[0].stopped > sim::Instant{sim::hours(2)});
    Plan after = plan;
    after.post_flight.quorum_full = true;
    const Verdict verdict = simulate(a_case, after, {});
    CHECK(verdict.machines[0].stopped < sim::Instant{sim::hours(1)});
    CHECK(verdict.machines[0].end > sim::Instant{sim::hours(2)});
}

TEST_CASE("a step waits while the cluster moves data, or is not as the golden file has it") {
    for (const FaultKind kind : {FaultKind::self_balancing, FaultKind::leader_rebalance}) {
        Case a_case = sketched_case({six_in_three_racks()});
        a_case.faults = {fault_of(kind, {}, sim::minutes(30))};
        Plan plan;
        plan.clusters = {whole_cluster(a_case.fleet, ClusterId{0})};
        plan.clusters[0].batches[0].machines.resize(1);
        const auto stops = [&](const Checks& checks) {
            plan.preflight = checks;
            const Verdict verdict = simulate(a_case, plan, {});
            CHECK(verdict.unfinished == Unfinished::no);
            return verdict.machines[0].stopped;
        };
        const bool moves = kind == FaultKind::self_balancing;
        const sim::Instant undone{sim::minutes(30)};
        CHECK(stops({}) < undone);
        CHECK(stops({.as_golden = true}) > undone);
        const sim::Instant quiet = stops({.no_reassignment = true});
        CHECK((quiet > stops({})) == moves);
    }
}

TEST_CASE("a re-image that fails begins again, as often as the plan says") {
    Case a_case = sketched_case({six_in_three_racks()});
    Plan plan = rack_plan(a_case);
    const auto rolled = [&](double share, int retries, std::uint64_t seed) {
        a_case.step.reimage_fails = share;
        plan.rollout.retries = retries;
        return simulate(a_case, plan, {.seed = seed, .sampled = true});
    };
    const auto most = [](const Verdict& verdict) {
        std::uint32_t reimages = 0;
        for (const MachineTimes& times : verdict.machines) {
            reimages = std::max(reimages, times.reimages);
        }
        return reimages;
    };
    // What never fails is the run without the share; nominal runs draw nothing.
    const Verdict usual = rolled(0.0, 0, 1);
    CHECK(usual.trace_hash == rolled(0.0, 5, 1).trace_hash);
    CHECK(most(usual) == 1);
    a_case.step.reimage_fails = 1.0;
    CHECK(simulate(a_case, plan, {}).safe());

    int finished_without = 0;
    int finished_with = 0;
    constexpr int seeds = 40;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const Verdict once = rolled(0.3, 0, seed);
        const Verdict again = rolled(0.3, 20, seed);
        finished_without += once.unfinished == Unfinished::no ? 1 : 0;
        finished_with += again.unfinished == Unfinished::no ? 1 : 0;
        CHECK(most(once) == 1);
        if (once.unfinished == Unfinished::no) {
            CHECK(again.trace_hash == once.trace_hash);
        } else {
            CHECK(once.unfinished == Unfinished::machine_lost);
            CHECK(most(again) > 1);
        }
    }
    CHECK(finished_with == seeds);
    // Six machines, each without a failure in 0.7 of the seeds: 0.118 of them, 4.7 of 40.
    CHECK(finished_without > 0);
    CHECK(finished_without < 14);

    const Verdict never = rolled(1.0, 2, 1);
    CHECK(most(never) == 3);
    CHECK(never.unfinished == Unfinished::machine_lost);
}

TEST_CASE("a snapshot of a run with canaries, waves and checks goes on as the run does") {
    const Case a_case = sketched_case({six_in_three_racks(), six_in_three_racks()});
    Plan plan = rack_plan(a_case);
    plan.rollout = {.canary = 1, .canary_soak = sim::hours(1), .halt_fleet = 3};
    plan.clusters[1].after = {ClusterId{0}};
    plan.preflight.all_in_sync = true;
    World world(a_case, plan, Scope::whole(a_case.fleet), {});
    world.run_until(sim::Instant{sim::hours(1)});
    World copy = world;
    world.run();
    copy.run();
    CHECK(world.verdict().trace_hash == copy.verdict().trace_hash);
}

TEST_CASE("the first breach of the windows is the first in time, whatever the order of clusters") {
    Case a_case = sketched_case({six_in_three_racks(), six_in_three_racks()});
    a_case.limits.windows = Windows({}, sim::hours(2), {}, {});
    for (const std::uint32_t machine : {0U, 6U}) {
        Fault slow;
        slow.kind = FaultKind::straggler;
        slow.machine = MachineId{machine};
        slow.values[0] = 4.0;
        slow.trigger.at = sim::Instant{};
        a_case.faults.push_back(slow);
    }
    Plan plan = rack_plan(a_case);
    plan.clusters[0].after = {ClusterId{1}};
    const Verdict verdict = simulate(a_case, plan, {});
    const RuleResult& windows = verdict.rule(Rule::windows);
    CHECK(windows.subjects == 2);
    REQUIRE(windows.first.has_value());
    CHECK(windows.first->cluster == ClusterId{1});
    CHECK(windows.first->at == sim::Instant{sim::hours(2)});
}
