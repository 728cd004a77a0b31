#include "models/control_plane.hpp"

#include <algorithm>

#include "models/detection.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

/// New controller in ZooKeeper mode: it reads every partition first (kafka-semantics §2.2, 1.1+:
/// 0.05-0.17 ms each).
constexpr sim::Duration failover_per_partition = sim::microseconds(100);
/// A new ZooKeeper leader: election and sync of its followers (kafka-semantics §5.1; sync assumed).
constexpr sim::Duration zookeeper_election = sim::seconds(2);
/// A new KRaft controller: 2-4 s (kafka-semantics §2.3).
constexpr sim::Duration kraft_election = sim::seconds(3);

constexpr std::uint32_t trace_partition = 100;

std::uint8_t bit(std::uint8_t slot) { return static_cast<std::uint8_t>(1U << slot); }

}  // namespace

void ControlPlane::apply(PartitionId p, PartitionState after) {
    PartitionState& state = run_.partitions[p];
    const PartitionState before = state;
    const ClusterId c = run_.fleet().cluster_of(p);
    if (run_.dead_unfenced > 0 || before.has(stalled_now)) {
        after.set(stalled_now, waits_for_the_dead(p, after.isr));
    }
    if (before.isr != after.isr) {
        const int change = isr_size(after.isr) - isr_size(before.isr);
        (change < 0 ? run_.counters.isr_shrinks : run_.counters.isr_expands) +=
            static_cast<std::uint64_t>(std::abs(change));
        run_.margin.isr_changed(p, before, before.isr, after.isr, run_.now);
        if (run_.record_isr_moves) record_moves(p, before.isr, after.isr);
    }
    if (before.leader != after.leader) {
        ++after.epoch;
        ++run_.counters.leader_moves;
        run_.load.leader_changed(p, before.leader, after.leader);
    }
    Breach* breach = run_.safety.partition_changed(p, before, after, run_.now);
    state = after;
    if (breach != nullptr) explain(*breach, p);
    if (before.leader != after.leader && before.leader >= 0 && after.leader >= 0) {
        breach = run_.safety.leader_moved(p, after, run_.now);
        if (breach != nullptr) explain(*breach, p);
    }
    run_.trace[c].fold(run_.now,
                       trace_partition,
                       p.value,
                       std::uint64_t{after.isr} << 8U | static_cast<std::uint8_t>(after.leader));
    data_.partition_changed(run_, p, before);
}

/// True where a member of `isr` is gone and its session not yet over, so that acks=all waits.
bool ControlPlane::waits_for_the_dead(PartitionId p, std::uint8_t isr) const {
    const auto replicas = run_.fleet().replicas(p);
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const BrokerState& broker = run_.brokers[replicas[slot]];
        const bool dead = broker.process != Process::up && !broker.fenced;
        if (dead && ((isr >> slot) & 1) != 0) return true;
    }
    return false;
}

void ControlPlane::record_moves(PartitionId p, std::uint8_t before, std::uint8_t after) {
    const unsigned moved = static_cast<unsigned>(before ^ after);
    for (std::uint8_t slot = 0; moved >> slot != 0; ++slot) {
        if (((moved >> slot) & 1U) == 0) continue;
        run_.isr_moves.push_back({p, slot, ((after >> slot) & 1) != 0});
    }
}

void ControlPlane::explain(Breach& breach, PartitionId p) {
    const auto replicas = run_.fleet().replicas(p);
    const PartitionState& state = run_.partitions[p];
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const BrokerId b = replicas[slot];
        const BrokerState& broker = run_.brokers[b];
        if (state.in_sync(slot) && broker.process == Process::up) continue;
        breach.brokers.push_back(b);
        breach.causes.push_back(broker.reason);
        if (broker.fenced && broker.fenced_at <= run_.now && !broker.clean_stop) {
            breach.causes.push_back(
                {.kind = Cause::Kind::session_expired, .at = broker.fenced_at, .broker = b});
        } else if (!state.in_sync(slot)) {
            breach.causes.push_back(
                {.kind = Cause::Kind::left_isr, .at = broker.left_isr_at, .broker = b});
        }
    }
    std::stable_sort(breach.causes.begin(),
                     breach.causes.end(),
                     [](const Cause& a, const Cause& b) { return a.at < b.at; });
}

/// The first replica in assignment order that is in `isr`, up and not `except` (kafka-semantics
/// §2.1); -1 if there is none.
int ControlPlane::elect(PartitionId p, std::uint8_t isr, int except) const {
    const auto replicas = run_.fleet().replicas(p);
    for (int slot = 0; slot < static_cast<int>(replicas.size()); ++slot) {
        const BrokerState& broker = run_.brokers[replicas[static_cast<std::size_t>(slot)]];
        const bool serves = broker.process == Process::up && !broker.fenced;
        if (((isr >> slot) & 1) != 0 && slot != except && serves) return slot;
    }
    return -1;
}

void ControlPlane::remove_from_isr(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    broker.fenced = true;
    broker.fenced_at = run_.now;
    broker.left_isr_at = run_.now;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool led = after.leader == static_cast<int>(replica.slot);
        const bool alone = after.isr == bit(replica.slot);
        if (after.in_sync(replica.slot) && !alone) {
            after.isr = static_cast<std::uint8_t>(after.isr & ~bit(replica.slot));
            ++broker.out_of_isr;
        } else if (!led) {
            continue;  // out of the ISR already, or the last of it: it stays (kafka-semantics §2.1)
        }
        if (led) {
            after.set(unserved_now, false);
            after.set(overdue_now, false);
            after.leader =
                static_cast<std::int8_t>(elect(replica.partition, after.isr, replica.slot));
        }
        apply(replica.partition, after);
    }
}

bool ControlPlane::can_react(ClusterId c, const Event& event) {
    ClusterState& cluster = run_.clusters[c];
    if (cluster.quorum_ok && cluster.reaction_at <= run_.now) return true;
    cluster.deferred.push_back(event);
    return false;
}

void ControlPlane::leave_cleanly(BrokerId b, const Cause& reason) {
    BrokerState& broker = run_.brokers[b];
    broker.reason = reason;
    broker.clean_stop = true;
    broker.process = Process::down;
    broker.since = run_.now;
    ++broker.version;
    data_.broker_stops(run_, b, Stop::clean);
    run_.load.set_live(b, false, run_.partitions);
    remove_from_isr(b);
    controller_moves(b);
}

void ControlPlane::die(BrokerId b, const Cause& reason, bool hung, bool page_cache_lost) {
    BrokerState& broker = run_.brokers[b];
    broker.page_cache_lost = broker.page_cache_lost || page_cache_lost;
    const Stop how = page_cache_lost ? Stop::power_lost : hung ? Stop::hung : Stop::killed;
    if (broker.process != Process::up) {
        if (hung) return;
        broker.process = Process::down;
        data_.broker_stops(run_, b, how);
        return;
    }
    broker.reason = reason;
    broker.clean_stop = false;
    data_.broker_stops(run_, b, how);
    run_.load.set_live(b, false, run_.partitions);
    broker.process = hung ? Process::hung : Process::down;
    broker.since = run_.now;
    ++broker.version;
    ++run_.dead_unfenced;
    std::uint64_t led = 0;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool leads = after.leader == static_cast<int>(replica.slot);
        if (leads) {
            after.set(unserved_now, true);
            ++led;
        }
        if (leads || after.in_sync(replica.slot)) apply(replica.partition, after);
    }
    const sim::Duration elections =
        run_.a_case->step.drain_per_leader * static_cast<std::int64_t>(led);
    const sim::Duration unnoticed = detection_delay(run_, b);
    ++broker.detections;
    run_.schedule(
        unnoticed + elections,
        {.kind = EventKind::session_expires, .entity = b.value, .version = broker.version});
    const ClusterId c = run_.fleet().brokers()[b].cluster;
    if (cluster_of(b).controller == b &&
        run_.fleet().clusters()[c].quorum_kind == QuorumKind::zookeeper) {
        pause_reaction(c, unnoticed);
    }
}

void ControlPlane::expire_session(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    if (broker.fenced || broker.process == Process::up) return;
    std::uint64_t stalled = 0;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        if (run_.partitions[replica.partition].in_sync(replica.slot)) ++stalled;
    }
    const sim::Duration stall = run_.now - broker.since;
    run_.counters.stall_partition_seconds += static_cast<double>(stalled) * sim::to_seconds(stall);
    if (stalled > 0) run_.counters.longest_stall = std::max(run_.counters.longest_stall, stall);
    --run_.dead_unfenced;
    remove_from_isr(b);
    controller_moves(b);
}

void ControlPlane::overdue(BrokerId b) {
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader != static_cast<int>(replica.slot) || after.has(overdue_now)) continue;
        after.set(overdue_now, true);
        apply(replica.partition, after);
    }
}

void ControlPlane::resume(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    if (broker.fenced) {
        register_broker(b, false);
        return;
    }
    broker.process = Process::up;
    broker.clean_stop = true;
    broker.since = run_.now;
    ++broker.version;
    --run_.dead_unfenced;
    run_.load.set_live(b, true, run_.partitions);
    data_.broker_starts(run_, b, false);
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader == static_cast<int>(replica.slot)) {
            after.set(unserved_now, false);
            after.set(overdue_now, false);
        } else if (!after.has(stalled_now)) {
            continue;
        }
        apply(replica.partition, after);
    }
}

void ControlPlane::register_broker(BrokerId b, bool wiped) {
    // A process that is back before its old session ended is first taken out, then let in.
    expire_session(b);
    BrokerState& broker = run_.brokers[b];
    broker.process = Process::up;
    broker.fenced = false;
    broker.page_cache_lost = false;
    broker.clean_stop = true;
    broker.since = run_.now;
    ++broker.version;
    run_.load.set_live(b, true, run_.partitions);
    data_.broker_starts(run_, b, wiped);
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader >= 0 || !after.in_sync(replica.slot)) continue;
        after.leader = static_cast<std::int8_t>(elect(replica.partition, after.isr, -1));
        apply(replica.partition, after);
    }
    std::vector<BrokerId>& returned = cluster_of(b).returned;
    if (std::find(returned.begin(), returned.end(), b) == returned.end()) returned.push_back(b);
}

void ControlPlane::expand(const std::vector<HostedReplica>& caught_up) {
    for (const HostedReplica& replica : caught_up) {
        const ClusterId c = run_.fleet().cluster_of(replica.partition);
        ClusterState& cluster = run_.clusters[c];
        if (!cluster.quorum_ok || cluster.reaction_at > run_.now) {
            cluster.deferred_expands.push_back(replica);
            continue;
        }
        const BrokerId b = run_.fleet().replicas(replica.partition)[replica.slot];
        PartitionState after = run_.partitions[replica.partition];
        const bool eligible = run_.brokers[b].process == Process::up && !run_.brokers[b].fenced;
        if (after.in_sync(replica.slot) || !eligible || after.leader < 0) continue;
        after.isr = static_cast<std::uint8_t>(after.isr | bit(replica.slot));
        --run_.brokers[b].out_of_isr;
        apply(replica.partition, after);
    }
}

void ControlPlane::evict_lagging(BrokerId b, std::uint32_t overload) {
    if (!data_.still_overloaded(b, overload)) return;
    BrokerState& broker = run_.brokers[b];
    broker.left_isr_at = run_.now;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        PartitionState after = run_.partitions[replica.partition];
        const bool follows = after.leader >= 0 && after.leader != static_cast<int>(replica.slot);
        // An idle partition never shrinks by lag (kafka-semantics §1.2).
        const bool idle_partition =
            run_.fleet().partitions()[replica.partition].write_bytes_per_s == 0;
        if (!follows || idle_partition || !after.in_sync(replica.slot)) continue;
        after.isr = static_cast<std::uint8_t>(after.isr & ~bit(replica.slot));
        ++broker.out_of_isr;
        apply(replica.partition, after);
    }
    data_.followers_evicted(run_, b);
    if (broker.out_of_isr > 0) {
        run_.schedule(run_.a_case->step.observe_delay,
                      {.kind = EventKind::seen_out, .entity = b.value});
    }
}

void ControlPlane::shrink(const std::vector<HostedReplica>& lagging) {
    for (const HostedReplica& replica : lagging) {
        PartitionState after = run_.partitions[replica.partition];
        const bool leads = after.leader == static_cast<int>(replica.slot);
        if (after.leader < 0 || leads || !after.in_sync(replica.slot)) continue;
        const BrokerId b = run_.fleet().replicas(replica.partition)[replica.slot];
        BrokerState& broker = run_.brokers[b];
        broker.left_isr_at = run_.now;
        if (broker.out_of_isr++ == 0) {
            run_.schedule(run_.a_case->step.observe_delay,
                          {.kind = EventKind::seen_out, .entity = b.value});
        }
        after.isr = static_cast<std::uint8_t>(after.isr & ~bit(replica.slot));
        apply(replica.partition, after);
    }
}

void ControlPlane::return_leaders(ClusterId c) {
    ClusterState& cluster = run_.clusters[c];
    for (const BrokerId b : cluster.returned) {
        const BrokerState& broker = run_.brokers[b];
        if (broker.process != Process::up || broker.fenced) continue;
        for (const HostedReplica& replica : run_.fleet().hosted(b)) {
            if (replica.slot != 0) continue;
            PartitionState after = run_.partitions[replica.partition];
            if (after.leader == 0 || !after.in_sync(0)) continue;
            after.set(unserved_now, false);
            after.set(overdue_now, false);
            after.leader = 0;
            apply(replica.partition, after);
        }
    }
    // What is still catching up gets its leadership at a later check.
    std::erase_if(cluster.returned, [&](BrokerId b) {
        const BrokerState& broker = run_.brokers[b];
        return broker.process != Process::up || broker.fenced || broker.out_of_isr == 0;
    });
}

void ControlPlane::pause_reaction(ClusterId c, sim::Duration length) {
    ClusterState& cluster = run_.clusters[c];
    const sim::Instant until = run_.now + length;
    if (until <= cluster.reaction_at) return;
    cluster.reaction_at = until;
    ++cluster.version;
    run_.schedule(
        until,
        {.kind = EventKind::reaction_returns, .entity = c.value, .version = cluster.version});
}

/// ZooKeeper mode: the controller is a broker; when it goes, another reads everything anew.
void ControlPlane::controller_moves(BrokerId gone) {
    const ClusterId c = run_.fleet().brokers()[gone].cluster;
    const Cluster& the_cluster = run_.fleet().clusters()[c];
    ClusterState& cluster = run_.clusters[c];
    if (the_cluster.quorum_kind != QuorumKind::zookeeper || cluster.controller != gone) return;
    for (const BrokerId b : the_cluster.brokers()) {
        if (run_.brokers[b].process != Process::up) continue;
        cluster.controller = b;
        pause_reaction(
            c, failover_per_partition * static_cast<std::int64_t>(the_cluster.partition_count));
        return;
    }
}

void ControlPlane::quorum_node_stops(QuorumNodeId q, const Cause& reason) {
    const QuorumNode& node = run_.fleet().quorum_nodes()[q];
    if (run_.quorum_node_up[q] == 0) return;
    run_.quorum_node_up[q] = 0;
    const Cluster& the_cluster = run_.fleet().clusters()[node.cluster];
    ClusterState& cluster = run_.clusters[node.cluster];
    --cluster.quorum_up;
    const int majority = static_cast<int>(the_cluster.quorum_node_count) / 2 + 1;
    if (cluster.quorum_up < majority) {
        if (!cluster.quorum_ok) return;
        cluster.quorum_ok = false;
        Tally& tally = run_.safety.tally(Rule::quorum);
        tally.open.change(+1, run_.now);
        ++tally.subjects;
        if (tally.begin(run_.now)) {
            tally.first->cluster = node.cluster;
            tally.first->causes.push_back(reason);
        }
        return;
    }
    if (cluster.quorum_leader != q) return;
    for (const QuorumNodeId other : the_cluster.quorum()) {
        if (run_.quorum_node_up[other] == 0) continue;
        cluster.quorum_leader = other;
        pause_reaction(
            node.cluster,
            the_cluster.quorum_kind == QuorumKind::zookeeper ? zookeeper_election : kraft_election);
        return;
    }
}

void ControlPlane::quorum_node_returns(QuorumNodeId q) {
    const QuorumNode& node = run_.fleet().quorum_nodes()[q];
    if (run_.quorum_node_up[q] != 0) return;
    run_.quorum_node_up[q] = 1;
    const Cluster& the_cluster = run_.fleet().clusters()[node.cluster];
    ClusterState& cluster = run_.clusters[node.cluster];
    ++cluster.quorum_up;
    const int majority = static_cast<int>(the_cluster.quorum_node_count) / 2 + 1;
    if (cluster.quorum_ok || cluster.quorum_up < majority) return;
    cluster.quorum_ok = true;
    cluster.quorum_leader = q;
    run_.safety.tally(Rule::quorum).open.change(-1, run_.now);
    pause_reaction(
        node.cluster,
        the_cluster.quorum_kind == QuorumKind::zookeeper ? zookeeper_election : kraft_election);
}

void ControlPlane::reaction_returns(ClusterId c, std::uint32_t version) {
    ClusterState& cluster = run_.clusters[c];
    if (version != cluster.version || !cluster.quorum_ok) return;
    std::vector<Event> deferred;
    deferred.swap(cluster.deferred);
    for (const Event& event : deferred) run_.schedule(run_.now, event);
    std::vector<HostedReplica> expands;
    expands.swap(cluster.deferred_expands);
    expand(expands);
}

}  // namespace rollcast::models
