// The books of a run held against a recount after every single event of random runs.
#include "tests/support/recount.hpp"

#include <doctest/doctest.h>

#include "tests/support/random_runs.hpp"

using namespace rollcast;
using models::World;

namespace {

constexpr std::uint64_t runs = 400;

World start(const support::RandomRun& run) {
    return {run.a_case, run.plan, models::Scope::whole(run.a_case.fleet), run.options};
}

}  // namespace

TEST_CASE("after every event of random runs the books equal a recount from scratch") {
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        CAPTURE(seed);
        const support::RandomRun run = support::random_run(seed);
        World world = start(run);
        sim::Instant before = world.state().now;
        do {
            const auto wrong = support::mismatches(world);
            const std::string first = wrong.empty() ? "" : wrong.front();
            REQUIRE_MESSAGE(wrong.empty(), first, " at ", sim::to_seconds(world.state().now), " s");
            REQUIRE(world.state().now >= before);
            before = world.state().now;
        } while (world.step());
    }
}
