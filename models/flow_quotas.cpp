// The flow plane's replication quotas where they are measured over windows: catch-up stops when a
// window is full and goes on when its oldest sample has gone (kafka-semantics §4.2).
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "models/capacity.hpp"
#include "models/fetch_order.hpp"
#include "models/flow_plane.hpp"

namespace rollcast::models {

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

/// The quotas of a process that has just started: empty, and in KRaft without a limit until its
/// dynamic configuration is applied.
void FlowPlane::start_quotas(const RunState& run, BrokerId b) {
    if (quotas_.size() > 0) quotas_[b] = {};
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster];
    Node& node = nodes_[b];
    node.counted_from = node.throttled_from = run.now;
    if (cluster.quorum_kind != QuorumKind::kraft) return;
    const std::uint32_t version = run.brokers[b].version;
    node.throttled_from =
        run.now + run.draw(case_->reaction.unthrottled, b.value, sim::Draw::unthrottled, version);
    sim::RandomStream random{
        run.options.seed, b.value, sim::Draw::unthrottled, version | 1U << 31U};
    const double share = run.options.sampled ? random.uniform() : 0.5;
    node.counted_from =
        run.now + sim::ceil_seconds(share * sim::to_seconds(node.throttled_from - run.now));
}

/// Bytes/s written to the items `from` .. `to` - 1 of a connection.
double FlowPlane::live_rate(const RunState& run,
                            const Node& node,
                            std::uint32_t from,
                            std::uint32_t to) const {
    double rate = 0.0;
    for (std::uint32_t i = from; i < to; ++i) {
        rate += static_cast<double>(run.load.rate(node.items[i].partition));
    }
    return rate * multiplier_;
}

/// Which items the next fetch reaches: a response holds a limited number of partitions; those that
/// waited longest come first.
void FlowPlane::choose_served(BrokerId b, Connection& connection) {
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
        const Fleet& fleet = case_->fleet;
        const auto count = static_cast<std::size_t>(last_of_all - all);
        const auto place = [&](const Item& item) {
            const Partition& partition = fleet.partitions()[item.partition];
            return fetch_place(fleet.topics()[partition.topic].name, partition.number, count);
        };
        std::stable_sort(
            first, last, [&](const Item& x, const Item& y) { return place(x) < place(y); });
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
    choose_served(b, connection);
    sort_items(node, connection.next, connection.served);
    connection.closed = false;
    connection.drained = 0.0;
    connection.drained_at = run.now;
    connection.counted_at = run.now;
}

/// What one response holds for the partitions that are served now.
double FlowPlane::response_bytes(BrokerId b, const Connection& connection) const {
    const ClusterConfig& config = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster].config;
    const auto most = static_cast<double>(config.fetch_partition_max.count());
    double bytes = 0.0;
    for (std::uint32_t i = connection.next; i < connection.served; ++i) {
        bytes += std::clamp(nodes_[b].items[i].backlog, 0.0, most);
    }
    return std::min(bytes, static_cast<double>(config.fetch_response_max.count()));
}

/// A fetcher that may ask for nothing waits for replica.fetch.backoff.ms; one that follows in sync
/// as well looks again with every response to that, at the latest after replica.fetch.wait.max.ms
/// (kafka-semantics §4.1).
sim::Duration FlowPlane::asks_every(const RunState& run, BrokerId b, BrokerId leader) const {
    constexpr double waits_s = 0.5;
    constexpr double backs_off_s = 1.0;
    double records = 0.0;
    bool follows = false;
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        const PartitionState& state = run.partitions[replica.partition];
        if (state.leader < 0 || !state.in_sync(replica.slot)) continue;
        const auto leads = static_cast<std::size_t>(state.leader);
        if (case_->fleet.replicas(replica.partition)[leads] != leader) continue;
        const Partition& partition = case_->fleet.partitions()[replica.partition];
        records += static_cast<double>(run.load.rate(replica.partition)) * multiplier_ /
                   record_bytes(case_->fleet.topics()[partition.topic]);
        follows = true;
    }
    return sim::ceil_seconds(follows ? 1.0 / (1.0 / waits_s + records) : backs_off_s);
}

/// The next fetch of a connection, if the last one has come and it is time: whole responses, where
/// neither quota is used up.
void FlowPlane::ask(const RunState& run, BrokerId b, Connection& connection) {
    count_fetched(run, b, connection);
    constexpr double nothing = 1.0;  // bytes
    if (connection.closed ? run.now < connection.asks_at : connection.granted > nothing) return;
    if (!connection.closed) close(run, b, connection);
    const double left =
        std::min(quotas_[b].in.left(run.now), quotas_[connection.leader].out.left(run.now));
    if (left < 0.0) {
        connection.asks_at = run.now + asks_every(run, b, connection.leader);
        return;
    }
    open(run, b, connection);
    const double response = response_bytes(b, connection);
    if (response <= 0.0) return;
    // As many, one after the other, as come until the next look and the quotas let pass.
    const double until_next =
        flows_of(b).share.rate(connection.flow) * sim::to_seconds(quotas_measured_every) / response;
    const double allowed = std::floor(left / response) + 1.0;
    connection.granted = response * std::max(1.0, std::min(allowed, std::round(until_next)));
}

/// The connections of `b` ask in an order that nobody knows.
void FlowPlane::ask_all(const RunState& run, BrokerId b) {
    std::vector<Connection>& connections = nodes_[b].connections;
    sim::RandomStream random{run.options.seed,
                             b.value,
                             sim::Draw::fetch_order,
                             static_cast<std::uint32_t>(run.now.count() / 1'000'000)};
    const std::size_t count = connections.size();
    const std::size_t first = run.options.sampled ? random.below(count) : 0;
    for (std::size_t i = 0; i < count; ++i) {
        Connection& connection = connections[(first + i) % count];
        if (connection.next < connection.end) ask(run, b, connection);
    }
}

/// No quota any more: everything is fetched at once.
void FlowPlane::open_all(const RunState& run, BrokerId b) {
    for (Connection& connection : nodes_[b].connections) {
        if (connection.next == connection.end) continue;
        if (!connection.closed) close(run, b, connection);
        open(run, b, connection);
        connection.served = connection.end;
        sort_items(nodes_[b], connection.next, connection.end);
    }
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
            behind[connection.leader] += live_rate(run, nodes_[b], connection.next, connection.end);
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
    set_limits(run, c);
    for (const BrokerId b : flows.active) ask_all(run, b);
    run.schedule(quotas_measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
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
            const double missed = live_rate(run, node, waits, connection.end) * seconds;
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
    const double bytes = connection.rate * seconds;
    connection.granted = std::max(0.0, connection.granted - bytes);
    if (run.now >= nodes_[b].counted_from) quotas_[b].in.record(bytes, run.now);
    quotas_[connection.leader].out.record(bytes, run.now);
}

void FlowPlane::set_limits(const RunState& run, ClusterId c) {
    for (const BrokerId b : brokers_of(c)) {
        const Node& node = nodes_[b];
        const bool free = run.now < node.throttled_from;
        quotas_[b].in.set_limit(free ? unlimited : node.throttles.follower);
        quotas_[b].out.set_limit(node.throttles.leader);
    }
}

void FlowPlane::quotas_due(RunState& run, ClusterId c) {
    ClusterFlows& flows = clusters_[c];
    const sim::Instant from = std::exchange(flows.quotas_at, run.now);
    record_quotas(run, c, from);
    if (flows.active.empty() || !throttled(c)) {
        flows.quotas_at = sim::Instant::never();
        for (const BrokerId b : flows.active) open_all(run, b);
    } else {
        set_limits(run, c);
        for (const BrokerId b : flows.active) ask_all(run, b);
        run.schedule(quotas_measured_every, {.kind = EventKind::quota_tick, .entity = c.value});
    }
    for (const ClusterId member : flows.members) refresh_capacities(run, member);
    solve(run, c);
    for (const BrokerId b : flows.active) {
        for (Connection& connection : nodes_[b].connections) {
            if (connection.next != connection.end) apply_rate(run, b, connection);
        }
    }
}

}  // namespace rollcast::models
