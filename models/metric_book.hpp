// What brokers and controllers count about partitions, kept while it changes, where somebody
// watches.
#pragma once

#include <cstdint>
#include <map>

#include "models/partition_table.hpp"

namespace rollcast::models {

/// Counters by leader and by cluster, for metrics that are defined over partitions
/// (kafka-semantics §1.9). Empty, and without cost, where nobody watches.
class MetricBook {
public:
    /// By the leader.
    struct Led {
        std::int32_t partitions = 0;
        std::int32_t under_replicated = 0;
        std::int32_t under_min_isr = 0;
        std::int32_t under_min_isr_not_accepted = 0;
        std::int32_t at_min_isr = 0;
        std::uint32_t isr_shrinks = 0;  // since its process started
        std::uint32_t isr_expands = 0;
    };
    struct InCluster {
        std::int32_t leaderless = 0;
        std::int32_t leaderless_not_accepted = 0;
        std::int32_t not_preferred = 0;
        std::uint32_t unclean_elections = 0;
    };

    MetricBook() = default;
    MetricBook(const Scope& scope, const PartitionTable& partitions);

    /// `p` goes from `before` to `after`. `lagged`: who left the ISR did so because its leader
    /// found it lagging. O(1).
    void partition_changed(PartitionId p,
                           const PartitionState& before,
                           const PartitionState& after,
                           bool lagged);
    /// The preferred leader of `p`, which is as `state` says, is in `slot` from now on.
    void set_preferred(PartitionId p, const PartitionState& state, std::int8_t slot);
    /// A new process counts from 0.
    void process_starts(BrokerId b);

    const Led& led(BrokerId b) const { return led_[b]; }
    const InCluster& in(ClusterId c) const { return clusters_[c]; }

private:
    void count(PartitionId p, const PartitionState& state, int sign);
    int preferred(PartitionId p) const {
        const auto found = preferred_.find(p);
        return found == preferred_.end() ? 0 : found->second;
    }

    const Fleet* fleet_ = nullptr;
    ScopeMap<BrokerId, Led> led_;
    ScopeMap<ClusterId, InCluster> clusters_;
    std::map<PartitionId, std::int8_t> preferred_;  // slots, of partitions that have moved
};

}  // namespace rollcast::models
