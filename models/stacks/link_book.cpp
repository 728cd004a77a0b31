#include "models/stacks/link_book.hpp"

#include <algorithm>

namespace rollcast::models {

LinkRules::LinkRules(std::uint32_t brokers)
    : size_(brokers),
      fetch_(std::size_t{brokers} * brokers, std::uint8_t{0}),
      broker_(brokers, std::uint8_t{0}) {}

bool LinkRules::touches(std::uint32_t broker) const {
    if (broker_[broker] != 0) return true;
    for (std::uint32_t other = 0; other < size_; ++other) {
        if (shuts_fetch(broker, other) || shuts_fetch(other, broker)) return true;
    }
    return false;
}

void ClusterLinks::set_open(std::uint32_t place, BrokerLink link, bool is) {
    const unsigned bit = 1U << static_cast<unsigned>(link);
    open[place] = static_cast<std::uint8_t>(is ? open[place] | bit : open[place] & ~bit);
}

void LinkBook::watch(const Case& a_case, ClusterId c) {
    if (of(c) != nullptr) return;
    const Cluster& cluster = a_case.fleet.clusters()[c];
    const std::uint32_t n = cluster.broker_count;
    constexpr std::uint8_t all_open = (1U << broker_link_count) - 1U;
    ClusterLinks links;
    links.cluster = c;
    links.first_broker = cluster.first_broker;
    links.size = n;
    links.rules = LinkRules(n);
    links.exists.assign(n, 1);
    links.migrated.assign(n, 0);
    links.open.assign(n, all_open);
    links.cuts.assign(n, 0);
    links.clients_moved = a_case.stacks_of(c).clients_moved;
    if (const StackId now = a_case.stacks_of(c).now; now.exists()) {
        links.running.assign(n, a_case.fleet.stacks()[now]);
        links.network_left.assign(n, models::network_left(links.running.front()));
    }
    links.applied.resize(n);
    links.linked.assign(std::size_t{n} * n, 1);
    const auto behind = std::find_if(
        clusters_.begin(), clusters_.end(), [c](const auto& known) { return known.first > c; });
    clusters_.emplace(behind, c, std::move(links));
    place_of_.assign(a_case.fleet.clusters().size(), not_watched);
    for (std::uint32_t place = 0; place < clusters_.size(); ++place) {
        place_of_[clusters_[place].first.index()] = place;
    }
}

ClusterLinks* LinkBook::of(ClusterId c) {
    if (place_of_.empty() || place_of_[c.index()] == not_watched) return nullptr;
    return &clusters_[place_of_[c.index()]].second;
}

const ClusterLinks* LinkBook::of(ClusterId c) const {
    if (place_of_.empty() || place_of_[c.index()] == not_watched) return nullptr;
    return &clusters_[place_of_[c.index()]].second;
}

bool LinkBook::fetches(ClusterId c, BrokerId follower, BrokerId leader) const {
    const ClusterLinks* links = of(c);
    if (links == nullptr || follower == leader) return true;
    return links
               ->linked[std::size_t{links->place(follower)} * links->size + links->place(leader)] !=
           0;
}

bool LinkBook::open(ClusterId c, BrokerId b, BrokerLink link) const {
    const ClusterLinks* links = of(c);
    return links == nullptr || links->is_open(links->place(b), link);
}

void LinkBook::install(ClusterId c, BrokerId b, bool before) {
    if (ClusterLinks* links = of(c)) links->migrated[links->place(b)] = before ? 0 : 1;
}

double LinkBook::network_left(ClusterId c, BrokerId b) const {
    const ClusterLinks* links = of(c);
    if (links == nullptr || links->network_left.empty()) return 1.0;
    return links->network_left[links->place(b)];
}

UplinkLeft LinkBook::uplink(RackId r) const {
    const auto found = uplinks_.find(r);
    return found == uplinks_.end() ? UplinkLeft{} : found->second;
}

void LinkBook::set_uplink(RackId r, UplinkLeft left) {
    if (left.share == 1.0 && left.most == UplinkLeft{}.most) {
        uplinks_.erase(r);
    } else {
        uplinks_[r] = left;
    }
}

}  // namespace rollcast::models
