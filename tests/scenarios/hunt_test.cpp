// Random cases: drawn again by their number, readable as files, held to invariants that can break.
#include "scenarios/hunt/hunt.hpp"

#include <filesystem>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "scenarios/hunt/draw.hpp"

using namespace rollcast;
using namespace rollcast::scenarios;

namespace {

const PlanMaker no_planner;

/// The first case of a family.
DrawnCase first_of(HuntFamily family) {
    for (std::uint64_t number = 0;; ++number) {
        DrawnCase drawn = draw_case(1, number);
        if (drawn.family == family) return drawn;
    }
}

}  // namespace

TEST_CASE("a random case is what its number says, and its file says the same") {
    std::set<std::string> different;
    for (std::uint64_t number = 0; number < 40; ++number) {
        CAPTURE(number);
        const DrawnCase drawn = draw_case(7, number);
        CHECK(draw_case(7, number).scenario == drawn.scenario);
        different.insert(drawn.scenario["case"].dump());
        const SuiteCase read = prepare_inline(drawn.scenario, "hunted.scenario.json", no_planner);
        CHECK(family_of_case(read) == drawn.family);
        if (counts_records(drawn.family)) continue;  // quick ones alone
        const models::RunOptions options =
            hunt_options(drawn.family, drawn.run_seed, drawn.sampled);
        CHECK(models::simulate(read.run->a_case, read.run->plan, options).trace_hash ==
              models::simulate(drawn.what->a_case, drawn.what->plan, options).trace_hash);
    }
    CHECK(different.size() == 40);
}

TEST_CASE("a campaign is the same at any number of threads") {
    HuntOptions options{.seed = 3, .first = 100, .cases = 60};
    const std::vector<HuntedCase> one = hunt(options);
    options.threads = 4;
    const std::vector<HuntedCase> four = hunt(options);
    for (std::size_t i = 0; i < one.size(); ++i) {
        CAPTURE(i);
        CHECK(one[i].number == 100 + i);
        CHECK(one[i].done);
        CHECK(!one[i].held.broken);
        CHECK(four[i].held.events == one[i].held.events);
        CHECK(four[i].held.kinds == one[i].held.kinds);
    }
}

TEST_CASE("what hunts have found stays mended") {
    const std::filesystem::path folder =
        std::filesystem::path(ROLLCAST_SOURCE_DIR) / "tests/data/found";
    for (const std::string& file : find_scenarios({folder.string()})) {
        CAPTURE(file);
        for (const SuiteCase& c : prepare_scenario(file, no_planner)) {
            const HuntFamily family = family_of_case(c);
            const HeldCase held = hold_invariants(
                family, *c.run, hunt_options(family, c.seeds.front(), c.sampled), {});
            CHECK(!held.broken);
        }
    }
}

TEST_CASE("a contract that a run violates is an invariant that broke, and no end of the hunt") {
    const DrawnCase drawn = first_of(HuntFamily::flow);
    CaseAndPlan twice = *drawn.what;
    models::Batch& batch = twice.plan.clusters.front().batches.front();
    batch.machines.push_back(batch.machines.front());
    const HeldCase held =
        hold_invariants(HuntFamily::flow, twice, hunt_options(HuntFamily::flow, 1, false), {});
    REQUIRE(held.broken);
    CHECK(held.broken->invariant == "contract");
}

TEST_CASE("what breaks is made small, and breaks in the same words") {
    const DrawnCase drawn = first_of(HuntFamily::planned);
    HuntOptions options;
    options.judge = [](const CaseAndPlan& what, const models::Verdict&, std::uint64_t) {
        const std::size_t brokers = what.a_case.fleet.brokers().size();
        return brokers < 2 ? std::string() : "there are " + std::to_string(brokers) + " brokers";
    };
    const HeldCase held = hold_invariants(HuntFamily::planned,
                                          *drawn.what,
                                          hunt_options(HuntFamily::planned, drawn.run_seed, false),
                                          options.judge);
    REQUIRE(held.broken);
    CHECK(held.broken->reason() == "planner: there are # brokers");
    const ShrunkHunt small =
        shrink_hunted(drawn.scenario, *held.broken, no_planner, 2'000, options);
    CHECK(small.size_after < small.size_before / 4);
    const SuiteCase left = prepare_inline(small.scenario, "small.scenario.json", no_planner);
    CHECK(left.run->a_case.fleet.brokers().size() == 2);
    CHECK(left.run->a_case.fleet.clusters().size() == 1);
}
