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
        if (exempt_rf && seen.fleet().partitions()[replica.partition].rf <= min_isr) return true;
        const int in_sync = isr_size(state.isr);
        return in_sync > min_isr || (in_sync == min_isr && !state.in_sync(replica.slot));
    });
}

}  // namespace rollcast::models
