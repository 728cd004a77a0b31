// One pass over the embedded estate, its memory, its snapshots, and how time grows with the fleet.
#include <cmath>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include <Eigen/Dense>
#include <benchmark/benchmark.h>
#include <malloc.h>

#include "bench/models/cpu_time.hpp"
#include "models/world.hpp"
#include "scenarios/format/load_case.hpp"
#include "tests/support/large_fleet.hpp"

namespace {

using namespace rollcast;
using namespace rollcast::models;
using rollcast::bench::cpu_seconds;

const Case& estate() {
    static const Case the_case = scenarios::embedded_estate().a_case;
    return the_case;
}

/// Kilobytes of a field of /proc/self/status; 0 where there is none.
double status_kilobytes(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(field, 0) != 0) continue;
        std::istringstream rest(line.substr(std::string(field).size() + 1));
        double value = 0.0;
        rest >> value;
        return value;
    }
    return 0.0;
}

/// Every broker of the embedded estate once, one at a time in each cluster, with verdict, margin
/// and trace. Items are replicas.
void BM_FleetPassEmbeddedEstate(benchmark::State& state) {
    const Plan plan = support::one_at_a_time(estate());
    Verdict verdict;
    for (auto _ : state) {
        verdict = simulate(estate(), plan, {});
        benchmark::DoNotOptimize(verdict);
    }
    const auto replicas = static_cast<double>(estate().fleet.replica_count());
    if (static_cast<double>(verdict.isr_shrinks + verdict.isr_expands) < 1.99 * replicas) {
        state.SkipWithError("fewer than two ISR transitions a replica");
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(estate().fleet.replica_count()));
    state.counters["replicas"] = replicas;
    state.counters["isr_transitions_per_replica"] =
        static_cast<double>(verdict.isr_shrinks + verdict.isr_expands) / replicas;
    state.counters["events"] = static_cast<double>(verdict.events);
    state.counters["trace_hash_low"] = static_cast<double>(verdict.trace_hash & 0xffffffU);
}
BENCHMARK(BM_FleetPassEmbeddedEstate)->Unit(benchmark::kMillisecond);

/// Bytes a replica: `state` is what a world adds to the case, `peak` the whole process at its
/// highest during a pass, case and executable included.
void BM_FleetMemory(benchmark::State& state) {
    const auto replicas = static_cast<double>(estate().fleet.replica_count());
    const Plan plan = support::one_at_a_time(estate());
    double state_bytes = 0.0;
    for (auto _ : state) {
        malloc_trim(0);
        std::ofstream("/proc/self/clear_refs") << "5";  // start the high-water mark anew
        const auto used = [] {
            const auto info = mallinfo2();
            return static_cast<double>(info.uordblks + info.hblkhd);
        };
        const double before = used();
        World world(estate(), plan, Scope::whole(estate().fleet), {});
        state_bytes = used() - before;
        world.run();
        benchmark::DoNotOptimize(world.verdict());
    }
    state.counters["state_bytes_per_replica"] = state_bytes / replicas;
    state.counters["peak_bytes_per_replica"] = status_kilobytes("VmHWM") * 1024.0 / replicas;
}
BENCHMARK(BM_FleetMemory)->Unit(benchmark::kMillisecond)->Iterations(1);

/// Copying a running fleet, event queue included, into storage that is there.
void BM_FleetSnapshot(benchmark::State& state) {
    const Plan plan = support::one_at_a_time(estate());
    World world(estate(), plan, Scope::whole(estate().fleet), {});
    world.run_until(sim::Instant{sim::hours(2)});
    World copy = world;
    for (auto _ : state) {
        copy = world;
        benchmark::ClobberMemory();
    }
}
BENCHMARK(BM_FleetSnapshot)->Unit(benchmark::kMicrosecond);

/// One cluster of twelve again, as for a plan that differs in that cluster alone.
void BM_FleetOneClusterChanged(benchmark::State& state) {
    const Case a_case = support::large_case({.clusters = 12, .brokers = 60});
    const Plan plan = support::one_at_a_time(a_case);
    for (auto _ : state) {
        benchmark::DoNotOptimize(simulate_cluster(a_case, plan, ClusterId{5}, {}));
    }
}
BENCHMARK(BM_FleetOneClusterChanged)->Unit(benchmark::kMillisecond);

/// Slope of log(seconds) over log(clusters) by least squares.
double growth_exponent(const Eigen::Vector3d& clusters, const Eigen::Vector3d& seconds) {
    Eigen::Matrix<double, 3, 2> design;
    design.col(0).setOnes();
    design.col(1) = clusters.array().log().matrix();
    const Eigen::Vector2d fit = design.colPivHouseholderQr().solve(seconds.array().log().matrix());
    return fit[1];
}

/// CPU time of a pass over 1, 12 and 120 clusters of 60 brokers and 10,000 partitions, best of
/// three. `crews` 0: nothing couples the clusters, so they run apart, as `simulate` does. Else as
/// many crews as never bind, which puts all clusters into one event queue and the whole fleet's
/// state into the working set.
void BM_FleetGrowth(benchmark::State& state) {
    const Eigen::Vector3d clusters(1.0, 12.0, 120.0);
    Eigen::Vector3d seconds;
    for (auto _ : state) {
        for (int i = 0; i < 3; ++i) {
            Case a_case = support::large_case(
                {.clusters = static_cast<std::uint32_t>(clusters[i]), .brokers = 60});
            if (state.range(0) > 0) a_case.limits.crews = static_cast<int>(state.range(0));
            const Plan plan = support::one_at_a_time(a_case);
            double best = 1e9;
            for (int run = 0; run < 3; ++run) {
                const double before = cpu_seconds();
                benchmark::DoNotOptimize(simulate(a_case, plan, {}));
                best = std::min(best, cpu_seconds() - before);
            }
            seconds[i] = best;
        }
    }
    state.counters["exponent"] = growth_exponent(clusters, seconds);
    state.counters["seconds_1"] = seconds[0];
    state.counters["seconds_12"] = seconds[1];
    state.counters["seconds_120"] = seconds[2];
}
BENCHMARK(BM_FleetGrowth)
    ->ArgName("crews")
    ->Arg(0)
    ->Arg(1'000'000)
    ->Unit(benchmark::kSecond)
    ->Iterations(1);

}  // namespace
