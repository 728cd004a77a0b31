// The hold model (Jones, CACM 1986): at a fixed population, take the earliest event and schedule
// one more. Items are hold operations. Beside ours std::priority_queue with the same 128-bit keys
// and the same payload; `answer` is a hash of the first events popped.
#include <cstdint>
#include <queue>
#include <vector>

#include <benchmark/benchmark.h>

#include "sim/elementary.hpp"
#include "sim/event_queue.hpp"
#include "sim/random.hpp"
#include "sim/trace.hpp"

namespace {

using namespace rollcast::sim;  // NOLINT(google-build-using-namespace)

struct Payload {
    std::uint32_t kind;
    std::uint32_t entity;
    std::uint64_t extra;
};

__extension__ using Key = unsigned __int128;

/// std::priority_queue behind the interface of EventQueue.
class StdQueue {
public:
    using Entry = EventQueue<Payload>::Entry;

    void push(Instant at, const Payload& payload) {
        heap_.push({Key{static_cast<std::uint64_t>(at.count())} << 64 | next_sequence_++, payload});
    }
    Entry pop() {
        const Keyed top = heap_.top();
        heap_.pop();
        return {Instant{nanoseconds(static_cast<std::int64_t>(top.key >> 64))},
                static_cast<std::uint64_t>(top.key),
                top.payload};
    }

private:
    struct Keyed {
        Key key;
        Payload payload;
    };
    struct Later {
        bool operator()(const Keyed& a, const Keyed& b) const { return a.key > b.key; }
    };
    std::priority_queue<Keyed, std::vector<Keyed>, Later> heap_;
    std::uint64_t next_sequence_ = 0;
};

enum class Increments { exponential, bimodal };

/// 65,536 increments, used in turn. Exponential: mean 1 s. Bimodal: 99.9 % have a mean of 1 ms, the
/// others of 10 s.
const std::vector<Duration>& increments_of(Increments kind) {
    static const auto drawn = [](double short_share, double short_s, double long_s) {
        RandomStream random{1, 0, Draw::search, 0};
        std::vector<Duration> increments;
        for (int i = 0; i < 65'536; ++i) {
            const double mean_s = random.uniform() < short_share ? short_s : long_s;
            increments.push_back(ceil_seconds(-mean_s * log_exact(1.0 - random.uniform())));
        }
        return increments;
    };
    static const std::vector<Duration> exponential = drawn(1.0, 1.0, 1.0);
    static const std::vector<Duration> bimodal = drawn(0.999, 1e-3, 10.0);
    return kind == Increments::exponential ? exponential : bimodal;
}

template <class Queue, Increments kind>
void hold(benchmark::State& state) {
    const std::vector<Duration>& increments = increments_of(kind);
    const auto population = static_cast<std::uint32_t>(state.range(0));
    std::size_t drawn = 0;
    const auto increment = [&] { return increments[drawn++ & 0xffff]; };
    Queue queue;
    for (std::uint32_t i = 0; i < population; ++i) queue.push(Instant{} + increment(), {1, i, 7});
    TraceHash trace;
    for (std::uint32_t i = 0; i < 3 * population + 20'000; ++i) {  // into the steady state
        const auto entry = queue.pop();
        trace.fold(entry.at, entry.payload.kind, entry.payload.entity, entry.sequence);
        queue.push(entry.at + increment(), entry.payload);
    }
    for (auto _ : state) {
        const auto entry = queue.pop();
        queue.push(entry.at + increment(), entry.payload);
    }
    state.SetItemsProcessed(state.iterations());
    state.counters["answer"] = static_cast<double>(trace.value() >> 12);
}

void populations(benchmark::internal::Benchmark* bench) {
    for (const int population : {16, 100, 1'000, 10'000, 100'000}) bench->Arg(population);
}

void BM_HoldExponential(benchmark::State& state) {
    hold<EventQueue<Payload>, Increments::exponential>(state);
}
void BM_HoldExponentialStd(benchmark::State& state) {
    hold<StdQueue, Increments::exponential>(state);
}
void BM_HoldBimodal(benchmark::State& state) {
    hold<EventQueue<Payload>, Increments::bimodal>(state);
}
void BM_HoldBimodalStd(benchmark::State& state) { hold<StdQueue, Increments::bimodal>(state); }

/// One snapshot of a queue: a copy into storage that is already there.
void BM_EventQueueSnapshot(benchmark::State& state) {
    EventQueue<Payload> queue;
    for (std::uint32_t i = 0; i < static_cast<std::uint32_t>(state.range(0)); ++i) {
        queue.push(Instant{} + increments_of(Increments::exponential)[i & 0xffff], {1, i, 7});
    }
    EventQueue<Payload> snapshot = queue;
    for (auto _ : state) {
        snapshot = queue;
        benchmark::DoNotOptimize(snapshot);
    }
}

BENCHMARK(BM_HoldExponential)->Apply(populations);
BENCHMARK(BM_HoldExponentialStd)->Apply(populations);
BENCHMARK(BM_HoldBimodal)->Apply(populations);
BENCHMARK(BM_HoldBimodalStd)->Apply(populations);
BENCHMARK(BM_EventQueueSnapshot)->Arg(100)->Arg(10'000);

}  // namespace
