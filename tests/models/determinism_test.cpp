// One run, the same bytes: twice, at any thread count, from a snapshot, one cluster or all.
#include <doctest/doctest.h>

#include "models/simulate.hpp"
#include "models/world.hpp"
#include "tests/support/large_fleet.hpp"

using namespace rollcast;
using namespace rollcast::models;

namespace {

Case small_estate() {
    return support::large_case(
        {.clusters = 3, .brokers = 9, .racks = 3, .partitions = 120, .write_bytes_per_s = 50'000});
}

/// Verdicts are equal when everything that a report shows is.
void check_same(const Verdict& a, const Verdict& b) {
    CHECK(a.trace_hash == b.trace_hash);
    CHECK(a.makespan == b.makespan);
    CHECK(a.isr_shrinks == b.isr_shrinks);
    CHECK(a.isr_expands == b.isr_expands);
    CHECK(a.leader_moves == b.leader_moves);
    CHECK(a.at_floor_partition_seconds == b.at_floor_partition_seconds);
    REQUIRE(a.margin.domains.size() == b.margin.domains.size());
    for (std::size_t i = 0; i < a.margin.domains.size(); ++i) {
        CHECK(a.margin.domains[i].domain == b.margin.domains[i].domain);
        CHECK(a.margin.domains[i].seconds == b.margin.domains[i].seconds);
    }
    for (std::size_t i = 0; i < a.machines.size(); ++i) {
        CHECK(a.machines[i].in_sync == b.machines[i].in_sync);
        CHECK(a.machines[i].end == b.machines[i].end);
    }
}

}  // namespace

TEST_CASE("a run repeats itself to the byte") {
    const Case a_case = small_estate();
    const Plan plan = support::rack_at_a_time(a_case);

    check_same(simulate(a_case, plan, {.seed = 7, .sampled = true}),
               simulate(a_case, plan, {.seed = 7, .sampled = true}));
    CHECK(simulate(a_case, plan, {.seed = 7, .sampled = true}).trace_hash !=
          simulate(a_case, plan, {.seed = 8, .sampled = true}).trace_hash);
}

TEST_CASE("the number of threads changes nothing") {
    const Case a_case = small_estate();
    const Plan plan = support::one_at_a_time(a_case);

    check_same(simulate(a_case, plan, {.sampled = true, .threads = 1}),
               simulate(a_case, plan, {.sampled = true, .threads = 2}));
}

TEST_CASE("limits that never bind leave every cluster as it runs alone") {
    Case a_case = small_estate();
    const Plan plan = support::one_at_a_time(a_case);
    const Verdict apart = simulate(a_case, plan, {.sampled = true});
    a_case.limits.crews = 1'000;  // couples the clusters: one event queue for all

    check_same(apart, simulate(a_case, plan, {.sampled = true}));
}

TEST_CASE("a plan that differs in one cluster changes that cluster alone") {
    const Case a_case = small_estate();
    const Plan plan = support::one_at_a_time(a_case);
    Plan other = plan;
    std::swap(other.clusters[1].batches.front(), other.clusters[1].batches.back());

    const Verdict before = simulate(a_case, plan, {});
    const Verdict after = simulate(a_case, other, {});

    CHECK(before.clusters[0].trace_hash == after.clusters[0].trace_hash);
    CHECK(before.clusters[1].trace_hash != after.clusters[1].trace_hash);
    CHECK(before.clusters[2].trace_hash == after.clusters[2].trace_hash);
    const Verdict again = simulate_cluster(a_case, other, ClusterId{1}, {});
    CHECK(again.clusters[0].trace_hash == after.clusters[1].trace_hash);
}

TEST_CASE("a snapshot goes on as the original does, into new and into used storage") {
    const Case a_case = small_estate();
    const Plan plan = support::rack_at_a_time(a_case);
    World original(a_case, plan, Scope::whole(a_case.fleet), {.sampled = true});
    World used = original;
    while (original.state().now < sim::Instant{sim::minutes(55)}) REQUIRE(original.step());

    World copy = original;
    used.run();
    used = original;
    original.run();
    copy.run();
    used.run();

    const Verdict expected = original.verdict();
    check_same(expected, copy.verdict());
    check_same(expected, used.verdict());
    CHECK(expected.safe());
}

TEST_CASE("another cluster's random durations are not disturbed by a new broker") {
    const Case small = support::large_case(
        {.clusters = 1, .brokers = 9, .racks = 3, .partitions = 90, .write_bytes_per_s = 1'000});
    Case grown = support::large_case(
        {.clusters = 2, .brokers = 9, .racks = 3, .partitions = 90, .write_bytes_per_s = 1'000});

    const Verdict one = simulate(small, support::one_at_a_time(small), {.sampled = true});
    const Verdict two = simulate(grown, support::one_at_a_time(grown), {.sampled = true});

    CHECK(one.clusters[0].trace_hash == two.clusters[0].trace_hash);
}
