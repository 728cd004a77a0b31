#include "models/faults/links.hpp"

#include <algorithm>
#include <cmath>

namespace rollcast::models::faults {

std::uint32_t place_of(const Fleet& fleet, BrokerId b) {
    return b.value - fleet.clusters()[fleet.brokers()[b].cluster].first_broker;
}

std::vector<std::uint32_t> of_all(std::uint32_t brokers, double share) {
    std::vector<std::uint32_t> places;
    for (std::uint32_t place = 0; place < brokers; ++place) places.push_back(place);
    places.resize(static_cast<std::size_t>(std::llround(share * brokers)));
    return places;
}

std::vector<std::uint32_t> of_others(std::uint32_t brokers, std::uint32_t place, double share) {
    std::vector<std::uint32_t> others;
    for (std::uint32_t other = 0; other < brokers; ++other) {
        if (other != place) others.push_back(other);
    }
    others.resize(
        static_cast<std::size_t>(std::llround(share * static_cast<double>(others.size()))));
    return others;
}

bool first_share(const Fleet& fleet, BrokerId b, double share) {
    const std::uint32_t brokers = fleet.clusters()[fleet.brokers()[b].cluster].broker_count;
    return place_of(fleet, b) < static_cast<std::uint32_t>(std::llround(share * brokers));
}

bool names_stacks(const Fleet& fleet, const Fault& fault) {
    return fleet.clusters()[struck_cluster(fleet, fault)].stacks.now.exists();
}

bool shows_certificates(const Fleet& fleet, const Fault& fault) {
    const ClusterStacks& stacks = fleet.clusters()[struck_cluster(fleet, fault)].stacks;
    const auto speaks_tls = [&](StackId id) {
        if (!id.exists()) return false;
        const auto& listeners = fleet.stacks()[id].listeners;
        return std::any_of(listeners.begin(), listeners.end(), [](const Listener& listener) {
            return uses_tls(listener.protocol);
        });
    };
    return speaks_tls(stacks.now) || speaks_tls(stacks.next);
}

}  // namespace rollcast::models::faults
