// A new plan after a lost broker, in the middle of the migration of the embedded estate.

#include <algorithm>
#include <vector>

#include <benchmark/benchmark.h>

#include "bench/models/cpu_time.hpp"
#include "models/simulate.hpp"
#include "planner/planner.hpp"
#include "planner/replan.hpp"
#include "scenarios/format/load_case.hpp"
#include "sim/random.hpp"

namespace {

using namespace rollcast;
using planner::StepState;

constexpr int situations = 40;

/// The estate at `now` of a run, and one of the brokers that run lost: for good, or for 2 h.
planner::Midway broker_lost(const models::Case& a_case,
                            const models::Verdict& verdict,
                            sim::Instant now,
                            std::uint64_t which) {
    planner::Midway midway{now.since_start(), {}};
    std::vector<std::size_t> running;
    for (const models::MachineTimes& times : verdict.machines) {
        if (times.start >= now) continue;
        const bool done = times.end <= now;
        if (!done && a_case.fleet.machines()[times.machine].broker.exists()) {
            running.push_back(midway.machines.size());
        }
        midway.machines.push_back({times.machine,
                                   done ? StepState::done : StepState::running,
                                   done ? times.end - times.start : now - times.start,
                                   {}});
    }
    if (running.empty()) return midway;
    planner::MachineState& lost = midway.machines[running[which % running.size()]];
    lost.state = StepState::lost;
    lost.back_in = which % 2 == 0 ? sim::hours(2) : sim::Duration{};
    return midway;
}

/// CPU time of a new plan: median and 95th percentile over instants and lost brokers.
void BM_ReplanAfterLostBroker(benchmark::State& state) {
    const models::Case a_case = scenarios::embedded_estate().a_case;
    const auto made = planner::make_plan(a_case, {.policy = planner::Policy::event_driven});
    std::vector<double> milliseconds;
    double saved_h = 0;
    for (auto _ : state) {
        sim::RandomStream random(1, 0, sim::Draw::search, 0);
        for (int i = 0; i < situations; ++i) {
            const auto at = static_cast<std::int64_t>(
                random.below(static_cast<std::uint64_t>(made.verdict.makespan.count())));
            const planner::Midway midway = broker_lost(
                a_case, made.verdict, sim::Instant{sim::Duration{at}}, random.below(1'000));
            const double before = bench::cpu_seconds();
            const auto again = planner::replan(a_case, made.plan, midway, {});
            milliseconds.push_back(1e3 * (bench::cpu_seconds() - before));
            saved_h += sim::to_seconds(again.going_on - again.remaining) / 3'600;
        }
    }
    std::sort(milliseconds.begin(), milliseconds.end());
    state.counters["p50_ms"] = milliseconds[milliseconds.size() / 2];
    state.counters["p95_ms"] = milliseconds[milliseconds.size() * 95 / 100];
    state.counters["saved_h"] = saved_h / situations;
}
BENCHMARK(BM_ReplanAfterLostBroker)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
