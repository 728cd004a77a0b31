#include "models/run_state.hpp"

#include <algorithm>
#include <utility>

#include "models/capacity.hpp"

namespace rollcast::models {

RunState::RunState(const Case& the_case, const Scope& the_scope, const RunOptions& the_options)
    : a_case(&the_case),
      scope(the_scope),
      options(the_options),
      disk_write_capacity(the_scope.brokers()),
      disk_read_capacity(the_scope.brokers()),
      partitions(initial_partitions(the_scope)),
      brokers(the_scope.brokers()),
      quorum_node_up(the_scope.quorum_nodes(), std::uint8_t{1}),
      quorum_node_version(the_scope.quorum_nodes(), 0U),
      clusters(the_scope.clusters()),
      safety(the_case, the_scope, partitions),
      margin(the_scope, partitions),
      load(the_case, the_scope, partitions),
      trace(the_scope.clusters()) {
    for (const BrokerId b : scope.brokers()) {
        disk_write_capacity[b] = models::disk_write_capacity(fleet(), b);
        disk_read_capacity[b] = models::disk_read_capacity(fleet(), b);
        const std::optional<sim::Duration> heard = fleet().brokers()[b].heartbeat_before;
        if (heard) brokers[b].heartbeat_at = sim::Instant{-heard->count() * sim::Duration{1}};
    }
    for (const PartitionId p : partitions.ids()) {
        const auto replicas = fleet().replicas(p);
        for (std::uint8_t slot = 0; slot < replicas.size(); ++slot) {
            if (load.absent(p, slot)) continue;
            if (!partitions[p].in_sync(slot)) ++brokers[replicas[slot]].out_of_isr;
        }
    }
    for (const ClusterId c : scope.clusters()) {
        const Cluster& cluster = fleet().clusters()[c];
        clusters[c].config = cluster.config;
        clusters[c].quorum_up = static_cast<int>(cluster.quorum_node_count);
        if (cluster.controller_at_start.exists()) {
            clusters[c].controller = cluster.controller_at_start;
        } else if (cluster.broker_count > 0) {
            clusters[c].controller = cluster.brokers().front();
        }
        for (const QuorumNodeId q : cluster.quorum()) {
            const bool leads = fleet().quorum_nodes()[q].leader_at_start;
            if (leads || !clusters[c].quorum_leader.exists()) clusters[c].quorum_leader = q;
        }
    }
}

Throttles RunState::throttles(BrokerId b) const {
    const ClusterConfig& in_force = config(b);
    if (!in_force.throttle_lists) return {};
    const auto set = throttles_set.find(b);
    if (set != throttles_set.end()) return set->second;
    const BrokerSettings* own = fleet().own_config(b);
    if (own == nullptr) return {in_force.leader_throttle, in_force.follower_throttle};
    return {own->leader_throttle.value_or(in_force.leader_throttle),
            own->follower_throttle.value_or(in_force.follower_throttle)};
}

double RunState::uplink_capacity(RackId r, ByteRate rate) const {
    const double whole = as_capacity(rate);
    if (!links.slows_uplinks()) return whole;
    const UplinkLeft left = links.uplink(r);
    return std::min(left_of(whole, left.share), left.most);
}

double RunState::left_by_cold_reads(BrokerId b) const {
    const auto read = static_cast<double>(load.cold(b));
    if (read == 0.0) return 1.0;
    const double capacity = disk_read_capacity[b] * brokers[b].disk_factor;
    return 1.0 - std::min(0.5, read * a_case->curve.multiplier(now) / capacity);
}

bool RunState::scraped(ClusterId c) const {
    const auto found = unscraped.find(c);
    return found == unscraped.end() || found->second < fleet().clusters()[c].broker_count;
}

bool RunState::scraped(MachineId m) const {
    const Machine& machine = fleet().machines()[m];
    if (!machine.broker.exists()) return scraped(machine.cluster);
    const auto found = unscraped.find(machine.cluster);
    if (found == unscraped.end()) return true;
    return machine.broker.value - fleet().clusters()[machine.cluster].first_broker >= found->second;
}

std::int64_t RunState::led_by(BrokerId b) const {
    std::int64_t led = 0;
    for (const HostedReplica& replica : fleet().hosted(b)) {
        if (partitions[replica.partition].leader == static_cast<int>(replica.slot)) ++led;
    }
    return led;
}

std::optional<ReplicaMove> RunState::policy_move(const HostedReplica& replica) const {
    const auto done = moves.done.find(replica.partition);
    if (done == moves.done.end()) return models::policy_move(*a_case, replica);
    ReplicaMove back = done->second;
    if (back.fault != ReplicaMove::no_fault || back.adds != replica.slot) return std::nullopt;
    std::swap(back.adds, back.removes);
    return back;
}

int RunState::preferred_of_others(PartitionId p) const {
    const auto replicas = fleet().replicas(p);
    for (int place = 0; place < fleet().partitions()[p].assigned(); ++place) {
        const int slot = moves.slot_at(p, place);
        if (!is_demoted(replicas[static_cast<std::size_t>(slot)])) return slot;
    }
    return moves.slot_at(p, 0);
}

void RunState::schedule(sim::Instant at, Event event) {
    queue.push(at, event);
    if (!idle(event.kind)) ++working_events;
}

sim::Duration RunState::draw(const SpreadDuration& duration,
                             std::uint32_t entity,
                             sim::Draw purpose,
                             std::uint32_t occurrence) const {
    if (!options.sampled || duration.p95 <= duration.nominal || duration.nominal.count() == 0) {
        return duration.nominal;
    }
    sim::RandomStream random{options.seed, entity, purpose, occurrence};
    const double ratio =
        static_cast<double>(duration.p95.count()) / static_cast<double>(duration.nominal.count());
    return sim::ceil_seconds(sim::to_seconds(duration.nominal) *
                             sim::lognormal_factor(random.normal(), ratio));
}

sim::Duration RunState::spread(sim::Duration least,
                               sim::Duration width,
                               std::uint32_t entity,
                               sim::Draw purpose,
                               std::uint32_t occurrence) const {
    if (!options.sampled) return least + sim::Duration{width.count() / 2};
    sim::RandomStream random{options.seed, entity, purpose, occurrence};
    const auto share = random.below(static_cast<std::uint64_t>(width.count()) + 1);
    return least + sim::Duration{static_cast<std::int64_t>(share)};
}

}  // namespace rollcast::models
