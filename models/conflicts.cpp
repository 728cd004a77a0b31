#include "models/conflicts.hpp"

#include <algorithm>

namespace rollcast::models {

ClusterConflicts::ClusterConflicts(const Fleet& fleet, ClusterId cluster_id) {
    const Cluster& cluster = fleet.clusters()[cluster_id];
    size_ = cluster.broker_count;
    words_ = (size_ + 63) / 64;
    rows_.assign(size_ * words_, 0);
    barred_.assign(size_, false);

    std::vector<std::uint32_t> members;
    for (const PartitionId p : cluster.partitions()) {
        const Partition& partition = fleet.partitions()[p];
        if (fleet.topics()[partition.topic].accepted) continue;
        members.clear();
        const auto replicas = fleet.replicas(p);
        for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
            if ((partition.isr >> slot) & 1U) {
                members.push_back(replicas[slot].value - cluster.first_broker);
            }
        }
        constrain(members, isr_size(partition.isr) - partition.floor);
    }
    index_groups();
}

void ClusterConflicts::constrain(std::span<const std::uint32_t> members, int slack) {
    if (slack <= 0) {
        for (const std::uint32_t a : members) barred_[a] = true;
    } else if (slack == 1) {
        for (const std::uint32_t a : members) {
            for (const std::uint32_t b : members) {
                if (a != b) rows_[a * words_ + b / 64] |= std::uint64_t{1} << (b % 64);
            }
        }
    } else if (slack < static_cast<int>(members.size())) {
        groups_.push_back({{members.begin(), members.end()}, slack});
        std::sort(groups_.back().members.begin(), groups_.back().members.end());
    }
}

void ClusterConflicts::index_groups() {
    std::sort(groups_.begin(), groups_.end(), [](const ConflictGroup& a, const ConflictGroup& b) {
        return a.members != b.members ? a.members < b.members : a.slack < b.slack;
    });
    // Of one replica set the smallest slack says it all.
    groups_.erase(std::unique(groups_.begin(),
                              groups_.end(),
                              [](const ConflictGroup& a, const ConflictGroup& b) {
                                  return a.members == b.members;
                              }),
                  groups_.end());
    groups_of_.resize(size_);
    for (std::uint32_t g = 0; g < groups_.size(); ++g) {
        for (const std::uint32_t a : groups_[g].members) groups_of_[a].push_back(g);
    }
}

}  // namespace rollcast::models
