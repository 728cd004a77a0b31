#include "planner/explain.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "planner/lower_bound.hpp"
#include "planner/planner.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::BrokerId;
using models::MachineId;
using models::PartitionId;
using planner::HoldKind;

namespace {

/// Nine brokers in three racks, clean but for one partition with two replicas in rack 0: brokers 0
/// and 3, which share nothing else.
models::Case one_bad_partition() {
    support::ClusterSketch cluster;
    for (std::uint32_t b = 0; b < 9; ++b) cluster.rack_of.push_back(b % 3);
    support::TopicSketch topic;
    for (std::uint32_t i = 0; i < 27; ++i) {
        topic.replicas.push_back({3 * (i % 3), 3 * (i / 3 % 3) + 1, 3 * (i / 9) + 2});
    }
    topic.replicas.push_back({0, 3, 1});
    cluster.topics = {topic};
    return support::sketched_case({cluster});
}

}  // namespace

TEST_CASE(
    "the one partition that keeps two brokers of a rack apart is named, and moving it frees them") {
    const models::Case a_case = one_bad_partition();
    const auto made = planner::make_plan(a_case, {.effort = 500});
    REQUIRE(made.verdict.safe());
    const auto start_of = [&](std::uint32_t m) {
        for (const auto& t : made.verdict.machines) {
            if (t.machine == MachineId{m}) return t.start;
        }
        return sim::Instant::never();
    };
    // Whichever of the two goes second waits for the other.
    const MachineId late{start_of(0) < start_of(3) ? 3U : 0U};
    const MachineId early{late.value == 3 ? 0U : 3U};

    const auto explained = planner::explain_start(a_case, made.plan, late, {.effort = 200});

    REQUIRE_FALSE(explained.chain.empty());
    const planner::Link& first = explained.chain.front();
    CHECK(first.hold.kind == HoldKind::conflict);
    CHECK(first.hold.until == start_of(late.value));
    if (first.hold.by == std::vector{early}) {
        CHECK(first.shared == std::vector{PartitionId{27}});
        REQUIRE_FALSE(explained.remedies.empty());
        const planner::Remedy& remedy = explained.remedies.front();
        REQUIRE(remedy.changes.size() == 1);
        CHECK(remedy.changes[0].partition == PartitionId{27});
        CHECK(remedy.start < explained.times.start);
        CHECK(remedy.replanned <= remedy.makespan);
        CHECK(remedy.replanned < explained.makespan);
    }
    CHECK(explained.chain.back().hold.from == sim::Instant{});
}

TEST_CASE("every remedy holds when it is run again: safe, and the machine starts when it says") {
    int offered = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = support::sketched_case({support::random_cluster(
            seed, {.brokers = 9, .partitions = 12, .broken_per_mille = 200, .rate_spread = 10})});
        const auto made = planner::make_plan(a_case, {.effort = 200});
        if (!made.verdict.safe() || made.plan.clusters.empty()) continue;
        for (std::uint32_t m = 0; m < 9; ++m) {
            const auto explained =
                planner::explain_start(a_case, made.plan, MachineId{m}, {.effort = 20});
            CHECK((explained.remedies.empty() == !explained.no_remedy.empty() ||
                   explained.chain.empty()));
            for (const planner::Remedy& remedy : explained.remedies) {
                ++offered;
                const models::Case changed = planner::with_changes(a_case, remedy.changes);
                const models::Verdict again = models::simulate(changed, made.plan, {});
                CHECK(again.safe());
                CHECK(again.makespan == remedy.makespan);
                CHECK(again.machines[m].start == remedy.start);
                CHECK(remedy.start < explained.times.start);
                for (const planner::ReplicaChange& change : remedy.changes) {
                    const auto replicas = changed.fleet.replicas(change.partition);
                    CHECK(std::count(replicas.begin(), replicas.end(), change.to) == 1);
                    CHECK(std::count(replicas.begin(), replicas.end(), change.from) == 0);
                    for (const BrokerId a : replicas) {  // the rack rule holds afterwards
                        for (const BrokerId b : replicas) {
                            CHECK(
                                (a == b ||
                                 a_case.fleet.brokers()[a].rack != a_case.fleet.brokers()[b].rack ||
                                 (a != change.to && b != change.to)));
                        }
                    }
                }
            }
        }
    }
    CHECK(offered > 10);
}

TEST_CASE("of a machine that starts with the run there is nothing to explain") {
    const models::Case a_case = support::sketched_case({support::pairs_cluster(2, {{0, 1}})});
    models::Plan plan{"pair", models::Gate::broker_in_sync, models::DataDisk::keep, {}};
    plan.clusters.push_back({models::ClusterId{0},
                             models::Start::event_driven,
                             {{{MachineId{0}, MachineId{1}}, 0}},
                             {},
                             0});
    CHECK(planner::explain_start(a_case, plan, MachineId{0}, {}).chain.empty());
    const auto second = planner::explain_start(a_case, plan, MachineId{1}, {});
    REQUIRE(second.chain.size() == 1);
    CHECK(second.chain[0].shared == std::vector{PartitionId{0}});
}
