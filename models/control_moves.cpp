// Replicas that move from broker to broker: added, caught up, and the old ones removed; and leaders
// that are moved off a broker by a change of the order of its partitions.
#include <vector>

#include "models/control_plane.hpp"

namespace rollcast::models {

namespace {

/// True where `move` takes back what `done` has moved.
bool undoes(const ReplicaMove& move, const ReplicaMove& done) {
    return move.adds == done.removes && move.removes == done.adds;
}

}  // namespace

void ControlPlane::begin_move(const ReplicaMove& move) {
    const PartitionId p = move.partition;
    const auto done = run_.moves.done.find(p);
    if (done != run_.moves.done.end() && !undoes(move, done->second)) return;
    if (!run_.moves.under_way.emplace(p, move).second) return;
    const BrokerId to = run_.fleet().replicas(p)[move.adds];
    spread_changes(p, move.adds);
    run_.load.set_absent(p, move.adds, false, run_.partitions);
    BrokerState& broker = run_.brokers[to];
    if (broker.out_of_isr++ == 0) {
        run_.schedule(run_.a_case->step.observe_delay,
                      {.kind = EventKind::seen_out, .entity = to.value});
    }
    data_.replica_added(run_, p, move.adds);
}

/// Where the new replica shares a rack with another one, racks are to be looked at one by one.
void ControlPlane::spread_changes(PartitionId p, std::uint8_t added) {
    PartitionState& state = run_.partitions[p];
    const auto replicas = run_.fleet().replicas(p);
    const auto rack = [&](std::size_t slot) { return run_.fleet().brokers()[replicas[slot]].rack; };
    bool shares = false;
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        const bool other = slot != added && !run_.load.absent(p, slot);
        shares = shares || (other && rack(slot) == rack(added));
    }
    if (!shares || !state.has(spread_clean)) return;
    run_.margin.isr_changed(p, state, state.isr, 0, run_.now);
    state.set(spread_clean, false);
    run_.margin.isr_changed(p, state, 0, state.isr, run_.now);
}

/// The new replica is in sync: the old one leaves the ISR and is deleted, and what it led gets the
/// first of the new assignment (kafka-semantics §2.1). No follower has lagged.
void ControlPlane::end_move(PartitionId p) {
    const auto found = run_.moves.under_way.find(p);
    const ReplicaMove move = found->second;
    const int preferred = run_.preferred(p);
    run_.moves.under_way.erase(found);
    if (run_.moves.done.erase(p) == 0) run_.moves.done.emplace(p, move);
    run_.moves.going = {p, move.removes};
    const BrokerId from = run_.fleet().replicas(p)[move.removes];
    PartitionState after = run_.partitions[p];
    if (after.in_sync(move.removes)) {
        after.isr = static_cast<std::uint8_t>(after.isr & ~(1U << move.removes));
    } else {
        --run_.brokers[from].out_of_isr;
        if (run_.record_isr_moves) run_.isr_moves.push_back({p, move.removes, true});
    }
    if (run_.preferred(p) != preferred) tell_preferred(p);
    if (after.leader == static_cast<int>(move.removes)) {
        after.set(unserved_now, false);
        after.set(overdue_now, false);
        choose_leader(p, after, move.removes);
    }
    apply(p, after);
    run_.load.set_absent(p, move.removes, true, run_.partitions);
    run_.moves.going.partition = PartitionId::none();
    run_.moves.left.push_back(from);
    data_.replica_removed(run_, p, move.removes);
}

void ControlPlane::tell_preferred(PartitionId p) {
    if (!run_.record_metrics) return;
    const auto slot = static_cast<std::int8_t>(run_.preferred(p));
    run_.metrics.set_preferred(p, run_.partitions[p], slot);
}

void ControlPlane::demote(BrokerId b, std::size_t most_leaders) {
    if (!run_.is_demoted(b)) {
        run_.demoted.push_back(b);
        for (const HostedReplica& replica : run_.fleet().hosted(b)) {
            tell_preferred(replica.partition);
        }
    }
    std::size_t left = most_leaders;
    for (const HostedReplica& replica : run_.fleet().hosted(b)) {
        if (left == 0) return;
        PartitionState after = run_.partitions[replica.partition];
        if (after.leader != static_cast<int>(replica.slot)) continue;
        const int next = elect(replica.partition, after.isr, replica.slot);
        if (next < 0) continue;
        after.leader = static_cast<std::int8_t>(next);
        after.set(unserved_now, !serves(replica.partition, next));
        after.set(overdue_now, false);
        apply(replica.partition, after);
        --left;
    }
}

void ControlPlane::restore_leaders(ClusterId c) {
    std::vector<BrokerId> back;
    std::erase_if(run_.demoted, [&](BrokerId b) {
        if (run_.fleet().brokers()[b].cluster != c) return false;
        back.push_back(b);
        return true;
    });
    for (const BrokerId b : back) {
        for (const HostedReplica& replica : run_.fleet().hosted(b)) {
            tell_preferred(replica.partition);
        }
    }
    elect_preferred(c);
}

}  // namespace rollcast::models
