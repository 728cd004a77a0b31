#include "models/load_share.hpp"

#include <algorithm>

#include "models/capacity.hpp"

namespace rollcast::models {

namespace {

double share_of(std::int64_t base, double multiplier, double capacity) {
    if (base == 0) return 0.0;
    // Nothing left of the resource: more than any limit, yet a number.
    return capacity > 0.0 ? static_cast<double>(base) * multiplier / capacity : 1e9;
}

}  // namespace

double broker_share(
    const Fleet& fleet, const LoadBook& load, BrokerId b, double multiplier, BrokerRates left) {
    const Broker& broker = fleet.brokers()[b];
    const double in = left_of(as_capacity(broker.nic_in), left.network_factor);
    const double out = left_of(as_capacity(broker.nic_out), left.network_factor);
    return std::max({share_of(load.in(b), multiplier, in),
                     share_of(load.out(b), multiplier, out),
                     share_of(load.in(b), multiplier, left.disk_write_capacity)});
}

double link_share(const LoadBook& load, RackId r, double multiplier, LinkRates left) {
    return std::max(share_of(load.up(r), multiplier, left.up),
                    share_of(load.down(r), multiplier, left.down));
}

double link_share(const LoadBook& load, RoomId r, double multiplier, LinkRates left) {
    return std::max(share_of(load.up(r), multiplier, left.up),
                    share_of(load.down(r), multiplier, left.down));
}

double busiest_share(const Case& a_case, ClusterId c, double multiplier) {
    const Fleet& fleet = a_case.fleet;
    const Scope scope = Scope::of(fleet, c);
    const LoadBook load(a_case, scope, initial_partitions(scope));
    double most = 0.0;
    for (const BrokerId b : scope.brokers()) {
        const double disks = disk_write_capacity(fleet, b);
        most = std::max(most, broker_share(fleet, load, b, multiplier, {1.0, disks}));
    }
    for (const RackId r : scope.racks()) {
        const Rack& rack = fleet.racks()[r];
        const LinkRates left{as_capacity(rack.uplink_up), as_capacity(rack.uplink_down)};
        most = std::max(most, link_share(load, r, multiplier, left));
    }
    for (const RoomId r : Range<RoomId>(fleet.rooms().size())) {
        const Room& room = fleet.rooms()[r];
        const LinkRates left{as_capacity(room.link_up), as_capacity(room.link_down)};
        most = std::max(most, link_share(load, r, multiplier, left));
    }
    return most;
}

}  // namespace rollcast::models
