#include "models/rollout.hpp"

#include <algorithm>
#include <utility>

namespace rollcast::models {

RolloutGate::RolloutGate(const Fleet& fleet, const Plan& plan) : rollout_(plan.rollout) {
    const bool waves = std::any_of(
        plan.clusters.begin(), plan.clusters.end(), [](const auto& c) { return !c.after.empty(); });
    any_ = waves || rollout_.canary > 0 || rollout_.halt_batch || rollout_.halt_cluster ||
           rollout_.halt_fleet;
    if (!any_) return;
    clusters_ = IdMap<ClusterId, Cluster>(fleet.clusters().size());
    for (Cluster& cluster : clusters_) cluster.all_done = sim::Instant{};  // unless it is planned
    for (const ClusterPlan& part : plan.clusters) {
        Cluster& cluster = clusters_[part.cluster];
        cluster.after = part.after;
        cluster.after_soak = part.after_soak;
        cluster.machines_left = part.quorum.size();
        cluster.lost_in.assign(part.batches.size(), 0);
        for (const Batch& batch : part.batches) {
            cluster.machines_left += batch.machines.size();
            for (const MachineId m : batch.machines) {
                const bool more =
                    cluster.canaries.size() < static_cast<std::size_t>(rollout_.canary);
                if (more) cluster.canaries.push_back(m);
            }
        }
        cluster.canaries_left = cluster.canaries.size();
        if (cluster.machines_left > 0) cluster.all_done = sim::Instant::never();
    }
}

bool RolloutGate::closed_by_stop_rule(const Cluster& cluster, std::uint32_t batch) const {
    const auto reached = [](const std::optional<int>& most, int lost) {
        return most && lost >= *most;
    };
    return reached(rollout_.halt_fleet, lost_) || reached(rollout_.halt_cluster, cluster.lost) ||
           (batch < cluster.lost_in.size() && reached(rollout_.halt_batch, cluster.lost_in[batch]));
}

/// What has ended since the last look has ended now: looks follow at the same instant.
void RolloutGate::note_ends(sim::Instant now) {
    if (!std::exchange(end_unnoted_, false)) return;
    for (Cluster& cluster : clusters_) {
        const auto note = [now](std::size_t left, sim::Instant& at) {
            if (left == 0 && at == sim::Instant::never()) at = now;
        };
        note(cluster.canaries_left, cluster.canaries_done);
        note(cluster.machines_left, cluster.all_done);
    }
}

sim::Instant RolloutGate::opens(ClusterId c, MachineId m, std::uint32_t batch, sim::Instant now) {
    note_ends(now);
    const Cluster& cluster = clusters_[c];
    if (closed_by_stop_rule(cluster, batch)) return sim::Instant::never();
    sim::Instant from{};
    for (const ClusterId before : cluster.after) {
        const sim::Instant end = clusters_[before].all_done;
        if (end == sim::Instant::never()) return end;
        from = std::max(from, end + cluster.after_soak);
    }
    const auto& canaries = cluster.canaries;
    const bool follows = !canaries.empty() && batch != no_batch &&
                         std::find(canaries.begin(), canaries.end(), m) == canaries.end();
    if (!follows) return from;
    if (cluster.canaries_done == sim::Instant::never()) return cluster.canaries_done;
    return std::max(from, cluster.canaries_done + rollout_.canary_soak);
}

void RolloutGate::done(ClusterId c, MachineId m) {
    if (!any_) return;
    Cluster& cluster = clusters_[c];
    --cluster.machines_left;
    const auto& canaries = cluster.canaries;
    if (std::find(canaries.begin(), canaries.end(), m) != canaries.end()) --cluster.canaries_left;
    end_unnoted_ = true;
}

void RolloutGate::lost(ClusterId c, std::uint32_t batch) {
    if (!any_) return;
    Cluster& cluster = clusters_[c];
    ++lost_;
    ++cluster.lost;
    if (batch < cluster.lost_in.size()) ++cluster.lost_in[batch];
    halted_ = halted_ || closed_by_stop_rule(cluster, batch);
}

}  // namespace rollcast::models
