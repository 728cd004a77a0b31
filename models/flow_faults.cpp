// What faults do to the flow plane: log dirs that fail, leaders that hold up fetches, surges,
// scans.
#include <algorithm>

#include "models/flow_plane.hpp"

namespace rollcast::models {

void FlowPlane::surge_changes(const RunState& run, TopicId t, double before) {
    const Topic& topic = case_->fleet.topics()[t];
    const double effective = case_->curve.effective_seconds(run.now);
    for (const PartitionId p : topic.partitions()) {
        withheld_[p] +=
            write_factor(topic, run.partitions[p]) * (before - run.load.surge(t)) * effective;
    }
    load_moved(topic.cluster);
    for (const BrokerId b : case_->fleet.clusters()[topic.cluster].brokers()) {
        watched_.push_back(b);
    }
}

/// Consumers read the old records of `p` from another broker than before.
void FlowPlane::scan_moves(const RunState& run, PartitionId p, const PartitionState& before) {
    const auto replicas = case_->fleet.replicas(p);
    for (const std::int8_t leader : {before.leader, run.partitions[p].leader}) {
        if (leader >= 0) rates_change(run, replicas[static_cast<std::size_t>(leader)]);
    }
}

void FlowPlane::dir_stops(const RunState& run, LogDirId dir) {
    const BrokerId b = case_->fleet.log_dirs()[dir].broker;
    save_positions(run, b);
    drop_connections(b);
    stopped_dirs_.push_back({dir, case_->curve.effective_seconds(run.now)});
    mark_dirty(b);
    refetch_from(b);
    load_moved(case_->fleet.brokers()[b].cluster);
    watched_.push_back(b);
}

void FlowPlane::dir_returns(const RunState& run, LogDirId dir, bool wiped) {
    const BrokerId b = case_->fleet.log_dirs()[dir].broker;
    std::erase_if(stopped_dirs_, [&](const StoppedDir& stopped) { return stopped.dir == dir; });
    load_moved(case_->fleet.brokers()[b].cluster);
    watched_.push_back(b);
    if (!wiped) return;
    losses_.dir_wiped(dir);
    nodes_[b].cold = true;
    const double effective = case_->curve.effective_seconds(run.now);
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        if (case_->fleet.replica_dirs(replica.partition)[replica.slot] != dir) continue;
        if (run.partitions[replica.partition].in_sync(replica.slot)) continue;
        position(replica.partition, replica.slot) = emptied(run, replica.partition, effective);
    }
}

/// True where the replica in `leader_slot` of `p` answers those that catch up.
bool FlowPlane::fetchable(const RunState& run, PartitionId p, std::size_t leader_slot) const {
    const BrokerId leader = case_->fleet.replicas(p)[leader_slot];
    if (!nodes_[leader].live || run.dir_failed(p, leader_slot)) return false;
    return std::none_of(holding_.begin(), holding_.end(), [&](const Holding& holding) {
        return holding.leader == leader;
    });
}

/// A fetch that is held up tells of the one before: its follower is up to twice the delay behind
/// (kafka-semantics §1.2 point 2). Where that is no longer than replica.lag.time.max.ms it costs
/// latency alone.
void FlowPlane::hold_fetches(const RunState& run, BrokerId b) {
    const auto found = run.fetch_delay.find(b);
    const sim::Duration delay = found == run.fetch_delay.end() ? sim::Duration{} : found->second;
    const bool holds = 2 * delay > run.config(b).replica_lag_time_max;
    const auto known = std::find_if(holding_.begin(), holding_.end(), [&](const Holding& holding) {
        return holding.leader == b;
    });
    if (holds && known == holding_.end()) {
        holding_.push_back({.leader = b, .since = run.now, .delay = delay});
        refetch_from(b);
    } else if (!holds && known != holding_.end()) {
        const Holding ended = *known;
        holding_.erase(known);
        release_fetches(run, ended);
    }
}

/// What followers did get meanwhile: all but the last `delay` of it; those that had been far behind
/// before stand where they were.
void FlowPlane::release_fetches(const RunState& run, const Holding& holding) {
    const sim::Instant got_up_to =
        std::max(holding.since, run.now - std::min(holding.delay, run.now - holding.since));
    const double since = case_->curve.effective_seconds(holding.since);
    const double up_to = case_->curve.effective_seconds(got_up_to);
    for (const HostedReplica& led : case_->fleet.hosted(holding.leader)) {
        const PartitionState& state = run.partitions[led.partition];
        if (state.leader != static_cast<int>(led.slot)) continue;
        const auto replicas = case_->fleet.replicas(led.partition);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (state.in_sync(slot) || !nodes_[replicas[slot]].live) continue;
            double& stands = position(led.partition, slot);
            if (stands >= log_end(run, led.partition, since)) {
                stands = std::max(stands, log_end(run, led.partition, up_to));
            }
            mark_dirty(replicas[slot]);
        }
    }
}

/// Lets leaders that hold up fetches look for followers that lag, as long as they have any.
void FlowPlane::watch_followers(RunState& run) {
    for (Holding& holding : holding_) {
        if (holding.check_due || !nodes_[holding.leader].live) continue;
        std::vector<HostedReplica> followers;
        in_sync_followers(run, holding.leader, followers);
        if (followers.empty()) continue;
        holding.check_due = true;
        const std::int64_t longest = run.config(holding.leader).replica_lag_time_max.count();
        sim::RandomStream random{run.options.seed,
                                 holding.leader.value,
                                 sim::Draw::lag_check,
                                 holding.checks++ | 1U << 29U};
        const std::int64_t late =
            run.options.sampled ? static_cast<std::int64_t>(
                                      random.below(static_cast<std::uint64_t>(longest / 2 + 1)))
                                : longest / 4;
        run.schedule(sim::Duration{longest + late},
                     {.kind = EventKind::isr_check, .entity = holding.leader.value});
    }
}

/// Appends the followers in sync of what `leader` leads and is written to.
void FlowPlane::in_sync_followers(const RunState& run,
                                  BrokerId leader,
                                  std::vector<HostedReplica>& followers) const {
    for (const HostedReplica& led : case_->fleet.hosted(leader)) {
        const PartitionState& state = run.partitions[led.partition];
        if (state.leader != static_cast<int>(led.slot) || run.load.rate(led.partition) == 0)
            continue;
        for (std::uint8_t slot = 0; slot < case_->fleet.replicas(led.partition).size(); ++slot) {
            if (slot != led.slot && state.in_sync(slot)) followers.push_back({led.partition, slot});
        }
    }
}

void FlowPlane::collect_lagging(const RunState& run,
                                BrokerId b,
                                std::vector<HostedReplica>& lagging) {
    collect_cut_off(run, b, lagging);
    for (Holding& holding : holding_) {
        if (holding.leader != b) continue;
        holding.check_due = false;
        const bool long_enough = run.now - holding.since > run.config(b).replica_lag_time_max;
        if (nodes_[b].live && long_enough) in_sync_followers(run, b, lagging);
    }
}

}  // namespace rollcast::models
