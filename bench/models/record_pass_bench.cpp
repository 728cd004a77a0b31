// How fast the record fidelity goes on the load of the reference runs, with and without a failure.
#include <benchmark/benchmark.h>

#include "bench/models/cpu_time.hpp"
#include "tests/support/record_lab.hpp"

namespace {

using namespace rollcast;
using namespace rollcast::models;
using rollcast::bench::cpu_seconds;

/// 240 s of six brokers, 78 partitions with RF 3 and 470 records/s in the batches of the reference
/// load; `kill` 1: one broker is killed and started again. Items are records. Counters:
/// `times_real_time` = simulated over CPU seconds (to be at least 500), events of the data plane.
void BM_RecordReferenceRun(benchmark::State& state) {
    double seconds = 0.0;
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    for (auto _ : state) {
        support::Lab lab = support::record_lab(support::reference_load());
        if (state.range(0) != 0) {
            lab.fault(support::crash(2, sim::seconds(45), sim::seconds(35)));
        }
        World world = lab.world();
        const double before = cpu_seconds();
        world.run();
        const Verdict verdict = world.verdict();
        seconds += cpu_seconds() - before;
        for (const TopicRecords& topic : verdict.records->topics) records += topic.sent;
        events += support::records(world).events();
    }
    const auto runs = static_cast<double>(state.iterations());
    state.SetItemsProcessed(static_cast<std::int64_t>(records));
    state.counters["times_real_time"] = 240.0 * runs / seconds;
    state.counters["events"] = static_cast<double>(events) / runs;
}
BENCHMARK(BM_RecordReferenceRun)->ArgName("kill")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
