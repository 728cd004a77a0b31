// The control plane's quorum and controller: what stops reaction, and what follows when it returns.
#include <algorithm>

#include "models/control_plane.hpp"
#include "models/detection.hpp"
#include "models/era_costs.hpp"

namespace rollcast::models {

namespace {

using Process = BrokerState::Process;

/// A new ZooKeeper leader: 200 ms until the vote stands (kafka-semantics §5.1), and its followers
/// in sync so much later (assumed; start and election took at most 2.0 s together in r19).
constexpr sim::Duration zookeeper_election = sim::milliseconds(300);
/// A new KRaft controller: 2-4 s (kafka-semantics §2.3).
constexpr sim::Duration kraft_election = sim::seconds(2);
constexpr sim::Duration kraft_election_spread = sim::seconds(2);

/// ZooKeeper: the brokers' clients find the ensemble again; they try one server after another, up
/// to a second apart (assumed; within 4 s in r09, where a leader's ISR change needed it by then).
constexpr sim::Duration reconnection = sim::seconds(3);

sim::Duration election_time(const RunState& run, ClusterId c) {
    if (run.fleet().clusters()[c].quorum_kind == QuorumKind::zookeeper) return zookeeper_election;
    return run.spread(kraft_election,
                      kraft_election_spread,
                      c.value,
                      sim::Draw::election,
                      run.clusters[c].version);
}

/// The process of `b` is back, and nobody was there to register with.
bool waits_to_register(const ClusterState& cluster, BrokerId b) {
    return std::any_of(cluster.deferred.begin(), cluster.deferred.end(), [&](const Event& event) {
        const bool registers = event.kind == EventKind::process_registers ||
                               event.kind == EventKind::started_registers;
        return registers && event.entity == b.value;
    });
}

}  // namespace

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

/// ZooKeeper mode: the controller is a broker; when it goes, the first of the others to write its
/// name down becomes the controller, any of them, and reads everything anew. Nominal: the first in
/// order. Returns the time that it needs for that; nothing where nobody takes over.
std::optional<sim::Duration> ControlPlane::controller_moves(BrokerId gone) {
    const ClusterId c = run_.fleet().brokers()[gone].cluster;
    const Cluster& the_cluster = run_.fleet().clusters()[c];
    ClusterState& cluster = run_.clusters[c];
    if (the_cluster.quorum_kind != QuorumKind::zookeeper || cluster.controller != gone) return {};
    std::vector<BrokerId> others;
    for (const BrokerId b : the_cluster.brokers()) {
        const bool reaches = run_.links.open(c, b, BrokerLink::quorum);
        if (b != gone && run_.brokers[b].process == Process::up && reaches) others.push_back(b);
    }
    if (others.empty()) return {};
    sim::RandomStream random{
        run_.options.seed, gone.value, sim::Draw::succession, run_.brokers[gone].version};
    cluster.controller = others[run_.options.sampled ? random.below(others.size()) : 0];
    const sim::Duration failover = era_costs(the_cluster).failover_per_partition *
                                       static_cast<std::int64_t>(the_cluster.partition_count) +
                                   run_.draw(run_.a_case->reaction.failover,
                                             gone.value,
                                             sim::Draw::succession,
                                             run_.brokers[gone].version | 1U << 31U);
    pause_reaction(c, failover);
    return failover;
}

void ControlPlane::session_ends(BrokerId b) {
    BrokerState& broker = run_.brokers[b];
    if (broker.fenced || broker.process == Process::up) return;
    const std::optional<sim::Duration> failover = controller_moves(b);
    if (failover) {
        broker.controlled = true;
        schedule_expiry(b, *failover);
    } else {
        expire_session(b);
    }
}

/// Leaders for what a new controller has taken away from the dead one.
void ControlPlane::elect_offline(ClusterId c) {
    for (const PartitionId p : run_.fleet().clusters()[c].partitions()) {
        PartitionState after = run_.partitions[p];
        if (after.leader >= 0) continue;
        choose_leader(p, after, -1);
        if (after.leader >= 0) apply(p, after);
    }
}

void ControlPlane::quorum_node_stops(QuorumNodeId q, const Cause& reason) {
    const QuorumNode& node = run_.fleet().quorum_nodes()[q];
    ++run_.quorum_node_version[q];
    if (run_.quorum_node_up[q] == 0) return;
    run_.quorum_node_up[q] = 0;
    const Cluster& the_cluster = run_.fleet().clusters()[node.cluster];
    ClusterState& cluster = run_.clusters[node.cluster];
    --cluster.quorum_up;
    const int majority = static_cast<int>(the_cluster.quorum_node_count) / 2 + 1;
    if (cluster.quorum_up < majority) {
        if (!cluster.quorum_ok) return;
        cluster.quorum_ok = false;
        for (const BrokerId b : the_cluster.brokers()) {
            if (run_.brokers[b].process != Process::up && !run_.brokers[b].fenced) watch_isr(b);
        }
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
        quorum_leader_moves(node.cluster, other);
        return;
    }
}

/// `next` leads the quorum of `c` as soon as it has been elected.
void ControlPlane::quorum_leader_moves(ClusterId c, QuorumNodeId next) {
    run_.clusters[c].quorum_leader = next;
    const sim::Duration elected = election_time(run_, c);
    pause_reaction(c, elected);
    restart_sessions(c, elected);
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
    const sim::Duration elected = election_time(run_, node.cluster);
    const sim::Duration heard =
        the_cluster.quorum_kind == QuorumKind::zookeeper
            ? run_.spread(
                  {}, reconnection, q.value, sim::Draw::new_session, cluster.version | 1U << 31U)
            : sim::Duration{};
    pause_reaction(node.cluster, elected + heard);
    restart_sessions(node.cluster, elected);
}

/// A new leader of the ensemble, or a new active KRaft controller, counts every session from its
/// own start (kafka-semantics §5.1; KRaft: brokers are taken as heard of at activation, and those
/// that live send their next heartbeat then).
void ControlPlane::restart_sessions(ClusterId c, sim::Duration after) {
    for (const BrokerId b : run_.fleet().clusters()[c].brokers()) {
        BrokerState& broker = run_.brokers[b];
        if (broker.fenced) continue;
        broker.heartbeat_at = run_.now + after;
        if (broker.process == Process::up) continue;
        const sim::Duration session = after + renewed_session(run_, b);
        schedule_expiry(b, session);
        // Nobody else reacts before a dead controller's session is over, or it is back itself.
        const ClusterState& cluster = run_.clusters[c];
        if (cluster.controller == b && !waits_to_register(cluster, b)) pause_reaction(c, session);
    }
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
