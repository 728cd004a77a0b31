#include "planner/holds.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/lower_bound.hpp"
#include "planner/planner.hpp"
#include "sim/random.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::MachineId;
using planner::Hold;
using planner::HoldKind;
using planner::Holds;
using sim::Duration;
using sim::Instant;

namespace {

/// Two clusters with quorums; crews, slots, max_down and windows as the seed has it.
models::Case limited_case(std::uint64_t seed) {
    sim::RandomStream random(seed, 31, sim::Draw::placement, 0);
    std::vector<support::ClusterSketch> clusters;
    for (std::uint64_t c = 0; c < 2; ++c) {
        clusters.push_back(
            support::random_cluster(seed + 100 * c,
                                    {.brokers = static_cast<std::uint32_t>(5 + random.below(5)),
                                     .racks = 3,
                                     .partitions = static_cast<std::uint32_t>(4 + random.below(20)),
                                     .rate_spread = 20}));
        clusters.back().name = c == 0 ? "c01" : "c02";
        clusters.back().quorum = {{0, false, -1}, {1, true, -1}, {2, false, -1}};
    }
    models::Case a_case = support::sketched_case(clusters);
    if (random.below(2) == 0) a_case.limits.crews = 2 + static_cast<int>(random.below(3));
    if (random.below(3) == 0) a_case.limits.image_slots = 2 + static_cast<int>(random.below(2));
    if (random.below(3) == 0) a_case.limits.max_down = 1 + static_cast<int>(random.below(2));
    if (random.below(3) == 0) {
        a_case.limits.windows = models::Windows(sim::hours(22), sim::hours(5), sim::hours(22), {});
    }
    return a_case;
}

Duration sum_of(const std::vector<Hold>& chain) {
    Duration sum{};
    for (const Hold& hold : chain) sum += hold.length();
    return sum;
}

}  // namespace

TEST_CASE("every machine that does not start with the run is held by something, up to its start") {
    int kinds[planner::hold_kind_count] = {};
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const models::Case a_case = limited_case(seed);
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        for (const auto policy : {planner::Policy::event_driven, planner::Policy::greedy_batches}) {
            CAPTURE(seed);
            CAPTURE(to_string(policy));
            const auto made = planner::make_plan(a_case, {.policy = policy});
            if (made.plan.clusters.empty()) continue;
            const Holds holds(a_case, made.plan, made.verdict, conflicts);
            for (const models::MachineTimes& times : made.verdict.machines) {
                if (times.start == Instant::never()) continue;
                CAPTURE(a_case.fleet.machines()[times.machine].name);
                for (const Hold& hold : holds.of(times.machine)) {
                    CHECK((hold.kind != HoldKind::nothing || times.start == Instant{}));
                    CHECK(hold.until == times.start);
                    CHECK((hold.from < times.start || hold.kind == HoldKind::nothing ||
                           hold.kind == HoldKind::window));
                    ++kinds[static_cast<int>(hold.kind)];
                }
            }
        }
    }
    for (const auto kind : {HoldKind::conflict,
                            HoldKind::batch,
                            HoldKind::quorum,
                            HoldKind::max_down,
                            HoldKind::image_slots,
                            HoldKind::crews,
                            HoldKind::window,
                            HoldKind::nothing}) {
        CAPTURE(to_string(kind));
        CHECK(kinds[static_cast<int>(kind)] > 0);  // the cases are about something
    }
}

TEST_CASE("the chain of the last machine and its own step add up to the makespan") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = limited_case(seed);
        const auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
        if (made.plan.clusters.empty() || !made.verdict.safe()) continue;
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        const Holds holds(a_case, made.plan, made.verdict, conflicts);
        const MachineId last = holds.last();
        REQUIRE(last.exists());
        const std::vector<Hold> chain = holds.chain(last);
        CHECK(sum_of(chain) + (holds.times(last).end - holds.times(last).start) ==
              made.verdict.makespan);
        for (std::size_t i = 1; i < chain.size(); ++i) CHECK(chain[i].until == chain[i - 1].from);
    }
}

TEST_CASE("a broker waits for the neighbour whose step ends when its own begins") {
    const models::Case a_case = support::sketched_case({support::pairs_cluster(3, {{0, 1}})});
    models::Plan plan{"pair", models::Gate::broker_in_sync, models::DataDisk::keep, {}};
    plan.clusters.push_back({models::ClusterId{0},
                             models::Start::event_driven,
                             {{{MachineId{0}, MachineId{1}, MachineId{2}}, 0}},
                             {},
                             0});
    const models::Verdict verdict = models::simulate(a_case, plan, {});
    const auto conflicts = planner::all_conflicts(a_case.fleet);
    const Holds holds(a_case, plan, verdict, conflicts);

    const std::vector<Hold> second = holds.of(MachineId{1});

    REQUIRE(second.size() == 1);
    CHECK(second[0].kind == HoldKind::conflict);
    CHECK(second[0].by == std::vector{MachineId{0}});
    CHECK(second[0].until == holds.times(MachineId{0}).end);
    CHECK(holds.of(MachineId{2})[0].kind == HoldKind::nothing);
    CHECK(holds.last() == MachineId{1});
}

TEST_CASE("canaries and waves hold what follows them") {
    const models::Case a_case =
        support::sketched_case({support::random_cluster(1, {.brokers = 6}), [] {
                                    auto second = support::random_cluster(2, {.brokers = 6});
                                    second.name = "c02";
                                    return second;
                                }()});
    auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
    REQUIRE(made.plan.clusters.size() == 2);
    made.plan.rollout.canary = 1;
    made.plan.rollout.canary_soak = sim::hours(2);
    made.plan.clusters[1].after = {models::ClusterId{0}};
    made.plan.clusters[1].after_soak = sim::hours(3);
    const models::Verdict verdict = models::simulate(a_case, made.plan, {});
    const auto conflicts = planner::all_conflicts(a_case.fleet);
    const Holds holds(a_case, made.plan, verdict, conflicts);

    const std::vector<Hold> chain = holds.chain(holds.last());

    const auto has = [&](HoldKind kind) {
        return std::any_of(
            chain.begin(), chain.end(), [&](const Hold& h) { return h.kind == kind; });
    };
    CHECK(has(HoldKind::canary));
    CHECK(has(HoldKind::wave));
    CHECK(sum_of(chain) + (holds.times(holds.last()).end - holds.times(holds.last()).start) ==
          verdict.makespan);
}
