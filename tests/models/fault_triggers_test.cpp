// When faults start: at a moment of a batch, at a rate, at the worst moment.
#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "tests/support/fault_lab.hpp"

using namespace rollcast;
using namespace rollcast::models;
using namespace rollcast::support;

namespace {

std::vector<double> deaths_of(World& world, std::uint32_t b) {
    std::vector<double> deaths;
    bool ran = true;
    do {
        const bool up = runs(world, b);
        if (ran && !up) deaths.push_back(sim::to_seconds(world.state().now.since_start()));
        ran = up;
    } while (world.step());
    return deaths;
}

Fault crash_at_rate(double per_day, const std::string& name) {
    Fault fault = crash(1, {}, sim::seconds(30));
    fault.name = name;
    fault.trigger.at.reset();
    fault.trigger.per_day = per_day;
    return fault;
}

}  // namespace

TEST_CASE("a fault that waits for a batch starts with the first of it that enters the phase") {
    Lab lab(ring_of_six());
    lab.stop_clock();
    lab.batches(Start::barrier, {{4}, {0, 3}});
    Fault fault = crash(1, {}, sim::seconds(60));
    fault.trigger.at.reset();
    fault.trigger.batch_of = ClusterId{0};
    fault.trigger.batch = 1;
    fault.trigger.phase = StepPhase::reimage;
    fault.trigger.delay = sim::seconds(7);
    lab.fault(fault);
    World world = lab.world();

    const sim::Instant entered = support::run_until(world, [](const World& w) {
        return phase(w, 0) == StepPhase::reimage || phase(w, 3) == StepPhase::reimage;
    });
    CHECK(phase(world, 4) == StepPhase::done);
    const sim::Instant died = support::run_until(world, [](const World& w) { return !runs(w, 1); });
    CHECK(died == entered + sim::seconds(7));
    world.run();
    CHECK(world.state().counters.isr_shrinks > 0);
}

TEST_CASE("faults at a rate come as often as that, at moments of their own") {
    const auto deaths = [](double per_day, const std::string& name, bool beside, int seed) {
        Lab lab(ring_of_six(), 24 * 40);
        lab.a_case.step_timeout = sim::hours(24 * 50);
        lab.options.seed = static_cast<std::uint64_t>(seed);
        lab.a_case.step.start = {sim::seconds(1), {}};
        if (beside) lab.fault(crash_at_rate(5.0, "another"));
        if (beside) lab.a_case.faults[0].broker = BrokerId{4};
        lab.fault(crash_at_rate(per_day, name));
        World world = lab.world();
        return deaths_of(world, 1);
    };
    const std::vector<double> usual = deaths(10.0, "dying", false, 1);
    // 400 are expected in 40 days: within five standard deviations of 20.
    CHECK(usual.size() > 300);
    CHECK(usual.size() < 500);
    CHECK(deaths(10.0, "dying", false, 1) == usual);
    CHECK(deaths(10.0, "dying", true, 1) == usual);
    CHECK(deaths(10.0, "dying", false, 2) != usual);
    CHECK(deaths(10.0, "dying otherwise", false, 1) != usual);
}

TEST_CASE("the worst moment is that of the largest exposure in the run without the fault") {
    Lab lab(ring_of_six());
    lab.stop_clock();
    lab.batches(Start::event_driven, {{0}, {3}, {1}});
    const Verdict calm = Lab(lab).verdict();
    const auto exposed = [&](std::uint32_t b) {
        for (const DomainExposure& exposure : calm.margin.domains) {
            if (exposure.domain == Domain{DomainKind::broker, b}) return exposure.peak_at;
        }
        return sim::Instant::never();
    };
    Fault fault = crash(2, {}, sim::seconds(60));
    fault.trigger.at.reset();
    fault.trigger.worst_moment = true;
    lab.fault(fault);
    Lab again = lab;
    World world = lab.world();
    const sim::Instant died = support::run_until(world, [](const World& w) { return !runs(w, 2); });
    // 2 shares one partition with 0, two with 1, two with 3: the peak is while 3 or 1 is away.
    CHECK(died == exposed(2) + sim::Duration{1});
    world.run();
    const Verdict verdict = world.verdict();
    CHECK(calm.safe());
    CHECK(verdict.rule(Rule::min_isr).broken());
    CHECK(verdict.rule(Rule::min_isr).first->causes.back().kind != Cause::Kind::initial_state);
    again.world();
    CHECK(simulate(again.a_case, again.plan, again.options).trace_hash == verdict.trace_hash);
}
