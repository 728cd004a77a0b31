// Replicas that move, in the fluid: made empty, fetched like any that is behind, under a throttle
// of their own.
#include <algorithm>
#include <limits>

#include "models/flow_plane.hpp"

namespace rollcast::models {

void FlowPlane::replica_added(const RunState& run, PartitionId p, std::uint8_t slot) {
    const BrokerId to = case_->fleet.replicas(p)[slot];
    position(p, slot) = emptied(run, p, case_->curve.effective_seconds(run.now));
    load_moved(case_->fleet.cluster_of(p));
    if (nodes_[to].live) mark_dirty(to);
    watched_.push_back(to);
}

void FlowPlane::replica_removed(const RunState& run, PartitionId p, std::uint8_t slot) {
    const BrokerId from = case_->fleet.replicas(p)[slot];
    load_moved(case_->fleet.cluster_of(p));
    if (nodes_[from].active()) mark_dirty(from);
    watched_.push_back(from);
    (void)run;
}

/// What the throttles leave to move with: live writes to a replica that is not in sync yet count
/// for them (kafka-semantics §4.2), so that one below the write rate never lets it in.
void FlowPlane::refresh_moves(const RunState& run, ClusterId c) {
    constexpr double endless = std::numeric_limits<double>::infinity();
    double rate = endless;
    ScopeMap<BrokerId, double> in(run.scope.brokers(), 0.0);
    ScopeMap<BrokerId, double> out(run.scope.brokers(), 0.0);
    for (const auto& [p, move] : run.moves.under_way) {
        if (case_->fleet.cluster_of(p) != c) continue;
        if (move.throttle > 0.0) rate = std::min(rate, move.throttle);
        const int leader = run.partitions[p].leader;
        if (leader < 0) continue;
        const auto replicas = case_->fleet.replicas(p);
        const double writes = static_cast<double>(run.load.rate(p)) * multiplier_;
        in[replicas[move.adds]] += writes;
        out[replicas[static_cast<std::size_t>(leader)]] += writes;
    }
    constexpr double far_above_any_rate = 1e15;
    for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
        sim::FairShare& share = flows_of(c).share;
        share.set_capacity(moves_[b].in, std::clamp(rate - in[b], 0.0, far_above_any_rate));
        share.set_capacity(moves_[b].out, std::clamp(rate - out[b], 0.0, far_above_any_rate));
    }
}

}  // namespace rollcast::models
