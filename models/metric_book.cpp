#include "models/metric_book.hpp"

namespace rollcast::models {

MetricBook::MetricBook(const Scope& scope, const PartitionTable& partitions)
    : fleet_(scope.fleet), led_(scope.brokers()), clusters_(scope.clusters()) {
    for (const PartitionId p : partitions.ids()) count(p, partitions[p], +1);
}

void MetricBook::count(PartitionId p, const PartitionState& state, int sign) {
    const Partition& partition = fleet_->partitions()[p];
    const int accepted = state.has(breach_accepted) ? 1 : 0;
    InCluster& cluster = clusters_[fleet_->cluster_of(p)];
    if (state.leader != preferred(p)) cluster.not_preferred += sign;
    if (state.leader < 0) {
        cluster.leaderless += sign;
        cluster.leaderless_not_accepted += sign * (1 - accepted);
        return;
    }
    Led& led = led_[fleet_->replicas(p)[static_cast<std::size_t>(state.leader)]];
    const int isr = isr_size(state.isr);
    led.partitions += sign;
    if (isr < partition.assigned()) led.under_replicated += sign;
    if (isr == state.min_isr()) led.at_min_isr += sign;
    if (isr < state.min_isr()) {
        led.under_min_isr += sign;
        led.under_min_isr_not_accepted += sign * (1 - accepted);
    }
}

void MetricBook::partition_changed(PartitionId p,
                                   const PartitionState& before,
                                   const PartitionState& after,
                                   bool lagged) {
    count(p, before, -1);
    count(p, after, +1);
    if (after.leader < 0) return;
    const auto leader = static_cast<std::size_t>(after.leader);
    if (before.leader != after.leader && !before.in_sync(static_cast<std::uint8_t>(leader))) {
        ++clusters_[fleet_->cluster_of(p)].unclean_elections;
    }
    const int change = isr_size(after.isr) - isr_size(before.isr);
    Led& led = led_[fleet_->replicas(p)[leader]];
    if (change > 0) led.isr_expands += static_cast<std::uint32_t>(change);
    if (change < 0 && lagged) led.isr_shrinks += static_cast<std::uint32_t>(-change);
}

void MetricBook::set_preferred(PartitionId p, const PartitionState& state, std::int8_t slot) {
    count(p, state, -1);
    preferred_[p] = slot;
    count(p, state, +1);
}

void MetricBook::process_starts(BrokerId b) {
    led_[b].isr_shrinks = 0;
    led_[b].isr_expands = 0;
}

}  // namespace rollcast::models
