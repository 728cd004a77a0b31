#include "models/policies/observation.hpp"

#include <algorithm>

namespace rollcast::models {

std::vector<BrokerId> Observation::left() const {
    std::vector<BrokerId> left;
    for (const BrokerId b : listed_) {
        if (untouched(b)) left.push_back(b);
    }
    return left;
}

bool Observation::all_ready(const std::vector<BrokerId>& brokers) const {
    return std::all_of(brokers.begin(), brokers.end(), [&](BrokerId b) { return ready(b); });
}

bool Observation::all_in_sync() const {
    for (const BrokerId b : cluster().brokers()) {
        if (!in_sync(b)) return false;
    }
    return true;
}

std::vector<HostedReplica> Observation::replicas_on(BrokerId b) const {
    std::vector<HostedReplica> replicas;
    for (const HostedReplica& replica : fleet().hosted(b)) {
        if (holds(replica.partition, replica.slot)) replicas.push_back(replica);
    }
    return replicas;
}

std::vector<HostedReplica> Observation::moved_off(BrokerId b) const {
    std::vector<HostedReplica> replicas;
    for (const HostedReplica& replica : fleet().hosted(b)) {
        const bool at_start = replica.slot < fleet().partitions()[replica.partition].assigned();
        const auto done = run_.moves.done.find(replica.partition);
        const bool moved = done != run_.moves.done.end() && done->second.removes == replica.slot;
        if (at_start && moved) replicas.push_back({replica.partition, done->second.adds});
    }
    return replicas;
}

std::vector<ReplicaMove> Observation::reassignments() const {
    std::vector<ReplicaMove> moves;
    for (const auto& [p, move] : run_.moves.under_way) {
        if (fleet().cluster_of(p) == cluster_) moves.push_back(move);
    }
    return moves;
}

BrokerId Observation::place_for(const HostedReplica& replica) const {
    const std::optional<ReplicaMove> move = run_.policy_move(replica);
    if (!move) return BrokerId::none();
    return fleet().replicas(replica.partition)[move->adds];
}

BrokerId Observation::leader(PartitionId p) const {
    const int slot = partition(p).leader;
    return slot < 0 ? BrokerId::none() : fleet().replicas(p)[static_cast<std::size_t>(slot)];
}

std::size_t Observation::leaders_to_move(BrokerId b) const {
    const auto hosted = fleet().hosted(b);
    return static_cast<std::size_t>(
        std::count_if(hosted.begin(), hosted.end(), [&](const HostedReplica& replica) {
            const PartitionState& state = partition(replica.partition);
            return state.leader == static_cast<int>(replica.slot) && isr_size(state.isr) > 1;
        }));
}

std::uint32_t Observation::under_replicated_led_by(const std::vector<BrokerId>& polled) const {
    std::uint32_t count = 0;
    for (const BrokerId b : cluster().brokers()) {
        if (in_sync(b)) continue;
        for (const HostedReplica& replica : fleet().hosted(b)) {
            const PartitionState& state = partition(replica.partition);
            if (state.in_sync(replica.slot) || state.leader < 0) continue;
            const unsigned before = (1U << replica.slot) - 1U;
            if ((state.isr & before) != before) continue;  // counted at an earlier slot
            const BrokerId leader =
                fleet().replicas(replica.partition)[static_cast<std::size_t>(state.leader)];
            const bool told =
                answers(leader) && std::find(polled.begin(), polled.end(), leader) != polled.end();
            if (told) ++count;
        }
    }
    return count;
}

bool can_spare(const Observation& seen, BrokerId b, bool exempt_rf) {
    const auto hosted = seen.fleet().hosted(b);
    return std::all_of(hosted.begin(), hosted.end(), [&](const HostedReplica& replica) {
        const PartitionState& state = seen.partition(replica.partition);
        const int min_isr = state.min_isr();
        const Partition& partition = seen.fleet().partitions()[replica.partition];
        if (exempt_rf && partition.assigned() <= min_isr) return true;
        const int in_sync = isr_size(state.isr);
        return in_sync > min_isr || (in_sync == min_isr && !state.in_sync(replica.slot));
    });
}

}  // namespace rollcast::models
