// Max-min fair sharing under a drain of N flows, and with one follower that catches up. Times of
// the drains are CPU time of the whole drain; `us_per_completion` divides it.
#include <algorithm>
#include <ctime>
#include <limits>

#include <benchmark/benchmark.h>

#include "bench/kernel/drain.hpp"
#include "sim/elementary.hpp"
#include "sim/fair_share.hpp"
#include "sim/random.hpp"

namespace rollcast::bench {
namespace {

using sim::FairShare;
using sim::FlowId;
using sim::ResourceId;

struct Platform {
    FairShare share;
    std::vector<ResourceId> out, in, up, down;

    Platform() {
        for (std::size_t h = 0; h < hosts; ++h) out.push_back(share.add_resource(nic_rate));
        for (std::size_t h = 0; h < hosts; ++h) in.push_back(share.add_resource(nic_rate));
        for (std::size_t r = 0; r < racks; ++r) up.push_back(share.add_resource(uplink_rate));
        for (std::size_t r = 0; r < racks; ++r) down.push_back(share.add_resource(uplink_rate));
    }

    FlowId start(const Transfer& transfer) {
        std::vector<ResourceId> path{out[transfer.from]};
        if (transfer.from % racks != transfer.to % racks) {
            path.push_back(up[transfer.from % racks]);
            path.push_back(down[transfer.to % racks]);
        }
        path.push_back(in[transfer.to]);
        return share.add_flow(path);
    }
};

struct Progress {
    double left_bytes;
    double since_s = 0.0;
    double rate = 0.0;
};

void BM_Drain(benchmark::State& state) {
    const auto count = static_cast<std::size_t>(state.range(0));
    DrainResult result;
    for (auto _ : state) {
        result = drain(count, timed_completions(count));
        state.SetIterationTime(result.cpu_s);
    }
    const auto completions = static_cast<double>(result.completed_s.size());
    state.counters["us_per_completion"] = 1e6 * result.cpu_s / completions;
    state.counters["answer"] = result.completed_s.back();
}
BENCHMARK(BM_Drain)->Arg(100)->Arg(1'000)->Arg(10'000)->UseManualTime()->Iterations(1)->Unit(
    benchmark::kMicrosecond);

/// 70 leaders send to one follower whose disk is the bottleneck; flows end one by one. Items are
/// completions: a removal and a solve.
void BM_FollowerCatchUp(benchmark::State& state) {
    FairShare share;
    const ResourceId disk = share.add_resource(500e6);
    const ResourceId nic = share.add_resource(nic_rate);
    const ResourceId down = share.add_resource(uplink_rate);
    std::vector<std::vector<ResourceId>> paths;
    std::vector<ResourceId> up;
    up.reserve(6);
    paths.reserve(70);
    for (int r = 0; r < 6; ++r) up.push_back(share.add_resource(uplink_rate));
    for (std::size_t f = 0; f < 70; ++f) {
        paths.push_back(
            {share.add_resource(500e6), share.add_resource(nic_rate), up[f % 6], down, nic, disk});
    }
    const FairShare idle = share;
    for (auto _ : state) {
        state.PauseTiming();
        share = idle;
        std::vector<FlowId> flows;
        flows.reserve(paths.size());
        for (const auto& path : paths) flows.push_back(share.add_flow(path));
        share.solve();
        state.ResumeTiming();
        for (const FlowId flow : flows) {
            share.remove_flow(flow);
            benchmark::DoNotOptimize(share.solve().size());
        }
    }
    state.SetItemsProcessed(state.iterations() * 70);
}
BENCHMARK(BM_FollowerCatchUp);

}  // namespace

double process_cpu_s() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::vector<Transfer> random_transfers(std::size_t count) {
    sim::RandomStream random{1, 0, sim::Draw::search, 0};
    std::vector<Transfer> transfers;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t from = random.below(hosts);
        const std::size_t other = random.below(hosts - 1);
        const double size = -2e8 * sim::log_exact(1.0 - random.uniform());
        transfers.push_back(
            {from, other + (other >= from ? 1 : 0), 1 + static_cast<std::uint64_t>(size)});
    }
    return transfers;
}

DrainResult drain(std::size_t count, std::size_t completions) {
    Platform platform;
    std::vector<Progress> progress;
    std::vector<double> due_s(count, std::numeric_limits<double>::infinity());
    for (const Transfer& transfer : random_transfers(count)) {
        platform.start(transfer);
        progress.push_back({static_cast<double>(transfer.bytes)});
    }
    DrainResult result;
    double now_s = 0.0;
    const double started_s = process_cpu_s();
    while (true) {
        for (const FlowId flow : platform.share.solve()) {
            Progress& moved = progress[flow.index()];
            moved.left_bytes -= moved.rate * (now_s - moved.since_s);
            moved.since_s = now_s;
            moved.rate = platform.share.rate(flow);
            due_s[flow.index()] = now_s + moved.left_bytes / moved.rate;
        }
        if (result.completed_s.size() == completions) break;
        const auto next = std::min_element(due_s.begin(), due_s.end());
        now_s = *next;
        *next = std::numeric_limits<double>::infinity();
        result.completed_s.push_back(now_s);
        platform.share.remove_flow(FlowId{static_cast<std::uint32_t>(next - due_s.begin())});
    }
    result.cpu_s = process_cpu_s() - started_s;
    return result;
}

}  // namespace rollcast::bench
