// The flow plane's replication quotas where they are measured over windows: catch-up stops when a
// window is full and goes on when its oldest sample has gone (kafka-semantics §4.2).
#include <limits>
#include <utility>

#include "models/capacity.hpp"
#include "models/flow_plane.hpp"

namespace rollcast::models {

namespace {

/// How often windows are looked at while somebody catches up under a throttle.
constexpr sim::Duration measured_every = sim::milliseconds(100);

}  // namespace

double FlowPlane::throttle_in(const RunState& run, BrokerId b) const {
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster];
    return cluster.config.throttle_lists ? as_capacity(run.brokers[b].follower_throttle)
                                         : std::numeric_limits<double>::infinity();
}

double FlowPlane::throttle_out(const RunState& run, BrokerId b) const {
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster];
    return cluster.config.throttle_lists ? as_capacity(run.brokers[b].leader_throttle)
                                         : std::numeric_limits<double>::infinity();
}

bool FlowPlane::throttled(const RunState& run, ClusterId c) const {
    constexpr double none = std::numeric_limits<double>::infinity();
    for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
        if (throttle_in(run, b) < none || throttle_out(run, b) < none) return true;
    }
    return false;
}

/// Bytes/s written to the replicas of a connection that are still behind.
double FlowPlane::live_rate(const Node& node, const Connection& connection) const {
    double rate = 0.0;
    for (std::uint32_t i = connection.next; i < connection.end; ++i) {
        rate += static_cast<double>(
            case_->fleet.partitions()[node.items[i].partition].write_bytes_per_s);
    }
    return rate * multiplier_;
}

/// Somebody catches up: starts to measure where a throttle is set, with what live traffic has left
/// in the windows of those that were there.
void FlowPlane::watch_quotas(RunState& run, ClusterId c) {
    ClusterFlows& flows = clusters_[c];
    if (!run.options.quota_windows || flows.quotas_at != sim::Instant::never()) return;
    if (!throttled(run, c)) return;
    for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
        Node& node = nodes_[b];
        node.quota_in = ReplicationQuota{};
        node.quota_out = ReplicationQuota{};
        if (!node.live || node.active()) continue;
        node.quota_in.fill(run.now, static_cast<double>(run.load.replication_in(b)) * multiplier_);
        node.quota_out.fill(run.now,
                            static_cast<double>(run.load.replication_out(b)) * multiplier_);
    }
    flows.quotas_at = run.now;
    measure_quotas(run, c);
    run.schedule(measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
}

/// Counts what has passed since `from` at the rates of then.
void FlowPlane::record_quotas(const RunState& run, ClusterId c, sim::Instant from) {
    const double seconds = sim::to_seconds(run.now - from);
    const auto brokers = case_->fleet.clusters()[c].brokers();
    for (const BrokerId b : brokers) {
        if (!nodes_[b].live) continue;
        nodes_[b].quota_in.record(
            run.now, static_cast<double>(run.load.replication_in(b)) * multiplier_ * seconds);
        nodes_[b].quota_out.record(
            run.now, static_cast<double>(run.load.replication_out(b)) * multiplier_ * seconds);
    }
    // On top of live writes, which the load book counts for every live replica.
    for (const BrokerId b : clusters_[c].active) {
        for (const Connection& connection : nodes_[b].connections) {
            nodes_[b].quota_in.record(run.now, connection.rate * seconds);
            nodes_[connection.leader].quota_out.record(run.now, connection.rate * seconds);
        }
    }
}

/// What each broker may still take and give until the next look, above the live writes.
void FlowPlane::measure_quotas(const RunState& run, ClusterId c) {
    const double seconds = sim::to_seconds(measured_every);
    const auto brokers = case_->fleet.clusters()[c].brokers();
    for (const BrokerId b : brokers) {
        Node& node = nodes_[b];
        node.quota_room_in = node.quota_in.left(run.now, throttle_in(run, b)) / seconds -
                             static_cast<double>(run.load.replication_in(b)) * multiplier_;
        node.quota_room_out = node.quota_out.left(run.now, throttle_out(run, b)) / seconds -
                              static_cast<double>(run.load.replication_out(b)) * multiplier_;
        node.closed_in = node.quota_room_in <= 0.0;
        node.closed_out = node.quota_room_out <= 0.0;
    }
}

void FlowPlane::quotas_due(RunState& run, ClusterId c) {
    ClusterFlows& flows = clusters_[c];
    const sim::Instant from = std::exchange(flows.quotas_at, run.now);
    const bool over = flows.active.empty() || !throttled(run, c);
    if (over) {
        flows.quotas_at = sim::Instant::never();
        for (const BrokerId b : case_->fleet.clusters()[c].brokers()) {
            nodes_[b].closed_in = false;
            nodes_[b].closed_out = false;
        }
    } else {
        record_quotas(run, c, from);
        measure_quotas(run, c);
        run.schedule(measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
    }
    load_moved(c);
    if (over) return;
    refresh_capacities(run, c);
    solve(run, c);
    for (const BrokerId b : flows.active) {
        for (Connection& connection : nodes_[b].connections) apply_rate(run, b, connection);
    }
}

}  // namespace rollcast::models
