#include "planner/certificate/slack.hpp"

#include <algorithm>

namespace rollcast::planner::certificate {

std::vector<Spared> spared_sets(const models::Fleet& fleet, models::ClusterId cluster) {
    std::vector<Spared> sets;
    for (const models::PartitionId p : fleet.clusters()[cluster].partitions()) {
        const models::Partition& partition = fleet.partitions()[p];
        if (fleet.topics()[partition.topic].accepted) continue;
        Spared set;
        const auto replicas = fleet.replicas(p);
        for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
            if (partition.isr >> slot & 1U) set.members.push_back(replicas[slot]);
        }
        std::sort(set.members.begin(), set.members.end());
        set.slack = static_cast<int>(set.members.size()) - partition.floor;
        sets.push_back(std::move(set));
    }
    std::sort(sets.begin(), sets.end(), [](const Spared& a, const Spared& b) {
        return a.members != b.members ? a.members < b.members : a.slack < b.slack;
    });
    const auto same = [](const Spared& a, const Spared& b) { return a.members == b.members; };
    sets.erase(std::unique(sets.begin(), sets.end(), same), sets.end());
    return sets;
}

Exclusions::Exclusions(const models::Fleet& fleet, models::ClusterId cluster)
    : size_(fleet.clusters()[cluster].broker_count),
      sets_(spared_sets(fleet, cluster)),
      excluded_(size_ * size_, false) {
    const std::uint32_t first = fleet.clusters()[cluster].first_broker;
    for (const Spared& set : sets_) {
        if (set.slack > 1) continue;
        for (const models::BrokerId a : set.members) {
            for (const models::BrokerId b : set.members) {
                if (a != b) excluded_[(a.value - first) * size_ + (b.value - first)] = true;
            }
        }
    }
}

std::optional<int> Exclusions::slack_of(const std::vector<models::BrokerId>& members) const {
    std::optional<int> least;
    for (const Spared& set : sets_) {
        const bool all =
            std::includes(set.members.begin(), set.members.end(), members.begin(), members.end());
        if (all && (!least || set.slack < *least)) least = set.slack;
    }
    return least;
}

}  // namespace rollcast::planner::certificate
