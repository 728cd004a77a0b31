#include "models/headroom_watch.hpp"

#include <algorithm>

#include "models/capacity.hpp"
#include "models/load_share.hpp"

namespace rollcast::models {

namespace {

constexpr std::uint8_t over_now = 1;
constexpr std::uint8_t over_ever = 2;

}  // namespace

HeadroomWatch::HeadroomWatch(const RunState& run)
    : broker_over_(run.scope.brokers()),
      rack_over_(run.scope.racks()),
      room_over_(run.fleet().rooms().size(), std::uint8_t{0}) {}

double HeadroomWatch::busiest(const RunState& run, BrokerId b) const {
    const BrokerState& state = run.brokers[b];
    const double m = run.a_case->curve.multiplier(run.now);
    const double disks =
        left_of(run.disk_write_capacity[b], state.disk_factor) * run.left_by_cold_reads(b);
    return broker_share(run.fleet(), run.load, b, m, {state.network_factor, disks});
}

void HeadroomWatch::note(RunState& run, double share, std::uint8_t& over, ClusterId c, BrokerId b) {
    Tally& tally = run.safety.tally(Rule::headroom);
    tally.note(share, run.now);
    const bool is = share > run.a_case->rules.headroom_limit;
    if (is == ((over & over_now) != 0)) return;
    tally.open.change(is ? +1 : -1, run.now);
    if (!is) {
        over = static_cast<std::uint8_t>(over & ~over_now);
        return;
    }
    if ((over & over_ever) == 0) ++tally.subjects;
    over = over_now | over_ever;
    if (!tally.begin(run.now)) return;
    tally.first->cluster = c;
    tally.first->broker = b;
    for (const BrokerId other : run.fleet().clusters()[c].brokers()) {
        const BrokerState& state = run.brokers[other];
        const bool away = state.process != BrokerState::Process::up;
        const bool slowed = state.disk_factor < 1.0 || run.load.cold(other) > 0 ||
                            state.network_factor < run.links.network_left(c, other);
        if (away || slowed) tally.first->causes.push_back(state.reason);
        if (away) tally.first->brokers.push_back(other);
    }
    std::stable_sort(tally.first->causes.begin(),
                     tally.first->causes.end(),
                     [](const Cause& x, const Cause& y) { return x.at < y.at; });
}

void HeadroomWatch::judge(RunState& run, ClusterId c) {
    const Cluster& cluster = run.fleet().clusters()[c];
    const double m = run.a_case->curve.multiplier(run.now);
    for (const BrokerId b : cluster.brokers()) {
        const bool serves = run.load.live(b);
        note(run, serves ? busiest(run, b) : 0.0, broker_over_[b], c, b);
    }
    for (const RackId r : cluster.racks()) {
        const Rack& rack = run.fleet().racks()[r];
        const double share = link_share(
            run.load,
            r,
            m,
            {run.uplink_capacity(r, rack.uplink_up), run.uplink_capacity(r, rack.uplink_down)});
        note(run, share, rack_over_[r], c, BrokerId::none());
    }
    for (const RoomId r : Range<RoomId>(room_over_.size())) {
        const Room& room = run.fleet().rooms()[r];
        const double share =
            link_share(run.load, r, m, {as_capacity(room.link_up), as_capacity(room.link_down)});
        note(run, share, room_over_[r], c, BrokerId::none());
    }
}

}  // namespace rollcast::models
