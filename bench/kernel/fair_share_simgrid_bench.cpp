// The same drains in SimGrid (model CM02 without latency, network/optim:Full and no selective
// update: the fastest of its modes on this load), where it is installed. Every completion is held
// against ours; a difference above 1e-9 makes the benchmark fail.
#ifdef ROLLCAST_HAVE_SIMGRID

#include <algorithm>
#include <cmath>
#include <string>

#include <benchmark/benchmark.h>

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wextra"
#include <simgrid/s4u.hpp>
#pragma GCC diagnostic pop

#include "bench/kernel/drain.hpp"

namespace rollcast::bench {
namespace {

namespace s4u = simgrid::s4u;
using State = simgrid::kernel::resource::Action::State;

/// The one engine that a process may have, with the platform of drain.hpp.
class SimgridPlatform {
public:
    SimgridPlatform() {
        s4u::Engine::set_config("network/model:CM02");
        s4u::Engine::set_config("network/optim:Full");
        s4u::Engine::set_config("network/maxmin-selective-update:no");
        s4u::Engine::set_config("network/crosstraffic:no");
        s4u::Engine::set_config("surf/precision:1e-12");
        build_zones();
        s4u::Link::on_communication_state_change_cb(
            [this](const simgrid::kernel::resource::NetworkAction&, State before) {
                if (before != State::STARTED) return;
                completed_s_.push_back(s4u::Engine::get_clock() - started_s_);
            });
    }

    DrainResult drain(std::size_t count, double until_s) {
        DrainResult result;
        completed_s_.clear();
        started_s_ = s4u::Engine::get_clock();
        s4u::Actor::create("starter", host_[0], [this, count, &result] {
            for (const Transfer& transfer : random_transfers(count)) {
                under_way_.push_back(s4u::Comm::sendto_async(
                    host_[transfer.from], host_[transfer.to], transfer.bytes));
            }
            result.cpu_s = -process_cpu_s();
        });
        engine_.run_until(started_s_ + until_s);
        result.cpu_s += process_cpu_s();
        result.completed_s = completed_s_;
        for (const s4u::CommPtr& comm : under_way_) comm->cancel();
        under_way_.clear();
        return result;
    }

private:
    void build_zones() {
        s4u::NetZone* root = s4u::create_star_zone("root");
        std::vector<s4u::NetZone*> zones;
        std::vector<simgrid::kernel::routing::NetPoint*> routers;
        for (std::size_t r = 0; r < racks; ++r) {
            const std::string name = "rack" + std::to_string(r);
            zones.push_back(s4u::create_star_zone(name));
            zones[r]->set_parent(root);
            routers.push_back(zones[r]->create_router(name + "-switch"));
        }
        for (std::size_t h = 0; h < hosts; ++h) {
            s4u::NetZone* zone = zones[h % racks];
            const std::string name = "host" + std::to_string(h);
            host_.push_back(zone->create_host(name, 1e9));
            add_duplex(zone, name, nic_rate, host_[h]->get_netpoint(), nullptr);
        }
        for (std::size_t r = 0; r < racks; ++r) {
            zones[r]->seal();
            add_duplex(root,
                       "rack" + std::to_string(r),
                       uplink_rate,
                       zones[r]->get_netpoint(),
                       routers[r]);
        }
        root->seal();
    }

    /// A link out of `point` and one into it, for whatever lies beyond.
    static void add_duplex(s4u::NetZone* zone,
                           const std::string& name,
                           double rate,
                           simgrid::kernel::routing::NetPoint* point,
                           simgrid::kernel::routing::NetPoint* gateway) {
        s4u::Link* out = zone->create_link(name + "-out", rate)->seal();
        s4u::Link* in = zone->create_link(name + "-in", rate)->seal();
        zone->add_route(point, nullptr, gateway, nullptr, {s4u::LinkInRoute(out)}, false);
        zone->add_route(nullptr, point, nullptr, gateway, {s4u::LinkInRoute(in)}, false);
    }

    int argc_ = 1;
    std::string program_ = "bench_kernel";
    char* argv_[2] = {program_.data(), nullptr};
    s4u::Engine engine_{&argc_, argv_};
    std::vector<s4u::Host*> host_;
    std::vector<s4u::CommPtr> under_way_;
    std::vector<double> completed_s_;
    double started_s_ = 0.0;
};

/// Largest relative difference between the completions of both.
double largest_difference(const DrainResult& a, const DrainResult& b) {
    if (a.completed_s.size() != b.completed_s.size()) return 1.0;
    double worst = 0.0;
    for (std::size_t i = 0; i < a.completed_s.size(); ++i) {
        worst = std::max(worst, std::abs(a.completed_s[i] / b.completed_s[i] - 1.0));
    }
    return worst;
}

void BM_DrainSimgrid(benchmark::State& state) {
    static SimgridPlatform platform;  // one engine a process
    const auto count = static_cast<std::size_t>(state.range(0));
    const DrainResult ours = drain(count, timed_completions(count));
    DrainResult theirs;
    for (auto _ : state) {
        theirs = platform.drain(count, ours.completed_s.back() * (1 + 1e-10));
        state.SetIterationTime(theirs.cpu_s);
    }
    const double difference = largest_difference(ours, theirs);
    if (difference > 1e-9) state.SkipWithError("SimGrid completes at other times");
    const auto completions = static_cast<double>(theirs.completed_s.size());
    state.counters["us_per_completion"] = 1e6 * theirs.cpu_s / completions;
    state.counters["difference"] = difference;
    state.counters["answer"] = theirs.completed_s.empty() ? 0.0 : theirs.completed_s.back();
}
BENCHMARK(BM_DrainSimgrid)
    ->Arg(100)
    ->Arg(1'000)
    ->Arg(10'000)
    ->UseManualTime()
    ->Iterations(1)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace rollcast::bench

#endif
