// Rollback: what a stop rule has stopped goes back to the stack of before, the last first, as far
// as there is a way back; what it costs, and what stands in its way.
#include <algorithm>

#include <doctest/doctest.h>

#include "models/programme.hpp"
#include "models/simulate.hpp"
#include "models/stacks/way_back.hpp"
#include "tests/support/stack_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

/// The fetches of broker `b` fail from its start after its step on, for an hour: longer than its
/// step is waited for, shorter than a step back.
Fault fails_for_an_hour(std::uint32_t b) {
    Fault fault = fault_of(FaultKind::never_rejoins);
    fault.broker = BrokerId{b};
    fault.duration = sim::hours(1);
    return in_phase(fault, b, StepPhase::start);
}

/// The ring of six in mixed mode; steps are given up after an hour, and one given up is a stop.
Lab stopping_lab(OnStop on_stop, const NodeStack& after = new_stack()) {
    Lab lab = migrating_lab(old_stack(), after);
    lab.a_case.step_timeout = sim::hours(1);
    lab.plan.rollout.halt_cluster = 1;
    lab.plan.rollout.on_stop = on_stop;
    return lab;
}

/// Brokers 0 and 1 are done or on their way when broker 2 is given up.
Lab third_fails(OnStop on_stop) {
    Lab lab = stopping_lab(on_stop);
    lab.fault(fails_for_an_hour(2));
    return lab;
}

bool runs_new(const World& world, std::uint32_t b) {
    const ClusterLinks* links = world.state().links.of(ClusterId{0});
    return links->running[links->place(BrokerId{b})].os == new_stack().os;
}

const MachineTimes& back(const Verdict& verdict, std::uint32_t m) {
    const auto found =
        std::find_if(verdict.went_back.begin(), verdict.went_back.end(), [m](const auto& times) {
            return times.machine == MachineId{m};
        });
    REQUIRE(found != verdict.went_back.end());
    return *found;
}

}  // namespace

TEST_CASE("a stop holds what is done as it is, or rolls it back, the last first") {
    Lab holding = third_fails(OnStop::hold);
    World held = holding.world();
    held.run();
    CHECK(held.verdict().unfinished == Unfinished::never_rejoins);
    CHECK(held.verdict().rollbacks.empty());
    CHECK(held.verdict().migrated() == 2);
    CHECK(runs_new(held, 0));

    Lab lab = third_fails(OnStop::roll_back);
    World world = lab.world();
    world.run();
    const Verdict verdict = world.verdict();
    CHECK(verdict.unfinished == Unfinished::rolled_back);
    REQUIRE(verdict.rollbacks.size() == 1);
    CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
    CHECK(verdict.rollbacks[0].machines == 3);
    CHECK(verdict.rollbacks[0].back == 3);
    CHECK(verdict.migrated() == 0);
    for (const std::uint32_t b : {0U, 1U, 2U}) {
        CHECK(!runs_new(world, b));
        CHECK(world.state().brokers[BrokerId{b}].out_of_isr == 0);
    }
    // What was given up first, then the last that was done. They share partitions: one at a time.
    CHECK(back(verdict, 2).end <= back(verdict, 1).start);
    CHECK(back(verdict, 1).end <= back(verdict, 0).start);
    // It was not migrated, and says so.
    CHECK(verdict.rule(Rule::finished).broken());
    CHECK(verdict.rule(Rule::finished).subjects == 3);
    // Nothing else is broken by going back: the same gates hold.
    CHECK(!verdict.rule(Rule::min_isr).broken());
    CHECK(!verdict.rule(Rule::leaderless).broken());
}

TEST_CASE("the time of a rollback is in the makespan: a step each") {
    const Verdict held = third_fails(OnStop::hold).verdict();
    const Verdict rolled = third_fails(OnStop::roll_back).verdict();
    const Rollback& rollback = rolled.rollbacks.front();
    CHECK(rolled.makespan == rollback.end.since_start());
    CHECK(rolled.makespan > held.makespan);
    // Three machines that share partitions, one after the other.
    const MachineTimes& first = rolled.machines[0];
    const sim::Duration step = first.end - first.start;
    CHECK(rollback.end - rollback.at > 2 * step);
    CHECK(rollback.end - rollback.at < 4 * step);
}

TEST_CASE("a roll that nothing stops is the same with and without a rollback") {
    const auto hash = [](OnStop on_stop) { return stopping_lab(on_stop).verdict().trace_hash; };
    CHECK(hash(OnStop::hold) == hash(OnStop::roll_back));
    CHECK(stopping_lab(OnStop::roll_back).verdict().rollbacks.empty());
    CHECK(stopping_lab(OnStop::roll_back).verdict().safe());
}

TEST_CASE("past the point of no return nothing goes back, and the verdict says who has run what") {
    SUBCASE("the protocol was raised with the binary") {
        NodeStack loose = new_stack();
        loose.inter_broker_protocol.clear();
        Lab lab = stopping_lab(OnStop::roll_back, loose);
        const Verdict verdict = lab.verdict();
        REQUIRE(verdict.rollbacks.size() == 1);
        CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::refused);
        CHECK(verdict.rollbacks[0].past_return == BrokerId{0});
        CHECK(verdict.rollbacks[0].back == 0);
        CHECK(verdict.went_back.empty());
        CHECK(verdict.unfinished == Unfinished::never_rejoins);
    }
    SUBCASE("in the pass that bumps it: the binary would know the old one, and may not speak it") {
        NodeStack before = new_stack();
        NodeStack bumped = new_stack();
        bumped.inter_broker_protocol = "3.4";
        CHECK(!goes_back(bumped, before, DataDisk::keep));
        Lab lab = migrating_lab(before, bumped);
        lab.a_case.step_timeout = sim::hours(1);
        lab.plan.rollout = {.halt_cluster = 1, .on_stop = OnStop::roll_back};
        lab.fault(fails_for_an_hour(2));
        const Verdict verdict = lab.verdict();
        REQUIRE(verdict.rollbacks.size() == 1);
        CHECK(verdict.rollbacks[0].past_return.exists());
        CHECK(verdict.migrated() == 2);
    }
    SUBCASE("disks that the new system has formatted") {
        Lab lab = third_fails(OnStop::roll_back);
        lab.plan.data_disk = DataDisk::wipe;
        const Verdict verdict = lab.verdict();
        REQUIRE(verdict.rollbacks.size() == 1);
        CHECK(verdict.rollbacks[0].past_return.exists());
    }
    SUBCASE("a binary that never came up has raised nothing") {
        Lab lab = stopping_lab(OnStop::roll_back);
        Fault fault = fault_at(FaultKind::protocol_unknown, 9.9);
        fault.broker = BrokerId{0};
        fault.duration = sim::hours(1);
        lab.fault(in_phase(fault, 0, StepPhase::install));
        const Verdict verdict = lab.verdict();
        REQUIRE(verdict.rollbacks.size() == 1);
        CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
        CHECK(verdict.rollbacks[0].machines == 1);
    }
}

TEST_CASE("a fault during a rollback: it waits, or is left incomplete, as any roll") {
    const Verdict calm = third_fails(OnStop::roll_back).verdict();
    const sim::Instant turned = calm.rollbacks[0].at;
    SUBCASE("a neighbour that is away for two hours is waited for") {
        Lab lab = third_fails(OnStop::roll_back);
        const sim::Instant first_back = back(calm, 2).end;
        lab.fault(crash(4, first_back.since_start() - sim::minutes(2), sim::hours(2)));
        const Verdict verdict = lab.verdict();
        CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
        CHECK(verdict.makespan > calm.makespan + sim::minutes(60));
    }
    SUBCASE("a machine that does not survive the way back") {
        Lab lab = third_fails(OnStop::roll_back);
        Fault fault = fault_of(FaultKind::reimage_no_return, turned.since_start());
        fault.machine = MachineId{1};
        lab.fault(fault);
        const Verdict verdict = lab.verdict();
        CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::incomplete);
        CHECK(verdict.rollbacks[0].back == 1);
        CHECK(verdict.rollbacks[0].machines == 3);
        CHECK(back(verdict, 1).reached == StepPhase::lost);
        // It holds its neighbour, which stays on the new stack.
        CHECK(back(verdict, 0).start == sim::Instant::never());
        CHECK(verdict.unfinished != Unfinished::rolled_back);
        CHECK(verdict.migrated() == 1);
    }
}

TEST_CASE("what is lost for good stays away, and what shares nothing with it goes back") {
    // Brokers 0 and 3 share no partition; 1 shares with both.
    Lab lab = stopping_lab(OnStop::roll_back);
    lab.plan.clusters.clear();
    lab.batches(Start::event_driven, {{0}, {3}});
    Fault fault = fault_of(FaultKind::reimage_no_return);
    fault.machine = MachineId{3};
    lab.fault(fault);
    const Verdict verdict = lab.verdict();
    REQUIRE(verdict.rollbacks.size() == 1);
    CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::incomplete);
    CHECK(verdict.rollbacks[0].machines == 2);
    CHECK(verdict.rollbacks[0].back == 1);
    CHECK(back(verdict, 0).end != sim::Instant::never());
}

TEST_CASE("a stop of one batch turns that batch back alone") {
    Lab lab = third_fails(OnStop::roll_back);
    lab.plan.rollout = {.halt_batch = 1, .on_stop = OnStop::roll_back};
    const Verdict verdict = lab.verdict();
    REQUIRE(verdict.rollbacks.size() == 1);
    CHECK(verdict.rollbacks[0].machines == 1);
    CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
    CHECK(verdict.migrated() == 2);
}

TEST_CASE("quorum nodes on machines of their own go back as well, one at a time") {
    Lab lab = third_fails(OnStop::roll_back);
    ClusterPlan& plan = lab.plan.clusters.back();
    plan.quorum = {MachineId{6}, MachineId{7}};
    const Verdict verdict = lab.verdict();
    REQUIRE(verdict.rollbacks.size() == 1);
    CHECK(verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
    CHECK(verdict.rollbacks[0].machines == 5);
    CHECK(back(verdict, 7).end <= back(verdict, 6).start);
    CHECK(!verdict.rule(Rule::quorum).broken());
}

TEST_CASE("a pass that is stopped is rolled back, and ends its programme; those before it stand") {
    Lab lab = migrating_lab();
    NodeStack before = old_stack();
    before.trust = {"old CA"};
    lab.tables.stacks = {};
    lab.tables.stacks.push_back(before);
    lab.tables.stacks.push_back(old_stack());
    lab.tables.stacks.push_back(new_stack());
    lab.tables.clusters[ClusterId{0}].stacks = {.now = StackId{0}, .next = StackId{2}};
    StepTimes restart;
    restart.baseline_checksum = restart.reimage = restart.install = restart.verify_checksum = {};
    lab.a_case.programme.push_back({.name = "trust", .target = StackId{1}, .step = restart});
    lab.a_case.programme.push_back({.name = "image", .target = StackId{2}, .step = {}});
    lab.a_case.step_timeout = sim::hours(1);
    lab.plan.rollout = {.halt_cluster = 1, .on_stop = OnStop::roll_back};
    lab.batches(Start::event_driven, {{0}, {1}, {2}, {3}, {4}, {5}});
    lab.plan.clusters.erase(lab.plan.clusters.begin(), lab.plan.clusters.end() - 1);
    Fault fault = fails_for_an_hour(2);
    fault.trigger.pass = 1;
    lab.fault(fault);
    (void)lab.world();
    const ProgrammeResult result = run_programme(lab.a_case, lab.plan, lab.options);
    REQUIRE(result.passes.size() == 2);
    CHECK(result.passes[0].verdict.unfinished == Unfinished::no);
    CHECK(result.passes[1].verdict.unfinished == Unfinished::rolled_back);
    CHECK(result.passes[1].verdict.rollbacks[0].outcome() == Rollback::Outcome::complete);
    CHECK(!result.safe(lab.a_case));
}

TEST_CASE("a snapshot of a run that turns back goes on as the run does") {
    Lab lab = third_fails(OnStop::roll_back);
    World world = lab.world();
    world.run_until(lab.verdict().rollbacks[0].at + sim::minutes(20));
    World copy = world;
    world.run();
    copy.run();
    CHECK(world.verdict().trace_hash == copy.verdict().trace_hash);
    CHECK(copy.verdict().rollbacks[0].outcome() == Rollback::Outcome::complete);
}
