// What befalls a cluster without the end of a process: settings that change, log dirs that fail,
// sessions and controllers that are lost.
#include <algorithm>
#include <cmath>

#include "models/control_plane.hpp"
#include "models/detection.hpp"
#include "models/kafka_version.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

/// True where the controller is told of log dirs that fail: always by ZooKeeper, in KRaft from 3.7
/// on (KIP-858).
bool hears_of_dirs(const Cluster& cluster) {
    return cluster.quorum_kind == QuorumKind::zookeeper ||
           !before(cluster.stack.kafka_version, 3, 7);
}

}  // namespace

void ControlPlane::set_min_isr(TopicId t, int min_isr) {
    for (const PartitionId p : run_.fleet().topics()[t].partitions()) {
        PartitionState after = run_.partitions[p];
        const int in_force = std::min<int>(min_isr, run_.fleet().partitions()[p].assigned());
        if (after.min_isr() == in_force) continue;
        after.set_min_isr(in_force);
        apply(p, after);
    }
}

void ControlPlane::allow_unclean(ClusterId c, bool allowed) {
    bool& now = run_.clusters[c].config.unclean_leader_election;
    if (now == allowed) return;
    now = allowed;
    if (allowed) {
        run_.schedule(run_.now, {.kind = EventKind::offline_elected, .entity = c.value});
    }
}

void ControlPlane::take_lead(BrokerId b, double share) {
    const auto hosted = run_.fleet().hosted(b);
    const auto wanted =
        static_cast<std::size_t>(std::llround(share * static_cast<double>(hosted.size())));
    for (const HostedReplica& replica : hosted.first(std::min(wanted, hosted.size()))) {
        PartitionState after = run_.partitions[replica.partition];
        const std::int8_t led = after.leader;
        const bool leads = led == static_cast<int>(replica.slot);
        if (leads || led < 0 || elect(replica.partition, isr_bit(replica.slot), -1) < 0) continue;
        if (!after.in_sync(replica.slot)) continue;
        after.leader = static_cast<std::int8_t>(replica.slot);
        after.set(unserved_now, !serves(replica.partition, after.leader));
        after.set(overdue_now, false);
        apply(replica.partition, after);
        if (led != run_.preferred(replica.partition)) continue;
        // The controller's own check will give it back to the one that is preferred.
        const BrokerId preferred =
            run_.fleet().replicas(replica.partition)[static_cast<std::size_t>(led)];
        std::vector<BrokerId>& returned = cluster_of(b).returned;
        if (std::find(returned.begin(), returned.end(), preferred) == returned.end()) {
            returned.push_back(preferred);
        }
    }
}

void ControlPlane::dir_fails(LogDirId dir, const Cause& reason) {
    const BrokerId b = run_.fleet().log_dirs()[dir].broker;
    if (!run_.load.live(dir)) return;
    const bool ran = run_.brokers[b].process == Process::up;
    if (ran) data_.dir_stops(run_, dir);
    run_.load.set_dir_live(dir, false, run_.partitions);
    if (!ran) return;
    const Cluster& cluster = run_.fleet().clusters()[run_.fleet().brokers()[b].cluster];
    bool last = true;
    for (const LogDirId other : run_.fleet().brokers()[b].log_dirs()) {
        last = last && !run_.load.live(other);
    }
    if (last || before(cluster.stack.kafka_version, 1, 0)) {
        die(b, reason, false, false);
        return;
    }
    run_.brokers[b].reason = reason;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool leads = after.leader == static_cast<int>(replica.slot);
        if (!leads || !run_.dir_failed(replica.partition, replica.slot)) continue;
        after.set(unserved_now, true);
        apply(replica.partition, after);
    }
    if (hears_of_dirs(cluster)) {
        run_.schedule(run_.now, {.kind = EventKind::dir_noticed, .entity = dir.value});
        return;
    }
    const std::int64_t longest = run_.config(b).replica_lag_time_max.count();
    run_.schedule(run_.spread(sim::Duration{longest},
                              sim::Duration{longest / 2},
                              dir.value,
                              sim::Draw::lag_check,
                              1U << 28U),
                  {.kind = EventKind::dir_lags, .entity = dir.value});
}

void ControlPlane::dir_noticed(LogDirId dir) { leave_dir(dir, true); }

void ControlPlane::dir_lags(LogDirId dir) { leave_dir(dir, false); }

/// What lies in `dir` leaves its ISRs; what is led from there gets another leader if `led_ones`.
void ControlPlane::leave_dir(LogDirId dir, bool led_ones) {
    const BrokerId b = run_.fleet().log_dirs()[dir].broker;
    BrokerState& broker = run_.brokers[b];
    if (run_.load.live(dir) || broker.process != Process::up) return;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        if (run_.fleet().replica_dirs(replica.partition)[replica.slot] != dir) continue;
        PartitionState after = run_.partitions[replica.partition];
        const bool led = after.leader == static_cast<int>(replica.slot);
        if (led && !led_ones) continue;
        if (after.in_sync(replica.slot) && after.isr != isr_bit(replica.slot)) {
            after.isr = static_cast<std::uint8_t>(after.isr & ~isr_bit(replica.slot));
            broker.left_isr_at = run_.now;
            if (broker.out_of_isr++ == 0) {
                run_.schedule(run_.a_case->step.observe_delay,
                              {.kind = EventKind::seen_out, .entity = b.value});
            }
        } else if (!led) {
            continue;
        }
        if (led) {
            after.set(unserved_now, false);
            choose_leader(replica.partition, after, replica.slot);
        }
        apply(replica.partition, after);
    }
}

void ControlPlane::dir_returns(LogDirId dir, bool wiped) {
    if (run_.load.live(dir)) return;
    run_.load.set_dir_live(dir, true, run_.partitions);
    data_.dir_returns(run_, dir, wiped);
}

void ControlPlane::lose_session(BrokerId b, const Cause& reason) {
    BrokerState& broker = run_.brokers[b];
    if (broker.process != Process::up || broker.fenced) return;
    broker.reason = reason;
    remove_from_isr(b);
    data_.followers_evicted(run_, b);
    run_.schedule(
        new_session_after(run_, b),
        {.kind = EventKind::session_renewed, .entity = b.value, .version = broker.version});
}

void ControlPlane::controller_resigns(ClusterId c) {
    ClusterState& cluster = run_.clusters[c];
    if (!cluster.quorum_ok) return;
    if (run_.fleet().clusters()[c].quorum_kind == QuorumKind::zookeeper) {
        controller_moves(cluster.controller);
        return;
    }
    for (const QuorumNodeId q : run_.fleet().clusters()[c].quorum()) {
        if (q == cluster.quorum_leader || run_.quorum_node_up[q] == 0) continue;
        quorum_leader_moves(c, q);
        return;
    }
}

}  // namespace rollcast::models
