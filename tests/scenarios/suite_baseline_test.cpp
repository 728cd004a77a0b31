// Baselines: what is worse is named, and noise is not.
#include <cmath>

#include <doctest/doctest.h>

#include "scenarios/format/diagnostic.hpp"
#include "scenarios/suite/baseline.hpp"
#include "scenarios/suite/student.hpp"
#include "sim/random.hpp"
#include "tests/scenarios/small_case.hpp"

using namespace rollcast;
using scenarios::Baseline;
using scenarios::Movement;

namespace {

scenarios::Suite suite_of(const std::vector<std::string>& case_ids) {
    scenarios::Suite suite;
    for (const std::string& id : case_ids) {
        scenarios::SuiteCase c;
        c.id = id;
        suite.cases.push_back(std::move(c));
    }
    return suite;
}

/// Runs of case 0, seeds from 1 on, with these makespans.
std::vector<scenarios::SuiteRun> runs_taking(const std::vector<double>& seconds) {
    std::vector<scenarios::SuiteRun> runs;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
        scenarios::SuiteRun run;
        run.seed = i + 1;
        run.done = true;
        run.metrics.resize(scenarios::result_metrics().size());
        run.metrics[*scenarios::result_metric_called("makespan")] = seconds[i];
        run.metrics[*scenarios::result_metric_called("safe")] = true;
        runs.push_back(std::move(run));
    }
    return runs;
}

scenarios::BaselineComparison compared(const std::vector<double>& before,
                                       const std::vector<double>& after) {
    const scenarios::Suite suite = suite_of({"a"});
    const std::string text = scenarios::write_baseline(suite, runs_taking(before));
    return scenarios::compare_with(Baseline::read(text, "b.json"), suite, runs_taking(after));
}

std::size_t worse(const scenarios::BaselineComparison& c) { return c.count(Movement::Kind::worse); }

}  // namespace

TEST_CASE("Student's distribution has the values of its tables") {
    // Abramowitz and Stegun, table 26.10: t for a two-sided probability.
    CHECK(scenarios::student_above(12.706, 1) == doctest::Approx(0.025).epsilon(1e-4));
    CHECK(scenarios::student_above(2.776, 4) == doctest::Approx(0.025).epsilon(1e-3));
    CHECK(scenarios::student_above(2.764, 10) == doctest::Approx(0.01).epsilon(1e-3));
    CHECK(scenarios::student_above(3.291, 1e6) == doctest::Approx(0.0005).epsilon(1e-3));
    // Closed forms: 1 and 2 degrees of freedom.
    for (const double t : {-3.0, -0.5, 0.0, 0.1, 1.0, 40.0}) {
        CAPTURE(t);
        CHECK(scenarios::student_above(t, 1) ==
              doctest::Approx(0.5 - std::atan(t) / 3.14159265358979323846).epsilon(1e-9));
        CHECK(scenarios::student_above(t, 2) ==
              doctest::Approx(0.5 - t / (2 * std::sqrt(2 + t * t))).epsilon(1e-9));
    }
}

TEST_CASE("what every seed shows alike is worse, or better, and no noise") {
    CHECK(compared({100, 100, 100}, {100, 100, 100}).moved.empty());
    CHECK(worse(compared({100}, {102})) == 1);
    CHECK(worse(compared({100, 200}, {110, 210})) == 1);
    CHECK(compared({100}, {98}).count(Movement::Kind::better) == 1);
    // Below a thousandth of what was before: nothing has moved.
    CHECK(compared({100}, {100.05}).moved.empty());
}

TEST_CASE("a movement that hangs on the seed is worse only where it stands out from the noise") {
    const std::vector<double> before{100, 120, 90, 110, 105, 95, 100, 130};
    std::vector<double> slower;
    std::vector<double> shuffled{120, 90, 110, 105, 95, 100, 130, 101};
    for (std::size_t i = 0; i < before.size(); ++i) {
        slower.push_back(before[i] * 1.1 + (i % 2 == 0 ? 1.0 : -1.0));
    }
    CHECK(worse(compared(before, slower)) == 1);
    const scenarios::BaselineComparison noise = compared(before, shuffled);
    CHECK(worse(noise) == 0);
    CHECK(noise.count(Movement::Kind::noise) == 1);
}

TEST_CASE("a change that only adds noise is hardly ever called worse") {
    // 2,000 suites of 10 seeds, whose makespans are drawn anew: lognormal, as durations are.
    sim::RandomStream random(1, 0, sim::Draw::resume, 0);
    const auto draw = [&] {
        std::vector<double> out;
        for (int i = 0; i < 10; ++i) out.push_back(10'000 * std::exp(0.2 * random.normal()));
        return out;
    };
    int alarms = 0;
    for (int i = 0; i < 2'000; ++i) {
        const std::vector<double> before = draw();
        alarms += static_cast<int>(worse(compared(before, draw())));
    }
    // 1 % is promised: 20; three standard deviations of a binomial count are 13.
    CHECK(alarms <= 20 + 13);
    CHECK(alarms >= 20 - 13);
}

TEST_CASE("of two hundred changes that only add noise to real runs hardly one is called worse") {
    const scenarios::SuiteCase drawn = scenarios::prepare_inline(
        scenarios::Json{{"rollcast_scenario", 1},
                        {"teaches", "Steps take more or less time."},
                        {"case", scenarios::Json::parse(test::small_case())},
                        {"policy", "serial-isr"},
                        {"faults",
                         {{{"kind", "broker_crash"},
                           {"broker", "c1/2"},
                           {"at_s", 9'000},
                           {"duration_s", 1'800}}}},
                        {"sampled", true},
                        {"expect", {{{"metric", "makespan"}, {"is", ">"}, {"value", "1 h"}}}}},
        "drawn.scenario.json",
        {});
    scenarios::Suite suite;
    suite.cases.push_back(drawn);
    constexpr std::uint64_t seeds = 10;
    std::uint64_t next = 1;
    // The same case with other luck, as if of the seeds from 1 on.
    const auto runs = [&] {
        std::vector<scenarios::SuiteRun> out;
        for (std::uint64_t seed = 1; seed <= seeds; ++seed, ++next) {
            out.push_back(scenarios::run_case(drawn, next, {}));
            out.back().seed = seed;
        }
        return out;
    };
    int red = 0;
    std::size_t moved = 0;
    for (int change = 0; change < 200; ++change) {
        const std::string text = scenarios::write_baseline(suite, runs());
        const auto c = scenarios::compare_with(Baseline::read(text, "b.json"), suite, runs());
        red += worse(c) > 0 ? 1 : 0;
        moved += c.moved.size();
    }
    MESSAGE("red: " << red << " of 200, metrics that moved: " << moved);
    CHECK(moved > 200);  // there is noise
    // At most 1 % is promised, so 2; four times the standard deviation of a binomial count is 6.
    CHECK(red <= 2 + 6);
}

TEST_CASE("cases that only one of them has are named, and an update keeps what was not run") {
    const scenarios::Suite suite = suite_of({"a", "b"});
    const std::string text = scenarios::write_baseline(suite_of({"a"}), runs_taking({100, 110}));
    const Baseline before = Baseline::read(text, "b.json");
    const scenarios::BaselineComparison c =
        scenarios::compare_with(before, suite, runs_taking({100}));
    CHECK(c.not_there == std::vector<std::string>{"b"});
    CHECK(scenarios::compare_with(before, suite_of({"b"}), {}).gone ==
          std::vector<std::string>{"a"});
    const std::string kept = scenarios::write_baseline(suite_of({"b"}), runs_taking({5}), &before);
    CHECK(Baseline::read(kept, "b.json").cases().size() == 2);
    CHECK(scenarios::write_baseline(suite_of({"a"}), runs_taking({100, 110}), &before) == text);
}

TEST_CASE("a file that is no baseline of this version is refused with a remedy") {
    for (const char* text : {"{}",
                             R"({"rollcast_baseline": 2, "runs": []})",
                             R"({"rollcast_baseline": 1})",
                             R"({"rollcast_baseline": 1, "runs": [{"id": "a"}]})"}) {
        CAPTURE(text);
        try {
            Baseline::read(text, "b.json");
            FAIL("it was read");
        } catch (const scenarios::InputError& error) {
            CHECK(error.diagnostics().front().code == "RC0707");
            CHECK(error.diagnostics().front().line == 1);
            CHECK(error.diagnostics().front().column >= 1);
            CHECK_FALSE(error.diagnostics().front().help.empty());
        }
    }
}
