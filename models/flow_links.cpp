// What links that are cut or refused do to the flow plane: followers that cannot fetch stand still,
// and leave their ISRs when their leaders have found out; uplinks that carry less.
#include <algorithm>

#include "models/flow_plane.hpp"

namespace rollcast::models {

void FlowPlane::links_change(const RunState& run,
                             ClusterId c,
                             std::span<const PartitionId> partitions) {
    for (const PartitionId p : partitions) judge_links(run, p, false);
    for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
        if (nodes_[b].live && run.brokers[b].out_of_isr > 0) mark_dirty(b);
    }
}

void FlowPlane::uplink_changes(const RunState& run, RackId r) {
    const ClusterId c = case_->fleet.racks()[r].cluster;
    load_moved(c);
    for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
        if (case_->fleet.brokers()[b].rack == r && run.scope.holds(c)) watched_.push_back(b);
    }
}

/// Notes which members of the ISR of `p` cannot fetch from its leader, and since when. Where they
/// are not told of a new leader, they go on asking the one before.
void FlowPlane::judge_links(const RunState& run, PartitionId p, bool leader_changed) {
    const ClusterId c = case_->fleet.cluster_of(p);
    const PartitionState& state = run.partitions[p];
    if (run.links.of(c) == nullptr) return;
    const auto replicas = case_->fleet.replicas(p);
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const auto known = cut_off_.find({p, slot});
        const bool member = state.in_sync(slot) && state.leader != static_cast<int>(slot);
        if (!member) {
            if (known != cut_off_.end()) cut_off_.erase(known);
            continue;
        }
        const BrokerId b = replicas[slot];
        if (state.leader < 0 || !nodes_[b].live) continue;
        const bool told = run.links.open(c, b, BrokerLink::control);
        const bool reaches =
            run.links.fetches(c, b, replicas[static_cast<std::size_t>(state.leader)]);
        const bool follows = reaches && (told || (!leader_changed && known == cut_off_.end()));
        if (follows && known != cut_off_.end()) cut_off_.erase(known);
        if (follows) continue;
        if (known == cut_off_.end()) {
            cut_off_.emplace(Replica{p, slot},
                             CutOff{case_->curve.effective_seconds(run.now), run.now});
        } else if (leader_changed) {
            known->second.since = run.now;
        }
    }
}

/// Lets leaders look for followers that are cut off, as long as they have any. A partition that is
/// not written to never shrinks by lag (kafka-semantics §1.2).
void FlowPlane::watch_cut_off(RunState& run) {
    for (const auto& [replica, cut] : cut_off_) {
        const auto& [p, slot] = replica;
        const PartitionState& state = run.partitions[p];
        if (state.leader < 0 || run.load.rate(p) == 0) continue;
        const BrokerId leader = case_->fleet.replicas(p)[static_cast<std::size_t>(state.leader)];
        if (!nodes_[leader].live) continue;
        const auto due = std::find(cut_checks_due_.begin(), cut_checks_due_.end(), leader);
        if (due != cut_checks_due_.end()) continue;
        cut_checks_due_.push_back(leader);
        const std::int64_t longest = run.config(leader).replica_lag_time_max.count();
        sim::RandomStream random{run.options.seed,
                                 leader.value,
                                 sim::Draw::lag_check,
                                 cut_checks_[leader]++ | 1U << 27U};
        const std::int64_t late =
            run.options.sampled ? static_cast<std::int64_t>(
                                      random.below(static_cast<std::uint64_t>(longest / 2 + 1)))
                                : longest / 4;
        const sim::Instant looks =
            std::max(cut.since + sim::Duration{longest + late}, run.now + sim::Duration{1});
        run.schedule(looks, {.kind = EventKind::isr_check, .entity = leader.value});
    }
}

void FlowPlane::collect_cut_off(const RunState& run,
                                BrokerId b,
                                std::vector<HostedReplica>& lagging) {
    std::erase(cut_checks_due_, b);
    if (!nodes_[b].live) return;
    for (const auto& [replica, cut] : cut_off_) {
        const auto& [p, slot] = replica;
        const PartitionState& state = run.partitions[p];
        if (state.leader < 0 || run.load.rate(p) == 0) continue;
        const BrokerId leader = case_->fleet.replicas(p)[static_cast<std::size_t>(state.leader)];
        const bool long_enough = run.now - cut.since > run.config(b).replica_lag_time_max;
        if (leader == b && long_enough) lagging.push_back({p, slot});
    }
}

/// True where a broker runs and cannot fetch what it lacks: it comes up, registers, and never
/// rejoins (kafka-semantics §6.2).
bool FlowPlane::shut_out(const RunState& run) const {
    for (const ClusterId c : run.scope.clusters()) {
        if (run.links.of(c) == nullptr) continue;
        for (const PartitionId p : case_->fleet.clusters()[c].partitions()) {
            const PartitionState& state = run.partitions[p];
            const auto replicas = case_->fleet.replicas(p);
            for (std::uint8_t slot = 0; state.leader >= 0 && slot < replicas.size(); ++slot) {
                const BrokerId leader = replicas[static_cast<std::size_t>(state.leader)];
                const bool out = !state.in_sync(slot) && nodes_[replicas[slot]].live;
                if (out && !run.links.fetches(c, replicas[slot], leader)) return true;
            }
        }
    }
    return false;
}

}  // namespace rollcast::models
