#include "models/flow_plane.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "models/capacity.hpp"
#include "models/detection.hpp"
#include "models/kafka_version.hpp"
#include "models/latency_judge.hpp"
#include "models/latency_model.hpp"

namespace rollcast::models {

namespace {

constexpr double endless = std::numeric_limits<double>::infinity();
/// Stands for "no limit" where a solver wants a number: no sum of real rates comes near it.
constexpr double far_above_any_rate = 1e15;

double finite(double capacity) { return std::clamp(capacity, 0.0, far_above_any_rate); }

/// When a leader lets a follower in, once that serves and misses nothing.
struct JoinTimes {
    sim::Instant soon;   // what a single fetch makes up for
    sim::Instant later;  // what has to be caught up with
};

/// The fetch that tells the leader waits for records, up to replica.fetch.wait.max.ms (500 ms,
/// kafka-semantics §4.1), one leader after the other comes to write its changes down, and where
/// many fetches were needed, changes queue behind each other. At once where durations are nominal.
JoinTimes joins_from(const RunState& run, BrokerId follower, BrokerId leader) {
    const BrokerState& broker = run.brokers[follower];
    if (!run.options.sampled) return {broker.serves_at, broker.serves_at};
    const ReactionTimes& times = run.a_case->reaction;
    const Cluster& cluster = run.fleet().clusters()[run.fleet().brokers()[follower].cluster];
    const bool kraft = cluster.quorum_kind == QuorumKind::kraft;
    const double longest_wait_s = kraft ? 0.5 : 0.9;
    const auto drawn = [&](const SpreadDuration& duration, std::uint32_t which) {
        return run.draw(duration, follower.value, sim::Draw::joins, 2 * broker.version + which);
    };
    const sim::Instant begins =
        broker.serves_at + (kraft ? drawn(times.first_join, 0) : sim::Duration{});
    const bool known = broker.join_queue.nominal.count() > 0;
    const double queue_s = sim::to_seconds(drawn(known ? broker.join_queue : times.join_queue, 1));
    sim::RandomStream random{run.options.seed,
                             follower.value,
                             sim::Draw::join_place,
                             (broker.version << 12U) ^ leader.value};
    const double place = random.uniform();
    return {begins + sim::ceil_seconds(place * std::min(longest_wait_s, queue_s)),
            begins + sim::ceil_seconds(place * queue_s)};
}

double left_over(double capacity, std::int64_t base, double multiplier) {
    return capacity == endless ? endless : capacity - static_cast<double>(base) * multiplier;
}

}  // namespace

FlowPlane::FlowPlane(const RunState& run)
    : case_(run.a_case),
      withheld_(run.scope.partitions(), 0.0),
      nodes_(run.scope.brokers()),
      racks_(run.scope.racks()),
      rooms_(run.fleet().rooms().size()),
      clusters_(run.scope.clusters()),
      losses_(*run.a_case, run.scope),
      multiplier_(run.a_case->curve.multiplier(sim::Instant{})) {
    const Fleet& fleet = run.fleet();
    for (const ClusterId c : run.scope.clusters()) {
        clusters_[c].hw_freezes =
            high_watermark_freezes(parse_kafka_version(fleet.clusters()[c].stack.kafka_version));
        const ClusterId group = fleet.link_group(c);
        clusters_[c].first = run.scope.holds(group) ? group : c;
        flows_of(c).members.push_back(c);
    }
    std::size_t replicas = 0;
    for (const PartitionId p : run.scope.partitions()) {
        if (replicas == 0) first_replica_ = fleet.partitions()[p].first_replica;
        replicas += fleet.partitions()[p].rf;
    }
    positions_.assign(replicas, 0.0);
    for (const PartitionId p : run.scope.partitions()) {
        const Partition& partition = fleet.partitions()[p];
        for (std::uint8_t slot = 0; slot < partition.rf; ++slot) {
            // Behind before the run and nobody knows how far: everything stored (assumed).
            if (((partition.isr >> slot) & 1U) == 0) {
                position(p, slot) = -static_cast<double>(partition.stored_bytes);
            }
        }
    }
    for (const BrokerId b : run.scope.brokers()) {
        Node& node = nodes_[b];
        node.rack = fleet.brokers()[b].rack;
        node.disk_write = run.disk_write_capacity[b];
        node.disk_read = run.disk_read_capacity[b];
        node.throttles = run.throttles(b);
        sim::FairShare& share = flows_of(b).share;
        node.in = share.add_resource(0.0);
        node.out = share.add_resource(0.0);
        node.read = share.add_resource(0.0);
        watched_.push_back(b);
    }
    for (const RackId r : run.scope.racks()) {
        sim::FairShare& share = flows_of(fleet.racks()[r].cluster).share;
        racks_[r].up = share.add_resource(0.0);
        racks_[r].down = share.add_resource(0.0);
    }
    std::vector<bool> has_links(rooms_.size(), false);
    for (const RackId r : run.scope.racks()) {
        const Rack& rack = fleet.racks()[r];
        if (!limits(rack.room) || has_links[rack.room.index()]) continue;
        has_links[rack.room.index()] = true;
        sim::FairShare& share = flows_of(rack.cluster).share;
        rooms_[rack.room] = {share.add_resource(0.0), share.add_resource(0.0)};
    }
    const bool throttles_moves =
        std::any_of(case_->moves.begin(), case_->moves.end(), [](const ReplicaMove& move) {
            return move.throttle > 0.0;
        });
    if (!throttles_moves) return;
    moves_ = ScopeMap<BrokerId, MoveNode>(run.scope.brokers());
    for (const BrokerId b : run.scope.brokers()) {
        sim::FairShare& share = flows_of(b).share;
        moves_[b] = {share.add_resource(0.0), share.add_resource(0.0)};
    }
}

std::unique_ptr<DataPlane> FlowPlane::clone() const { return std::make_unique<FlowPlane>(*this); }

void FlowPlane::assign(const DataPlane& other) { *this = dynamic_cast<const FlowPlane&>(other); }

/// Share of the partition's writes that arrive: none without a leader, those not under acks=all
/// while the ISR is below min ISR (kafka-semantics §1.5).
double FlowPlane::write_factor(const Topic& topic, const PartitionState& state) {
    if (state.leader < 0 || state.has(unserved_now) || state.has(shut_now)) return 0.0;
    return state.under_min_isr() ? 1.0 - topic.acks_all : 1.0;
}

double& FlowPlane::position(PartitionId p, std::uint8_t slot) {
    return positions_[case_->fleet.partitions()[p].first_replica + slot - first_replica_];
}

/// Log end in bytes since the start of the run: the partition's own effective seconds are
/// factor x surge x effective + withheld, times its mean rate.
double FlowPlane::log_end(const RunState& run, PartitionId p, double effective) const {
    const Partition& partition = case_->fleet.partitions()[p];
    const Topic& topic = case_->fleet.topics()[partition.topic];
    const double factor = write_factor(topic, run.partitions[p]) * run.load.surge(partition.topic);
    const double own = factor * effective + withheld_[p];
    return own * static_cast<double>(partition.write_bytes_per_s);
}

void FlowPlane::partition_changed(const RunState& run,
                                  PartitionId p,
                                  const PartitionState& before) {
    const PartitionState& after = run.partitions[p];
    const Partition& partition = case_->fleet.partitions()[p];
    if (effective_at_ != run.now) {
        effective_now_ = case_->curve.effective_seconds(run.now);
        effective_at_ = run.now;
    }
    const bool usual = before.leader >= 0 && after.leader >= 0 && !before.under_min_isr() &&
                       !after.under_min_isr() && !before.has(unserved_now) &&
                       !after.has(unserved_now) && !before.has(shut_now) && !after.has(shut_now);
    if (!usual) {
        const Topic& topic = case_->fleet.topics()[partition.topic];
        withheld_[p] += (write_factor(topic, before) - write_factor(topic, after)) *
                        run.load.surge(partition.topic) * effective_now_;
    }
    const auto replicas = case_->fleet.replicas(p);
    const unsigned left = before.isr & ~static_cast<unsigned>(after.isr);
    for (std::uint8_t slot = 0; left >> slot != 0; ++slot) {
        if (((left >> slot) & 1U) == 0) continue;
        // What was written while a dead member kept the HW down stays above a frozen HW: it need
        // not have that to rejoin.
        const bool frozen =
            after.under_min_isr() && clusters_[case_->fleet.cluster_of(p)].hw_freezes;
        position(p, slot) = log_end(run, p, stopped_effective(p, slot, frozen));
    }
    losses_.partition_changed(run, p, before, behind(run, p, before));
    if (run.links.watches()) judge_links(run, p, before.leader != after.leader);
    if (before.leader == after.leader) return;
    load_moved(case_->fleet.cluster_of(p));
    if (run.load.scan(partition.topic) > 0) scan_moves(run, p, before);
    for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
        const bool unclean = after.leader == static_cast<int>(slot) && !before.in_sync(slot);
        if ((unclean || !after.in_sync(slot)) && nodes_[replicas[slot]].live) {
            mark_dirty(replicas[slot]);
        }
    }
}

/// Effective seconds up to which the replica in `slot` was written.
double FlowPlane::stopped_effective(PartitionId p, std::uint8_t slot, bool frozen) const {
    if (frozen) return effective_now_;
    const Node& node = nodes_[case_->fleet.replicas(p)[slot]];
    const auto cut = cut_off_.find({p, slot});
    if (cut != cut_off_.end()) return cut->second.effective;
    if (!node.live) return node.stopped_effective;
    for (const StoppedDir& stopped : stopped_dirs_) {
        if (stopped.dir == case_->fleet.replica_dirs(p)[slot]) return stopped.effective;
    }
    return effective_now_;
}

/// Bytes that the leader of `p` lacks where it has just been elected from outside the ISR.
double FlowPlane::behind(const RunState& run, PartitionId p, const PartitionState& before) {
    const std::int8_t leader = run.partitions[p].leader;
    if (leader < 0 || leader == before.leader) return 0.0;
    const auto slot = static_cast<std::uint8_t>(leader);
    if (before.in_sync(slot)) return 0.0;
    return std::max(0.0, log_end(run, p, effective_now_) - position(p, slot));
}

void FlowPlane::mark_dirty(BrokerId b) {
    if (nodes_[b].dirty) return;
    nodes_[b].dirty = true;
    dirty_.push_back(b);
}

void FlowPlane::broker_stops(const RunState& run, BrokerId b, Stop how) {
    losses_.broker_stops(run, b, how);
    Node& node = nodes_[b];
    if (!node.live) return;
    save_positions(run, b);
    drop_connections(b);
    node.live = false;
    node.stopped_effective = case_->curve.effective_seconds(run.now);
    node.overloaded_since = sim::Instant::never();
    node.cold = false;
    load_moved(case_->fleet.brokers()[b].cluster);
    refetch_from(b);
}

/// Connections to `leader` are made anew, by those who catch up from it.
void FlowPlane::refetch_from(BrokerId leader) {
    for (const BrokerId follower : flows_of(leader).active) {
        const Node& other = nodes_[follower];
        const bool fetches = std::any_of(other.connections.begin(),
                                         other.connections.end(),
                                         [&](const Connection& c) { return c.leader == leader; });
        if (fetches) mark_dirty(follower);
    }
}

/// One that hung goes on, or one that was cut off from its quorum reaches it again.
void FlowPlane::broker_goes_on(const RunState& run, BrokerId b) {
    losses_.broker_goes_on(run, b);
    losses_.zombie_is_told(run, b, new_session_after(run, b));
}

/// Where a replica stands whose disk is empty: what is stored is as much as at the start of the
/// run, which retention keeps level, or that and all that has been written since.
double FlowPlane::emptied(const RunState& run, PartitionId p, double effective) const {
    const Partition& partition = case_->fleet.partitions()[p];
    const bool grows = case_->fleet.topics()[partition.topic].keeps_all;
    return (grows ? 0.0 : log_end(run, p, effective)) - static_cast<double>(partition.stored_bytes);
}

void FlowPlane::broker_starts(const RunState& run, BrokerId b, bool wiped) {
    losses_.broker_starts(b, wiped, run.now);
    Node& node = nodes_[b];
    node.live = true;
    node.cold = node.cold || wiped || !served_from_cache(run, b);
    load_moved(case_->fleet.brokers()[b].cluster);
    start_quotas(run, b);
    if (wiped) {
        const double effective = case_->curve.effective_seconds(run.now);
        for (const HostedReplica& replica : case_->fleet.hosted(b)) {
            if (run.partitions[replica.partition].in_sync(replica.slot)) continue;
            position(replica.partition, replica.slot) = emptied(run, replica.partition, effective);
        }
    }
    mark_dirty(b);
    watched_.push_back(b);
    // What it still leads can be fetched from it again.
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        const PartitionState& state = run.partitions[replica.partition];
        if (state.leader != static_cast<int>(replica.slot)) continue;
        const auto replicas = case_->fleet.replicas(replica.partition);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (!state.in_sync(slot) && nodes_[replicas[slot]].live) mark_dirty(replicas[slot]);
        }
    }
}

/// The leaders' page caches hold what was written while `follower` was away, if each holds more
/// than its own writes of that time (kafka-semantics §4.4).
bool FlowPlane::served_from_cache(const RunState& run, BrokerId follower) const {
    const double away =
        case_->curve.effective_seconds(run.now) - nodes_[follower].stopped_effective;
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[follower].cluster];
    for (const BrokerId b : cluster.brokers()) {
        if (b == follower) continue;
        const auto cache = static_cast<double>(case_->fleet.brokers()[b].page_cache.count());
        if (cache < away * static_cast<double>(case_->fleet.hosted_write_rate(b).count())) {
            return false;
        }
    }
    return true;
}

void FlowPlane::rates_change(const RunState& run, BrokerId b) {
    nodes_[b].disk_factor = run.disks_left(b);
    nodes_[b].network_factor = run.brokers[b].network_factor;
    load_moved(case_->fleet.brokers()[b].cluster);
    watched_.push_back(b);
    hold_fetches(run, b);
}

void FlowPlane::throttles_change(const RunState& run, BrokerId b) {
    nodes_[b].throttles = run.throttles(b);
    load_moved(case_->fleet.brokers()[b].cluster);
}

void FlowPlane::curve_changes(const RunState& run) {
    multiplier_ = case_->curve.multiplier(run.now);
    for (const ClusterId c : run.scope.clusters()) load_moved(c);
    for (const BrokerId b : run.scope.brokers()) {
        if (run.load.cold(b) > 0) nodes_[b].disk_factor = run.disks_left(b);
        watched_.push_back(b);
    }
}

void FlowPlane::followers_evicted(const RunState& run, BrokerId b) {
    // Producers come first: what did not fit since the overload began is missing in the followers,
    // spread as their writes are.
    const Node& node = nodes_[b];
    double followed = 0.0;
    const auto out = [&](const HostedReplica& replica) {
        return !run.partitions[replica.partition].in_sync(replica.slot) &&
               !run.load.absent(replica.partition, replica.slot);
    };
    const auto rate = [&](const HostedReplica& replica) {
        return static_cast<double>(run.load.rate(replica.partition));
    };
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        if (out(replica)) followed += rate(replica);
    }
    if (followed <= 0.0) return;
    const double missing =
        deficit(run, b) * sim::to_seconds(run.now - node.overloaded_since) / followed;
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        if (out(replica)) position(replica.partition, replica.slot) -= missing * rate(replica);
    }
    mark_dirty(b);
}

void FlowPlane::save_positions(const RunState& run, BrokerId b) {
    Node& node = nodes_[b];
    if (!node.active()) return;
    const double effective = case_->curve.effective_seconds(run.now);
    for (Connection& connection : node.connections) {
        if (connection.closed) continue;
        move_to(connection, connection.rate, run.now, node);
        for (std::uint32_t i = connection.next; i < connection.served; ++i) {
            const Item& item = node.items[i];
            position(item.partition, item.slot) =
                log_end(run, item.partition, effective) - (item.backlog - connection.drained);
        }
    }
}

void FlowPlane::drop_connections(BrokerId b) {
    Node& node = nodes_[b];
    if (!node.active()) return;
    for (const Connection& connection : node.connections) {
        if (connection.next < connection.end) flows_of(b).share.remove_flow(connection.flow);
    }
    // Given back: hundreds of brokers that are in sync would keep what one catch-up needed.
    node.connections = std::vector<Connection>();
    node.items = std::vector<Item>();
    std::vector<BrokerId>& active = flows_of(b).active;
    active.erase(std::lower_bound(active.begin(), active.end(), b));
    flows_moved(case_->fleet.brokers()[b].cluster);
    touch(b);
}

void FlowPlane::rebuild(const RunState& run, BrokerId b) {
    Node& node = nodes_[b];
    node.dirty = false;
    if (!node.live) return;
    save_positions(run, b);
    drop_connections(b);
    connect(run, b);
}

/// One connection a leader, its replicas by backlog, then by partition; apart from it one for the
/// replicas that move here, which have a throttle of their own.
void FlowPlane::connect(const RunState& run, BrokerId b) {
    Node& node = nodes_[b];
    const double effective = case_->curve.effective_seconds(run.now);
    const Cluster& cluster = case_->fleet.clusters()[case_->fleet.brokers()[b].cluster];
    const std::uint32_t places = 2 * cluster.broker_count;
    std::vector<std::uint32_t> ends(places + 1, 0);  // of each leader's items
    std::vector<std::pair<std::uint32_t, Item>> behind;
    behind.reserve(case_->fleet.hosted(b).size());
    for (const HostedReplica& replica : case_->fleet.hosted(b)) {
        const PartitionState& state = run.partitions[replica.partition];
        if (state.in_sync(replica.slot) || state.leader < 0) continue;
        if (run.out_of_use(replica.partition, replica.slot)) continue;
        const auto leads = static_cast<std::size_t>(state.leader);
        const BrokerId leader = case_->fleet.replicas(replica.partition)[leads];
        if (leader == b || !fetchable(run, replica.partition, leads)) continue;
        if (!run.links.fetches(case_->fleet.brokers()[b].cluster, b, leader)) continue;
        const double backlog = std::max(
            0.0,
            log_end(run, replica.partition, effective) - position(replica.partition, replica.slot));
        const bool moves = run.moves.adds(replica.partition, replica.slot);
        const std::uint32_t place = 2 * (leader.value - cluster.first_broker) + (moves ? 1U : 0U);
        behind.push_back({place, {backlog, replica.partition, replica.slot, 0}});
        ++ends[place + 1];
    }
    if (behind.empty()) return;
    for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
    node.items.resize(behind.size());
    for (const auto& [place, item] : behind) node.items[ends[place]++] = item;
    std::uint32_t from = 0;
    for (std::uint32_t place = 0; place < places; ++place) {
        const std::uint32_t to = ends[place];
        const BrokerId leader{cluster.first_broker + place / 2};
        if (to > from) add_connection(run, b, leader, from, to, place % 2 != 0);
        from = to;
    }
    std::vector<BrokerId>& active = flows_of(b).active;
    active.insert(std::lower_bound(active.begin(), active.end(), b), b);
    load_moved(case_->fleet.brokers()[b].cluster);
    touch(b);
}

void FlowPlane::add_connection(const RunState& run,
                               BrokerId b,
                               BrokerId leader,
                               std::uint32_t from,
                               std::uint32_t to,
                               bool moves) {
    Node& node = nodes_[b];
    sort_items(node, from, to);
    std::array<sim::ResourceId, sim::FairShare::longest_path> path{node.in, nodes_[leader].out};
    std::size_t length = 2;
    // What moves is read from the disks (kafka-semantics §4.4), which a throttle below their rates
    // spares.
    const bool throttled_move = moves && moves_.size() > 0;
    if (throttled_move) {
        path[length++] = moves_[leader].out;
        path[length++] = moves_[b].in;
    } else if (node.cold || moves) {
        path[length++] = nodes_[leader].read;
    }
    if (nodes_[leader].rack != node.rack) {
        path[length++] = racks_[nodes_[leader].rack].up;
        path[length++] = racks_[node.rack].down;
        const RoomId from_room = case_->fleet.racks()[nodes_[leader].rack].room;
        const RoomId to_room = case_->fleet.racks()[node.rack].room;
        if (from_room != to_room && limits(from_room)) path[length++] = rooms_[from_room].up;
        if (from_room != to_room && limits(to_room)) path[length++] = rooms_[to_room].down;
    }
    const JoinTimes joins = joins_from(run, b, leader);
    ClusterFlows& flows = flows_of(b);
    const sim::FlowId flow = flows.share.add_flow({path.data(), length});
    if (flows.owner.size() <= flow.index()) flows.owner.resize(flow.index() + 1);
    flows.owner[flow.index()] = {b, static_cast<std::uint32_t>(node.connections.size())};
    node.connections.push_back({.leader = leader,
                                .flow = flow,
                                .next = from,
                                .end = to,
                                .served = to,
                                .drained_at = run.now,
                                .counted_at = run.now,
                                .next_at = sim::Instant::never(),
                                .soon = joins.soon,
                                .later = joins.later});
}

void FlowPlane::sort_items(Node& node, std::uint32_t from, std::uint32_t to) {
    std::sort(node.items.begin() + from, node.items.begin() + to, [](const Item& x, const Item& y) {
        return x.backlog != y.backlog ? x.backlog < y.backlog : x.partition < y.partition;
    });
}

void FlowPlane::touch(BrokerId b) {
    if (nodes_[b].touched) return;
    nodes_[b].touched = true;
    touched_.push_back(b);
}

sim::Instant FlowPlane::joins_at(const Connection& connection, const Item& item) const {
    const Cluster& cluster =
        case_->fleet.clusters()[case_->fleet.brokers()[connection.leader].cluster];
    const auto one_fetch = static_cast<double>(cluster.config.fetch_partition_max.count());
    return item.backlog <= one_fetch ? connection.soon : connection.later;
}

/// Brings a connection to `now` at its old rate, and sets out from there at `rate`.
void FlowPlane::move_to(Connection& connection, double rate, sim::Instant now, const Node& node) {
    const std::uint32_t behind = connection.served - connection.next;
    if (behind == 0) return;
    if (now != connection.drained_at) {
        connection.drained +=
            connection.rate / behind * sim::to_seconds(now - connection.drained_at);
        connection.drained_at = now;
    }
    connection.rate = rate;
    const double left = node.items[connection.next].backlog - connection.drained;
    const sim::Instant not_before = joins_at(connection, node.items[connection.next]);
    if (left <= 0.0) {
        connection.next_at = std::max(now, not_before);
    } else if (rate <= 0.0) {
        connection.next_at = sim::Instant::never();
    } else {
        const sim::Duration wait = sim::ceil_seconds(left * behind / rate);
        const bool ends = wait < sim::Instant::never() - now;
        connection.next_at = ends ? std::max(now + wait, not_before) : sim::Instant::never();
    }
}

void FlowPlane::collect_caught_up(const RunState& run,
                                  BrokerId b,
                                  std::uint32_t version,
                                  std::vector<HostedReplica>& caught_up) {
    Node& node = nodes_[b];
    if (version != node.version) return;
    node.scheduled = sim::Instant::never();
    touch(b);
    // Where the controller cannot let it in at once, it stands where it is now.
    const ClusterState& cluster = run.clusters[case_->fleet.brokers()[b].cluster];
    const bool waits = !cluster.quorum_ok || cluster.reaction_at > run.now;
    const double effective = waits ? case_->curve.effective_seconds(run.now) : 0.0;
    for (Connection& connection : node.connections) {
        if (connection.next_at > run.now) continue;
        if (flows_of(b).quotas_at != sim::Instant::never()) count_fetched(run, b, connection);
        connection.drained = std::max(connection.drained, node.items[connection.next].backlog);
        connection.drained_at = run.now;
        while (connection.next < connection.served &&
               node.items[connection.next].backlog <= connection.drained) {
            const Item& item = node.items[connection.next++];
            catch_up_bytes_ += item.backlog;
            if (waits) {
                position(item.partition, item.slot) = log_end(run, item.partition, effective);
            }
            caught_up.push_back({item.partition, item.slot});
        }
        if (connection.next == connection.end) {
            flows_of(b).share.remove_flow(connection.flow);
            flows_moved(case_->fleet.brokers()[b].cluster);
            connection.next_at = sim::Instant::never();
        } else if (connection.next == connection.served) {
            connection.closed = true;  // it asks for the next partitions
            connection.granted = 0.0;
            connection.asks_at = run.now;
            connection.next_at = sim::Instant::never();
        } else {
            move_to(connection, connection.rate, run.now, node);
        }
    }
    const bool all_done = std::all_of(node.connections.begin(),
                                      node.connections.end(),
                                      [](const Connection& c) { return c.next == c.end; });
    if (all_done) drop_connections(b);
}

void FlowPlane::refresh_capacities(const RunState& run, ClusterId c) {
    const Cluster& cluster = case_->fleet.clusters()[c];
    sim::FairShare& share = flows_of(c).share;
    const bool measured = flows_of(c).quotas_at != sim::Instant::never();
    for (const BrokerId b : cluster.brokers()) {
        Node& node = nodes_[b];
        const Broker& broker = case_->fleet.brokers()[b];
        const double nic_in = left_of(as_capacity(broker.nic_in), node.network_factor);
        const double nic_out = left_of(as_capacity(broker.nic_out), node.network_factor);
        const double write = left_of(node.disk_write, node.disk_factor);
        node.residual_in = left_over(std::min(nic_in, write), run.load.in(b), multiplier_);
        double out = left_over(nic_out, run.load.out(b), multiplier_);
        if (!measured) {
            node.residual_in = std::min(
                node.residual_in,
                left_over(
                    as_capacity(node.throttles.follower), run.load.replication_in(b), multiplier_));
            out = std::min(
                out,
                left_over(
                    as_capacity(node.throttles.leader), run.load.replication_out(b), multiplier_));
        }
        share.set_capacity(node.in, finite(node.residual_in));
        share.set_capacity(node.out, finite(out));
        share.set_capacity(node.read, finite(left_of(node.disk_read, node.disk_factor)));
    }
    if (moves_.size() > 0) refresh_moves(run, c);
    for (const RackId r : cluster.racks()) {
        const double up = run.uplink_capacity(r, case_->fleet.racks()[r].uplink_up);
        const double down = run.uplink_capacity(r, case_->fleet.racks()[r].uplink_down);
        share.set_capacity(racks_[r].up, finite(left_over(up, run.load.up(r), multiplier_)));
        share.set_capacity(racks_[r].down, finite(left_over(down, run.load.down(r), multiplier_)));
    }
}

/// What live traffic leaves of the links of the rooms whose racks are of `flows`.
void FlowPlane::refresh_rooms(const RunState& run, ClusterFlows& flows) {
    for (const ClusterId c : flows.members) {
        for (const RackId r : case_->fleet.clusters()[c].racks()) {
            const RoomId id = case_->fleet.racks()[r].room;
            if (!limits(id)) continue;
            const Room& room = case_->fleet.rooms()[id];
            flows.share.set_capacity(
                rooms_[id].up,
                finite(left_over(as_capacity(room.link_up), run.load.up(id), multiplier_)));
            flows.share.set_capacity(
                rooms_[id].down,
                finite(left_over(as_capacity(room.link_down), run.load.down(id), multiplier_)));
        }
    }
}

void FlowPlane::solve(const RunState& run, ClusterId c) {
    ClusterFlows& flows = flows_of(c);
    for (const sim::FlowId flow : flows.share.solve()) {
        const FlowOwner owner = flows.owner[flow.index()];
        Node& node = nodes_[owner.follower];
        if (node.residual_in < 0.0) continue;
        apply_rate(run, owner.follower, node.connections[owner.connection]);
    }
}

/// Sets the connection out at its share; where quotas are measured, for what it has asked for.
void FlowPlane::apply_rate(const RunState& run, BrokerId b, Connection& connection) {
    const ClusterFlows& flows = flows_of(b);
    double rate = flows.share.rate(connection.flow);
    if (flows.quotas_at != sim::Instant::never()) {
        count_fetched(run, b, connection);
        if (connection.closed) return;
        rate = std::min(rate, connection.granted / sim::to_seconds(quotas_measured_every));
    }
    move_to(connection, rate, run.now, nodes_[b]);
    touch(b);
}

/// Followers whose live writes do not fit fall further behind, each connection alike.
void FlowPlane::fall_behind(const RunState& run, ClusterId c) {
    for (const BrokerId b : clusters_[c].active) {
        Node& node = nodes_[b];
        if (node.residual_in >= 0.0) continue;
        const double each = node.residual_in / static_cast<double>(node.connections.size());
        for (Connection& connection : node.connections) {
            if (connection.rate != each) move_to(connection, each, run.now, node);
        }
        touch(b);
    }
}

void FlowPlane::load_moved(ClusterId c) {
    clusters_[c].load_moved = true;
    flows_moved(c);
}

void FlowPlane::flows_moved(ClusterId c) {
    if (std::exchange(flows_of(c).due, true)) return;
    due_.push_back(clusters_[c].first);
}

void FlowPlane::settle(RunState& run) {
    if (!holding_.empty()) watch_followers(run);
    if (!cut_off_.empty()) watch_cut_off(run);
    for (std::size_t i = 0; i < dirty_.size(); ++i) rebuild(run, dirty_[i]);
    dirty_.clear();
    if (!watched_.empty()) watch_overload(run);
    for (const ClusterId c : due_) {
        ClusterFlows& flows = clusters_[c];
        flows.due = false;
        if (flows.active.empty()) continue;
        watch_quotas(run, c);
        bool moved = false;
        for (const ClusterId member : flows.members) {
            if (!std::exchange(clusters_[member].load_moved, false)) continue;
            refresh_capacities(run, member);
            moved = true;
        }
        if (moved && !rooms_.empty()) refresh_rooms(run, flows);
        solve(run, c);
        fall_behind(run, c);
    }
    due_.clear();
    for (const BrokerId b : touched_) {
        Node& node = nodes_[b];
        node.touched = false;
        sim::Instant next = sim::Instant::never();
        for (const Connection& connection : node.connections) {
            next = std::min(next, connection.next_at);
        }
        if (next == node.scheduled) continue;
        node.scheduled = next;
        ++node.version;
        if (next == sim::Instant::never()) continue;
        run.schedule(next,
                     {.kind = EventKind::catch_up, .entity = b.value, .version = node.version});
    }
    touched_.clear();
}

/// Bytes/s that are written to `b` and do not fit.
double FlowPlane::deficit(const RunState& run, BrokerId b) const {
    const Node& node = nodes_[b];
    if (!node.live) return 0.0;
    const double way_in =
        std::min(left_of(as_capacity(case_->fleet.brokers()[b].nic_in), node.network_factor),
                 left_of(node.disk_write, node.disk_factor));
    const double own = std::max(0.0, -left_over(way_in, run.load.in(b), multiplier_));
    if (!run.links.slows_uplinks()) return own;
    // Of what does not get down a slow uplink each broker of the rack misses as it is written to.
    const double down = run.uplink_capacity(node.rack, case_->fleet.racks()[node.rack].uplink_down);
    const double over = -left_over(down, run.load.down(node.rack), multiplier_);
    const auto all = static_cast<double>(run.load.down(node.rack));
    if (over <= 0.0 || all <= 0.0) return own;
    return std::max(own, over * static_cast<double>(run.load.replication_in(b)) / all);
}

bool FlowPlane::still_overloaded(BrokerId b, std::uint32_t overload) const {
    const Node& node = nodes_[b];
    return node.overloaded_since != sim::Instant::never() && node.overloads == overload;
}

void FlowPlane::watch_overload(RunState& run) {
    for (const BrokerId b : watched_) {
        Node& node = nodes_[b];
        const bool is = deficit(run, b) > 0.0;
        if (is == (node.overloaded_since != sim::Instant::never())) continue;
        node.overloaded_since = is ? run.now : sim::Instant::never();
        if (!is) continue;
        const ClusterConfig& config =
            case_->fleet.clusters()[case_->fleet.brokers()[b].cluster].config;
        // Out of the ISR between L and 1.5 L after it was last caught up (kafka-semantics §1.2).
        const std::int64_t longest = config.replica_lag_time_max.count();
        sim::RandomStream random{run.options.seed, b.value, sim::Draw::lag_check, node.overloads++};
        const std::int64_t late =
            run.options.sampled ? static_cast<std::int64_t>(
                                      random.below(static_cast<std::uint64_t>(longest / 2 + 1)))
                                : longest / 4;
        run.schedule(
            sim::Duration{longest + late},
            {.kind = EventKind::follower_lags, .entity = b.value, .version = node.overloads});
    }
    watched_.clear();
}

void FlowPlane::finish(RunState& run, Verdict& verdict) {
    losses_.tell_zombies(run);
    losses_.close(verdict);
    LatencyJudge judge(*case_, verdict);
    if (!judge.wanted()) return;
    for (const ClusterId c : run.scope.clusters()) {
        TopicId t = case_->fleet.clusters()[c].topics().front();
        for (const LatencyEstimate& estimate :
             estimate_latencies(*case_, c, case_->curve.highest())) {
            judge.note(t, estimate.produce_p99);
            ++t.value;
        }
    }
}

std::optional<ReplicaLag> FlowPlane::replica_lag(const RunState& run,
                                                 BrokerId b,
                                                 sim::Instant at) const {
    (void)run;
    const Node& node = nodes_[b];
    ReplicaLag furthest;
    for (const Connection& connection : node.connections) {
        if (connection.next == connection.end) continue;
        const std::uint32_t served = connection.served - connection.next;
        const double each = connection.closed || served == 0 ? 0.0 : connection.rate / served;
        const double drained =
            connection.drained + each * sim::to_seconds(at - connection.drained_at);
        for (std::uint32_t i = connection.next; i < connection.end; ++i) {
            const Item& item = node.items[i];
            const bool moves = i < connection.served;
            const double left = item.backlog - (moves ? drained : 0.0);
            const double record = record_bytes(
                case_->fleet.topics()[case_->fleet.partitions()[item.partition].topic]);
            if (left / record <= furthest.messages) continue;
            furthest = {left / record, moves ? -each / record : 0.0};
        }
    }
    return furthest;
}

bool FlowPlane::stuck(const RunState& run) const {
    if (run.links.watches() && shut_out(run)) return true;
    for (const ClusterFlows& flows : clusters_) {
        for (const BrokerId b : flows.active) {
            for (const Connection& connection : nodes_[b].connections) {
                const bool behind = connection.next < connection.end;
                if (behind && connection.next_at == sim::Instant::never()) return true;
            }
        }
    }
    return false;
}

}  // namespace rollcast::models
