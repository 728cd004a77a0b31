// The planner: audit, bounds, one decoded schedule, and how far a search gets for its evaluations.

#include <benchmark/benchmark.h>

#include "planner/certificate/check.hpp"
#include "planner/crew_bound.hpp"
#include "planner/local_search.hpp"
#include "planner/lower_bound.hpp"
#include "planner/planner.hpp"
#include "planner/policies.hpp"
#include "sim/random.hpp"
#include "tests/support/kafka_placement.hpp"
#include "tests/support/planner_fleets.hpp"

namespace {

using namespace rollcast;
using models::Gate;

/// One cluster of 60 brokers and 10,000 partitions of 1 MB/s, placed rack-aware, on disks that take
/// more than the 500 MB/s that each broker is sent.
models::Case dense_case(std::uint32_t racks = 3) {
    support::ClusterSketch cluster =
        support::random_cluster(7, {.brokers = 60, .racks = racks, .partitions = 10'000});
    cluster.disk_bytes_per_s = 2'000'000'000;
    return support::sketched_case({cluster});
}

/// 60 brokers in 20 racks, 300 partitions of unlike rates: a sparse graph, where order matters.
models::Case sparse_case() {
    return support::sketched_case({support::random_cluster(
        7, {.brokers = 60, .racks = 20, .partitions = 300, .rate_spread = 25})});
}

/// 12 clusters, 766 machines, 24 crews.
models::Case fleet_case() {
    std::vector<support::ClusterSketch> clusters;
    for (std::uint32_t c = 0; c < 12; ++c) {
        support::ClusterSketch cluster = support::random_cluster(c,
                                                                 {.brokers = c < 10 ? 64U : 63U,
                                                                  .racks = 3 + c % 4,
                                                                  .partitions = 3'000,
                                                                  .rate_spread = 3});
        cluster.name = "c" + std::to_string(c + 1);
        clusters.push_back(std::move(cluster));
    }
    models::Case a_case = support::sketched_case(clusters);
    a_case.limits.crews = 24;
    return a_case;
}

struct Bench {
    models::Case a_case;
    planner::StepTable steps;
    std::vector<models::ClusterConflicts> conflicts;
    planner::Decoder decoder;

    explicit Bench(models::Case c)
        : a_case(std::move(c)),
          steps(planner::step_table(a_case, models::DataDisk::keep)),
          conflicts(planner::all_conflicts(a_case.fleet)),
          decoder(a_case, steps, conflicts) {}

    models::Plan plan(planner::Policy policy) const {
        return planner::policy_plan(policy, decoder, Gate::broker_in_sync, models::DataDisk::keep);
    }
};

void BM_AuditCluster60x10k(benchmark::State& state) {
    const models::Case a_case = dense_case();
    for (auto _ : state) benchmark::DoNotOptimize(planner::audit(a_case));
}
BENCHMARK(BM_AuditCluster60x10k)->Unit(benchmark::kMillisecond);

void BM_BoundCluster60x10k(benchmark::State& state) {
    const models::Case a_case = dense_case();
    for (auto _ : state) {
        benchmark::DoNotOptimize(
            planner::lower_bound(a_case, Gate::broker_in_sync, models::DataDisk::keep));
    }
}
BENCHMARK(BM_BoundCluster60x10k)->Unit(benchmark::kMillisecond);

/// Audit, bounds, policies, search, full simulation and certificate, from the case to the proved
/// plan; by racks.
void BM_PlanCluster60x10k(benchmark::State& state) {
    const models::Case a_case = dense_case(static_cast<std::uint32_t>(state.range(0)));
    planner::PlanResult result;
    for (auto _ : state) result = planner::make_plan(a_case, {});
    state.counters["gap_percent"] = 100.0 * result.gap;
    state.counters["certified_optimal"] = result.status == planner::PlanStatus::optimal ? 1 : 0;
    state.counters["evaluations"] = static_cast<double>(result.evaluations);
}
BENCHMARK(BM_PlanCluster60x10k)->Arg(3)->Arg(5)->Arg(6)->Unit(benchmark::kMillisecond);

void BM_JudgeCluster60x10k(benchmark::State& state) {
    const models::Case a_case = dense_case();
    const planner::PlanResult result = planner::make_plan(a_case, {});
    bool accepted = false;
    for (auto _ : state) {
        accepted = result.certificate &&
                   planner::certificate::judge(a_case, result.plan, *result.certificate).accepted();
    }
    state.counters["accepted"] = accepted ? 1 : 0;
}
BENCHMARK(BM_JudgeCluster60x10k)->Unit(benchmark::kMillisecond);

/// 20 machines of unlike re-image times on 8 crews, with unlike catch-ups (planner §4.5); by seed.
void BM_CrewLimitedRack(benchmark::State& state) {
    const auto seed = static_cast<std::uint64_t>(state.range(0));
    std::vector<planner::certificate::TailedJob> jobs;
    sim::RandomStream random(seed, 60, sim::Draw::placement, 0);
    for (const double minutes : support::reimage_minutes(seed, 20)) {
        jobs.push_back({sim::ceil_seconds(60.0 * (minutes + 5.0)),
                        sim::ceil_seconds(60.0 * (8.0 + 16.0 * random.uniform()))});
    }
    planner::CrewBound bound;
    for (auto _ : state) bound = planner::crew_bound(jobs, 8, 20'000'000);
    state.counters["proved"] = bound.exact ? 1 : 0;
    state.counters["minutes"] = sim::to_seconds(bound.value) / 60;
    state.counters["above_thresholds_percent"] =
        100.0 * (sim::to_seconds(bound.value) /
                     sim::to_seconds(planner::certificate::threshold_bound(jobs, 8)) -
                 1.0);
}
BENCHMARK(BM_CrewLimitedRack)->DenseRange(1, 3)->Iterations(1)->Unit(benchmark::kMillisecond);

void BM_DecodeCluster60(benchmark::State& state) {
    const Bench bench(sparse_case());
    const models::Plan plan = bench.plan(planner::Policy::event_driven);
    sim::Duration makespan{};
    for (auto _ : state) makespan = bench.decoder.decode(plan).makespan;
    state.SetItemsProcessed(state.iterations());
    state.counters["makespan_h"] = sim::to_seconds(makespan) / 3'600;
}
BENCHMARK(BM_DecodeCluster60)->Unit(benchmark::kMicrosecond);

void BM_DecodeFleet766(benchmark::State& state) {
    const Bench bench(fleet_case());
    const models::Plan plan = bench.plan(planner::Policy::event_driven);
    sim::Duration makespan{};
    for (auto _ : state) makespan = bench.decoder.decode(plan).makespan;
    state.SetItemsProcessed(state.iterations());
    state.counters["makespan_h"] = sim::to_seconds(makespan) / 3'600;
}
BENCHMARK(BM_DecodeFleet766)->Unit(benchmark::kMillisecond);

/// Gap to the bound after a number of evaluations; 0 = the best start.
void search(benchmark::State& state, models::Case a_case) {
    const Bench bench(std::move(a_case));
    const planner::LowerBound bound =
        planner::lower_bound(bench.a_case, Gate::broker_in_sync, bench.steps, bench.conflicts);
    const std::vector<models::Plan> starts{bench.plan(planner::Policy::event_driven),
                                           bench.plan(planner::Policy::rack_at_a_time),
                                           bench.plan(planner::Policy::greedy_batches)};
    planner::SearchOptions options;
    options.effort = static_cast<std::uint64_t>(state.range(0));
    options.cluster_target.assign(bench.conflicts.size(), bound.value);
    options.target = bound.value;
    planner::SearchResult result;
    for (auto _ : state) result = planner::improve(bench.decoder, starts, options);
    state.counters["gap_percent"] =
        100.0 * (sim::to_seconds(result.makespan) / sim::to_seconds(bound.value) - 1.0);
    state.counters["evaluations"] = static_cast<double>(result.evaluations);
}

void BM_SearchSparseCluster(benchmark::State& state) { search(state, sparse_case()); }
BENCHMARK(BM_SearchSparseCluster)
    ->Arg(0)
    ->Arg(1'000)
    ->Arg(4'000)
    ->Arg(20'000)
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

void BM_SearchFleetOnCrews(benchmark::State& state) { search(state, fleet_case()); }
BENCHMARK(BM_SearchFleetOnCrews)->Arg(0)->Arg(1'000)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
