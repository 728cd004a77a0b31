#include "planner/policies.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "planner/lower_bound.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::MachineId;
using planner::Policy;

namespace {

struct Fixture {
    models::Case a_case;
    planner::StepTable steps;
    std::vector<models::ClusterConflicts> conflicts;
    planner::Decoder decoder;

    explicit Fixture(models::Case c)
        : a_case(std::move(c)),
          steps(planner::step_table(a_case, models::DataDisk::keep)),
          conflicts(planner::all_conflicts(a_case.fleet)),
          decoder(a_case, steps, conflicts) {}

    models::Plan plan(Policy policy) const {
        return planner::policy_plan(
            policy, decoder, models::Gate::broker_in_sync, models::DataDisk::keep);
    }
};

std::vector<std::vector<std::uint32_t>> batches(const models::ClusterPlan& cluster) {
    std::vector<std::vector<std::uint32_t>> all;
    for (const models::Batch& batch : cluster.batches) {
        all.emplace_back();
        for (const MachineId m : batch.machines) all.back().push_back(m.value);
    }
    return all;
}

constexpr Policy every_policy[] = {
    Policy::one_at_a_time, Policy::rack_at_a_time, Policy::greedy_batches, Policy::event_driven};

}  // namespace

TEST_CASE("every policy names every machine once, quorum nodes with the leader last") {
    support::ClusterSketch cluster = support::random_cluster(3, {.brokers = 9, .partitions = 20});
    cluster.quorum = {{.rack = 0, .leader = true}, {.rack = 1}, {.rack = 2, .shared_with = 2}};
    const Fixture fixture(support::sketched_case({cluster}));

    for (const Policy policy : every_policy) {
        CAPTURE(to_string(policy));
        const models::Plan plan = fixture.plan(policy);
        std::vector<std::uint32_t> named;
        for (const auto& batch : batches(plan.clusters[0])) {
            named.insert(named.end(), batch.begin(), batch.end());
        }
        std::sort(named.begin(), named.end());

        CHECK(named == std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8});
        // Machines 9 and 10 are those of zk1 (leader) and zk2; zk3 lives on broker 3.
        CHECK(plan.clusters[0].quorum == std::vector<MachineId>{MachineId{10}, MachineId{9}});
    }
}

TEST_CASE("rack at a time takes the racks of the reference cluster in order") {
    const Fixture fixture(support::sketched_case({support::reference_cluster(true)}));

    CHECK(batches(fixture.plan(Policy::rack_at_a_time).clusters[0]) ==
          std::vector<std::vector<std::uint32_t>>{{0, 3}, {1, 4}, {2, 5}});
    CHECK(batches(fixture.plan(Policy::greedy_batches).clusters[0]) ==
          std::vector<std::vector<std::uint32_t>>{{0, 3}, {1, 4}, {2, 5}});
    CHECK(batches(fixture.plan(Policy::one_at_a_time).clusters[0]).size() == 6);
}

TEST_CASE("greedy batches take the largest cell first and never two brokers of one partition") {
    // Brokers 1..4 share nothing; 0 conflicts with all: cells {0}, {1,2,3,4}.
    const Fixture fixture(
        support::sketched_case({support::pairs_cluster(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}})}));

    CHECK(batches(fixture.plan(Policy::greedy_batches).clusters[0]) ==
          std::vector<std::vector<std::uint32_t>>{{1, 2, 3, 4}, {0}});
}

TEST_CASE("barrier batches hold at most max_down brokers") {
    models::Case a_case = support::sketched_case({support::random_cluster(1, {.brokers = 12})});
    a_case.limits.max_down = 3;
    const Fixture fixture(std::move(a_case));

    const auto sets = batches(fixture.plan(Policy::rack_at_a_time).clusters[0]);

    CHECK(sets.size() == 6);  // 3 racks of 4, cut into 3 + 1
    for (const auto& set : sets) CHECK(set.size() <= 3);
}

TEST_CASE("a rack with two replicas of a partition is a conflict within a batch") {
    support::ClusterSketch clean = support::random_cluster(5, {.brokers = 9, .partitions = 30});
    support::ClusterSketch dirty = clean;
    dirty.topics[0].replicas[0] = {0, 3, 1};  // brokers 0 and 3 are in one rack
    const Fixture good(support::sketched_case({clean}));
    const Fixture bad(support::sketched_case({dirty}));

    CHECK_FALSE(planner::conflict_within_batch(
        good.a_case.fleet, good.plan(Policy::rack_at_a_time), good.conflicts));
    CHECK(planner::conflict_within_batch(
        bad.a_case.fleet, bad.plan(Policy::rack_at_a_time), bad.conflicts));
    CHECK_FALSE(planner::conflict_within_batch(
        bad.a_case.fleet, bad.plan(Policy::greedy_batches), bad.conflicts));
    CHECK_FALSE(planner::conflict_within_batch(
        bad.a_case.fleet, bad.plan(Policy::event_driven), bad.conflicts));
}

TEST_CASE("one broker at a time takes the sum of all steps") {
    const Fixture fixture(support::sketched_case({support::reference_cluster(true)}));
    sim::Duration sum{};
    for (const models::NominalStep& step : fixture.steps) sum += step.mean();

    const planner::Decoded decoded = fixture.decoder.decode(fixture.plan(Policy::one_at_a_time));

    CHECK(decoded.complete);
    CHECK(decoded.makespan == sum);
    CHECK(decoded.span[0] == sum);
}

TEST_CASE("two crews halve a fleet without conflicts") {
    models::Case a_case = support::sketched_case({support::pairs_cluster(4, {})});
    a_case.limits.crews = 2;
    const Fixture fixture(std::move(a_case));
    const models::NominalStep& step = fixture.steps[MachineId{0}];

    const planner::Decoded decoded = fixture.decoder.decode(fixture.plan(Policy::event_driven));

    CHECK(decoded.makespan == step.until_registered + step.mean());
}

TEST_CASE("steps that do not fit tonight's window wait for tomorrow's") {
    models::Case a_case = support::sketched_case({support::pairs_cluster(2, {{0, 1}})});
    a_case.limits.windows = models::Windows(sim::hours(1), sim::hours(2), sim::hours(0), {});
    const Fixture fixture(std::move(a_case));

    const planner::Decoded decoded = fixture.decoder.decode(fixture.plan(Policy::event_driven));

    CHECK(decoded.start[MachineId{0}] == sim::Instant{sim::hours(1)});
    CHECK(decoded.start[MachineId{1}] == sim::Instant{sim::hours(25)});
}

TEST_CASE("the cluster with the longest chain gets the first crew") {
    support::ClusterSketch alone = support::pairs_cluster(1, {});
    support::ClusterSketch chain = support::pairs_cluster(3, {{0, 1}, {1, 2}, {0, 2}});
    alone.name = "c01";
    chain.name = "c02";
    models::Case a_case = support::sketched_case({alone, chain});
    a_case.limits.crews = 1;
    const Fixture fixture(std::move(a_case));

    const planner::Decoded decoded = fixture.decoder.decode(fixture.plan(Policy::event_driven));

    CHECK(decoded.start[MachineId{1}] == sim::Instant{});
    CHECK(decoded.start[MachineId{0}] > sim::Instant{});
}
