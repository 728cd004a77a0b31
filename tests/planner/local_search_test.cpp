#include "planner/local_search.hpp"

#include <doctest/doctest.h>

#include "planner/lower_bound.hpp"
#include "planner/policies.hpp"
#include "sim/random.hpp"
#include "tests/planner/brute_force.hpp"
#include "tests/support/planner_fleets.hpp"

using namespace rollcast;
using models::Gate;
using planner::Policy;
using sim::Duration;

namespace {

planner::SearchOptions options_for(const models::Case& a_case, std::uint64_t effort, int threads) {
    planner::SearchOptions options;
    options.effort = effort;
    options.threads = threads;
    options.cluster_target.assign(a_case.fleet.clusters().size(), Duration{});
    return options;
}

std::vector<models::Plan> starts_of(const planner::Decoder& decoder, Gate gate) {
    std::vector<models::Plan> starts;
    for (const Policy policy :
         {Policy::event_driven, Policy::rack_at_a_time, Policy::greedy_batches}) {
        starts.push_back(planner::policy_plan(policy, decoder, gate, models::DataDisk::keep));
    }
    return starts;
}

/// A case of 4 to 6 brokers whose steps differ: rates up to 60 MB/s a partition.
models::Case small_case(std::uint64_t seed, bool crews) {
    sim::RandomStream random(seed, 9, sim::Draw::placement, 0);
    models::Case a_case = support::sketched_case(
        {support::random_cluster(seed,
                                 {.brokers = static_cast<std::uint32_t>(4 + random.below(3)),
                                  .racks = 3,
                                  .partitions = static_cast<std::uint32_t>(1 + random.below(4)),
                                  .rack_aware = false,
                                  .rate_spread = 120})});
    if (crews) a_case.limits.crews = 1 + static_cast<int>(random.below(3));
    return a_case;
}

std::vector<models::MachineId> flat(const models::Plan& plan) {
    std::vector<models::MachineId> all;
    for (const models::ClusterPlan& cluster : plan.clusters) {
        for (const models::Batch& batch : cluster.batches) {
            all.insert(all.end(), batch.machines.begin(), batch.machines.end());
        }
    }
    return all;
}

}  // namespace

TEST_CASE("plans of small clusters equal brute force over all orders of the same policy") {
    int waits_help = 0;
    int cases = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        CAPTURE(seed);
        const models::Case a_case = small_case(seed, seed % 2 == 0);
        const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        const planner::Decoder decoder(a_case, steps, conflicts);
        for (const Gate gate : {Gate::broker_in_sync, Gate::shared_partitions}) {
            const Duration best = tests::best_event_driven(decoder, gate);

            const planner::SearchResult found =
                planner::improve(decoder, starts_of(decoder, gate), options_for(a_case, 3'000, 1));

            CHECK(found.makespan == best);
            CHECK(decoder.decode(found.plan).makespan == best);
            ++cases;
            if (tests::optimum(tests::oracle_of(a_case, steps, gate, false)) < best) ++waits_help;
        }
    }
    MESSAGE("a deliberate wait would beat the best event-driven order in ",
            waits_help,
            " of ",
            cases,
            " cases");
}

TEST_CASE("how often a deliberate wait would beat every event-driven order is counted") {
    int waits_help = 0;
    int cases = 0;
    double most = 0.0;
    for (std::uint64_t seed = 0; seed < 150; ++seed) {
        CAPTURE(seed);
        // Sparse conflicts of 6 brokers whose catch-up takes from nothing to hours.
        sim::RandomStream random(seed, 10, sim::Draw::placement, 0);
        support::ClusterSketch cluster = support::pairs_cluster(6, {});
        cluster.topics.clear();
        for (std::uint32_t a = 0; a < 6; ++a) {
            for (std::uint32_t b = a + 1; b < 6; ++b) {
                if (random.below(100) >= 45) continue;
                support::TopicSketch topic;
                topic.min_isr = 1;
                topic.write_bytes_per_s = static_cast<std::int64_t>(random.below(150)) * 1'000'000;
                topic.replicas = {{a, b}};
                cluster.topics.push_back(topic);
            }
        }
        cluster.disk_bytes_per_s = 1'000'000'000;
        models::Case a_case = support::sketched_case({cluster});
        if (seed % 3 == 0) a_case.limits.crews = 2;
        const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        const planner::Decoder decoder(a_case, steps, conflicts);
        const Duration best = tests::best_event_driven(decoder, Gate::broker_in_sync);

        const Duration any =
            tests::optimum(tests::oracle_of(a_case, steps, Gate::broker_in_sync, false));

        CHECK(any <= best);
        ++cases;
        if (any < best) ++waits_help;
        most = std::max(most, sim::to_seconds(best) / sim::to_seconds(any) - 1.0);
    }
    MESSAGE("a deliberate wait beats every event-driven order in ",
            waits_help,
            " of ",
            cases,
            " sparse cases, by at most ",
            100.0 * most,
            " %");
}

TEST_CASE("the search gives the same plan on one thread and on two, and twice the same") {
    support::ClusterSketch first = support::random_cluster(
        1, {.brokers = 20, .racks = 10, .partitions = 60, .rate_spread = 50});
    support::ClusterSketch second = support::random_cluster(
        2, {.brokers = 14, .racks = 7, .partitions = 40, .rate_spread = 50});
    second.name = "c02";
    for (const bool coupled : {false, true}) {
        CAPTURE(coupled);
        models::Case a_case = support::sketched_case({first, second});
        if (coupled) a_case.limits.crews = 5;
        const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        const planner::Decoder decoder(a_case, steps, conflicts);
        const auto starts = starts_of(decoder, Gate::broker_in_sync);

        const auto one = planner::improve(decoder, starts, options_for(a_case, 2'000, 1));
        const auto two = planner::improve(decoder, starts, options_for(a_case, 2'000, 2));
        const auto again = planner::improve(decoder, starts, options_for(a_case, 2'000, 1));

        CHECK(flat(one.plan) == flat(two.plan));
        CHECK(flat(one.plan) == flat(again.plan));
        CHECK(one.makespan == two.makespan);
        CHECK(one.evaluations == two.evaluations);
        for (const models::Plan& start : starts) {
            if (start.clusters[0].start != models::Start::event_driven) continue;
            CHECK(one.makespan <= decoder.decode(start).makespan);
        }
    }
}

TEST_CASE("a schedule told by its starts is the same schedule") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        CAPTURE(seed);
        models::Case a_case = support::sketched_case({support::random_cluster(
            seed, {.brokers = 16, .racks = 8, .partitions = 40, .rate_spread = 90})});
        if (seed % 3 == 0) a_case.limits.crews = 3;
        const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
        const auto conflicts = planner::all_conflicts(a_case.fleet);
        const planner::Decoder decoder(a_case, steps, conflicts);
        const models::Plan plan = starts_of(decoder, Gate::broker_in_sync).front();

        const models::Plan grouped = planner::by_start(decoder, plan);

        const planner::Decoded before = decoder.decode(plan);
        const planner::Decoded after = decoder.decode(grouped);
        CHECK(before.start == after.start);
        for (const models::Batch& batch : grouped.clusters[0].batches) {
            for (const models::MachineId m : batch.machines) {
                CHECK(after.start[m] == after.start[batch.machines.front()]);
            }
        }
    }
}

TEST_CASE("a search without effort returns the best start, a stopped one too") {
    const models::Case a_case = support::sketched_case({support::random_cluster(
        4, {.brokers = 12, .racks = 6, .partitions = 30, .rate_spread = 50})});
    const planner::StepTable steps = planner::step_table(a_case, models::DataDisk::keep);
    const auto conflicts = planner::all_conflicts(a_case.fleet);
    const planner::Decoder decoder(a_case, steps, conflicts);
    const auto starts = starts_of(decoder, Gate::broker_in_sync);
    const std::atomic<bool> stop{true};
    planner::SearchOptions options = options_for(a_case, 10'000, 1);
    options.stop = &stop;

    const auto none = planner::improve(decoder, starts, options_for(a_case, 0, 1));
    const auto stopped = planner::improve(decoder, starts, options);

    CHECK(none.makespan <= decoder.decode(starts.front()).makespan);
    CHECK(flat(none.plan) == flat(stopped.plan));
}
