// The flow plane's replication quotas where they are measured over windows: catch-up stops when a
// window is full and goes on when its oldest sample has gone (kafka-semantics §4.2).
#include <algorithm>
#include <limits>
#include <utility>

#include "models/capacity.hpp"
#include "models/flow_plane.hpp"

namespace rollcast::models {

namespace {

/// How often windows are looked at while somebody catches up under a throttle.
constexpr sim::Duration measured_every = sim::milliseconds(100);

}  // namespace

/// Brokers whose flows `c` stands for.
std::vector<BrokerId> FlowPlane::brokers_of(ClusterId c) const {
    std::vector<BrokerId> brokers;
    for (const ClusterId member : clusters_[c].members) {
        for (const BrokerId b : case_->fleet.clusters()[member].brokers()) brokers.push_back(b);
    }
    return brokers;
}

bool FlowPlane::throttled(ClusterId c) const {
    for (const BrokerId b : brokers_of(c)) {
        if (nodes_[b].throttles.follower < unlimited) return true;
        if (nodes_[b].throttles.leader < unlimited) return true;
    }
    return false;
}

/// Bytes/s written to the items `from` .. `to` - 1 of a connection.
double FlowPlane::live_rate(const Node& node, std::uint32_t from, std::uint32_t to) const {
    double rate = 0.0;
    for (std::uint32_t i = from; i < to; ++i) {
        rate += static_cast<double>(
            case_->fleet.partitions()[node.items[i].partition].write_bytes_per_s);
    }
    return rate * multiplier_;
}

/// Which items the next fetch reaches: a response holds a limited number of partitions; those that
/// waited longest come first. Where the first fetch begins is anybody's guess.
void FlowPlane::choose_served(const RunState& run, BrokerId b, Connection& connection) {
    const ClusterConfig& config = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster].config;
    const std::int64_t fits =
        std::max<std::int64_t>(1,
                               config.fetch_response_max.count() /
                                   std::max<std::int64_t>(1, config.fetch_partition_max.count()));
    connection.served = connection.end;
    // Those that miss nothing are in every request, and no response is needed for them.
    Item* const all = nodes_[b].items.data() + connection.next;
    Item* const last_of_all = nodes_[b].items.data() + connection.end;
    Item* const first = std::stable_partition(
        all, last_of_all, [](const Item& item) { return item.backlog <= 0.0; });
    if (fits >= last_of_all - first) return;
    Item* const last = nodes_[b].items.data() + connection.end;
    if (connection.turn == 0) {
        sim::RandomStream random{run.options.seed,
                                 b.value,
                                 sim::Draw::fetch_order,
                                 (run.brokers[b].version << 12U) ^ connection.leader.value};
        for (Item* item = first; item != last; ++item) {
            const auto left = static_cast<std::uint64_t>(last - item);
            std::swap(*item, item[random.below(left)]);
        }
    }
    constexpr std::uint16_t last_turn = std::numeric_limits<std::uint16_t>::max();
    if (connection.turn == last_turn) {
        for (Item* item = first; item != last; ++item) item->turn = 0;
        connection.turn = 0;
    }
    ++connection.turn;
    std::stable_sort(first, last, [](const Item& x, const Item& y) { return x.turn < y.turn; });
    connection.served = connection.next + static_cast<std::uint32_t>(first - all) +
                        static_cast<std::uint32_t>(fits);
    for (Item* item = first; item != first + fits; ++item) item->turn = connection.turn;
}

/// Nothing more comes: every replica stands where it is, and its log runs away from it.
void FlowPlane::close(const RunState& run, BrokerId b, Connection& connection) {
    Node& node = nodes_[b];
    count_fetched(run, b, connection);
    move_to(connection, 0.0, run.now, node);
    const double effective = case_->curve.effective_seconds(run.now);
    for (std::uint32_t i = connection.next; i < connection.served; ++i) {
        const Item& item = node.items[i];
        position(item.partition, item.slot) =
            log_end(run, item.partition, effective) - (item.backlog - connection.drained);
        catch_up_bytes_ += connection.drained;
    }
    connection.closed = true;
    // What has caught up already joins when its leader sees it; no quota holds that up.
    const bool ready = connection.next < connection.served &&
                       node.items[connection.next].backlog <= connection.drained;
    connection.next_at = sim::Instant::never();
    if (ready) {
        connection.next_at = std::max(run.now, joins_at(connection, node.items[connection.next]));
    }
}

void FlowPlane::open(const RunState& run, BrokerId b, Connection& connection) {
    Node& node = nodes_[b];
    const double effective = case_->curve.effective_seconds(run.now);
    for (std::uint32_t i = connection.next; i < connection.end; ++i) {
        Item& item = node.items[i];
        item.backlog = std::max(
            0.0, log_end(run, item.partition, effective) - position(item.partition, item.slot));
    }
    choose_served(run, b, connection);
    sort_items(node, connection.next, connection.served);
    // 0.6-1.0 of a response a connection over the bursts of r06, r10 and r13 (tests/reference).
    sim::RandomStream random{run.options.seed,
                             b.value,
                             sim::Draw::fetch_order,
                             (run.brokers[b].version << 20U) ^ (connection.leader.value << 8U) ^
                                 static_cast<std::uint32_t>(sim::to_seconds(run.now))};
    connection.beyond = run.options.sampled ? 0.5 + 0.5 * random.uniform() : 0.75;
    connection.closed = false;
    connection.drained = 0.0;
    connection.drained_at = run.now;
    connection.counted_at = run.now;
}

/// A fetch that was begun before the quota was used up brings its whole response, of which a share
/// comes on top.
double FlowPlane::burst_beyond(const Connection& connection) const {
    const ClusterConfig& config =
        case_->fleet.clusters()[case_->fleet.brokers()[connection.leader].cluster].config;
    const auto partitions = static_cast<std::int64_t>(connection.end - connection.next);
    return connection.beyond *
           static_cast<double>(std::min(config.fetch_response_max.count(),
                                        partitions * config.fetch_partition_max.count()));
}

/// Somebody catches up: starts to measure where a throttle is set, with what live traffic has left
/// in the windows of those that were there.
void FlowPlane::watch_quotas(RunState& run, ClusterId c) {
    ClusterFlows& flows = clusters_[c];
    if (!run.options.quota_windows || flows.quotas_at != sim::Instant::never()) return;
    if (!throttled(c)) return;
    const std::vector<BrokerId> brokers = brokers_of(c);
    if (quotas_.size() == 0) quotas_ = ScopeMap<BrokerId, Quotas>(run.scope.brokers());
    ScopeMap<BrokerId, double> behind(run.scope.brokers(),
                                      0.0);  // written to those out of sync, by leader
    for (const BrokerId b : flows.active) {
        for (const Connection& connection : nodes_[b].connections) {
            behind[connection.leader] += live_rate(nodes_[b], connection.next, connection.end);
        }
    }
    for (const BrokerId b : brokers) {
        const Node& node = nodes_[b];
        Quotas& quotas = quotas_[b];
        quotas.in = ReplicationQuota(node.throttles.follower);
        quotas.out = ReplicationQuota(node.throttles.leader);
        if (!node.live || node.active()) continue;
        quotas.in.fill(static_cast<double>(run.load.replication_in(b)) * multiplier_, run.now);
        quotas.out.fill(static_cast<double>(run.load.replication_out(b)) * multiplier_ - behind[b],
                        run.now);
    }
    flows.quotas_at = run.now;
    measure_quotas(run, c);
    for (const BrokerId b : flows.active) {
        for (Connection& connection : nodes_[b].connections) open(run, b, connection);
    }
    run.schedule(measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
}

/// Counts what has passed since `from` at the rates of then.
void FlowPlane::record_quotas(const RunState& run, ClusterId c, sim::Instant from) {
    const double seconds = sim::to_seconds(run.now - from);
    const std::vector<BrokerId> brokers = brokers_of(c);
    for (const BrokerId b : brokers) {
        if (!nodes_[b].live) continue;
        quotas_[b].in.record(
            static_cast<double>(run.load.replication_in(b)) * multiplier_ * seconds, run.now);
        quotas_[b].out.record(
            static_cast<double>(run.load.replication_out(b)) * multiplier_ * seconds, run.now);
    }
    // The load book counts live writes for every live replica; those that wait are not fetched.
    for (const BrokerId b : clusters_[c].active) {
        for (Connection& connection : nodes_[b].connections) {
            count_fetched(run, b, connection);
            const Node& node = nodes_[b];
            const std::uint32_t waits = connection.closed ? connection.next : connection.served;
            const double missed = live_rate(node, waits, connection.end) * seconds;
            quotas_[b].in.record(-missed, run.now);
            quotas_[connection.leader].out.record(-missed, run.now);
        }
    }
}

/// Counts what a connection has fetched above the live writes since it was last counted.
void FlowPlane::count_fetched(const RunState& run, BrokerId b, Connection& connection) {
    const double seconds = sim::to_seconds(run.now - connection.counted_at);
    connection.counted_at = run.now;
    if (connection.closed || connection.next == connection.served) return;
    quotas_[b].in.record(connection.rate * seconds, run.now);
    quotas_[connection.leader].out.record(connection.rate * seconds, run.now);
}

/// What each broker may still take and give until the next look, above the live writes.
void FlowPlane::measure_quotas(const RunState& run, ClusterId c) {
    const double seconds = sim::to_seconds(measured_every);
    const std::vector<BrokerId> brokers = brokers_of(c);
    ScopeMap<BrokerId, double> beyond_in(run.scope.brokers(), 0.0);
    ScopeMap<BrokerId, double> beyond_out(run.scope.brokers(), 0.0);
    for (const BrokerId b : clusters_[c].active) {
        for (const Connection& connection : nodes_[b].connections) {
            if (connection.next == connection.end) continue;
            beyond_in[b] += burst_beyond(connection);
            beyond_out[connection.leader] += burst_beyond(connection);
        }
    }
    for (const BrokerId b : brokers) {
        const Node& node = nodes_[b];
        Quotas& quotas = quotas_[b];
        quotas.in.set_limit(node.throttles.follower);
        quotas.out.set_limit(node.throttles.leader);
        const double left_in = quotas.in.left(run.now);
        const double left_out = quotas.out.left(run.now);
        // Closed once the window is full and what was under way has come; then until it has room.
        quotas.closed_in = left_in + (quotas.closed_in ? 0.0 : beyond_in[b]) <= 0.0;
        quotas.closed_out = left_out + (quotas.closed_out ? 0.0 : beyond_out[b]) <= 0.0;
        quotas.room_in = (left_in + beyond_in[b]) / seconds -
                         static_cast<double>(run.load.replication_in(b)) * multiplier_;
        quotas.room_out = (left_out + beyond_out[b]) / seconds -
                          static_cast<double>(run.load.replication_out(b)) * multiplier_;
        if (quotas.room_in <= 0.0) quotas.closed_in = true;
        if (quotas.room_out <= 0.0) quotas.closed_out = true;
    }
}

void FlowPlane::quotas_due(RunState& run, ClusterId c) {
    ClusterFlows& flows = clusters_[c];
    const sim::Instant from = std::exchange(flows.quotas_at, run.now);
    const bool over = flows.active.empty() || !throttled(c);
    if (over) {
        flows.quotas_at = sim::Instant::never();
        for (const BrokerId b : brokers_of(c)) {
            quotas_[b].closed_in = false;
            quotas_[b].closed_out = false;
        }
    } else {
        record_quotas(run, c, from);
        measure_quotas(run, c);
        run.schedule(measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
    }
    for (const ClusterId member : flows.members) load_moved(member);
    if (over) return;
    for (const ClusterId member : flows.members) refresh_capacities(run, member);
    solve(run, c);
    for (const BrokerId b : flows.active) {
        for (Connection& connection : nodes_[b].connections) {
            if (connection.next == connection.end) continue;
            // Fetches go round: the next response holds other partitions.
            const bool more = !connection.closed && connection.served < connection.end;
            const ClusterConfig& config =
                case_->fleet.clusters()[case_->fleet.brokers()[b].cluster].config;
            const auto full = static_cast<double>(config.fetch_partition_max.count());
            if (more && connection.drained >= full) {
                close(run, b, connection);
                open(run, b, connection);
            }
            apply_rate(run, b, connection);
        }
    }
}

}  // namespace rollcast::models
