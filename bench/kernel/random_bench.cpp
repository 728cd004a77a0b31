// What a random number and a folded event cost. Items are numbers or events.
#include <benchmark/benchmark.h>

#include "sim/random.hpp"
#include "sim/trace.hpp"

namespace {

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

void BM_RandomStreamNext(benchmark::State& state) {
    RandomStream random{1, 2, Draw::search, 3};
    for (auto _ : state) benchmark::DoNotOptimize(random.next());
    state.SetItemsProcessed(state.iterations());
}

/// A stream made for one number, as models do.
void BM_RandomStreamFirst(benchmark::State& state) {
    std::uint32_t entity = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(RandomStream{1, ++entity, Draw::search, 3}.below(91));
    }
    state.SetItemsProcessed(state.iterations());
}

void BM_RandomStreamLognormal(benchmark::State& state) {
    RandomStream random{1, 2, Draw::search, 3};
    for (auto _ : state) benchmark::DoNotOptimize(lognormal_factor(random.normal(), 1.5));
    state.SetItemsProcessed(state.iterations());
}

void BM_TraceHashEvent(benchmark::State& state) {
    TraceHash trace;
    std::uint32_t entity = 0;
    for (auto _ : state) {
        trace.fold(Instant{nanoseconds(entity)}, 3, entity);
        ++entity;
    }
    benchmark::DoNotOptimize(trace.value());
    state.SetItemsProcessed(state.iterations());
}

BENCHMARK(BM_RandomStreamNext);
BENCHMARK(BM_RandomStreamFirst);
BENCHMARK(BM_RandomStreamLognormal);
BENCHMARK(BM_TraceHashEvent);

}  // namespace
