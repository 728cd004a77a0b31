#include "models/margin_book.hpp"

#include <algorithm>

namespace rollcast::models {

MarginBook::MarginBook(const Scope& scope, const PartitionTable& partitions)
    : fleet_(scope.fleet),
      rack_of_(scope.brokers()),
      dirs_(scope.log_dirs()),
      brokers_(scope.brokers()),
      racks_(scope.racks()) {
    for (const BrokerId b : scope.brokers()) rack_of_[b] = fleet_->brokers()[b].rack;
    for (const PartitionId p : partitions.ids()) {
        const PartitionState& state = partitions[p];
        if (!state.has(breach_accepted)) add(p, state, state.isr, sim::Instant{}, +1);
    }
}

void MarginBook::isr_changed(PartitionId p,
                             const PartitionState& state,
                             std::uint8_t before,
                             std::uint8_t after,
                             sim::Instant now) {
    if (state.has(breach_accepted)) return;
    add(p, state, before, now, -1);
    add(p, state, after, now, +1);
}

void MarginBook::add(
    PartitionId p, const PartitionState& state, std::uint8_t isr, sim::Instant now, int by) {
    const int size = isr_size(isr);
    const int floor = fleet_->partitions()[p].floor;
    const bool any_one = size - 1 < floor;
    if (!any_one && state.has(spread_clean)) return;
    const auto replicas = fleet_->replicas(p);
    const auto replica_dirs = fleet_->replica_dirs(p);
    for (std::size_t slot = 0; slot < replicas.size(); ++slot) {
        if (((isr >> slot) & 1U) == 0) continue;
        const BrokerId b = replicas[slot];
        const RackId r = rack_of_[b];
        if (any_one) {
            count(brokers_[b], now, by);
            count(dirs_[replica_dirs[slot]], now, by);
        }
        if (state.has(spread_clean)) {
            count(racks_[r], now, by);
            continue;
        }
        int in_rack = 0;
        bool first_of_rack = true;
        for (std::size_t other = 0; other < replicas.size(); ++other) {
            if (((isr >> other) & 1U) == 0 || rack_of_[replicas[other]] != r) continue;
            first_of_rack = first_of_rack && other >= slot;
            ++in_rack;
        }
        if (first_of_rack && size - in_rack < floor) count(racks_[r], now, by);
    }
}

void MarginBook::count(Counter& counter, sim::Instant now, int by) {
    if (by > 0) {
        if (counter.count++ == 0) {
            counter.since = now;
            if (++exposed_domains_ > peak_domains_) {
                peak_domains_ = exposed_domains_;
                peak_at_ = now;
            }
        }
        if (counter.count > counter.peak) {
            counter.peak = counter.count;
            counter.peak_at = now;
        }
    } else if (--counter.count == 0) {
        counter.total += now - counter.since;
        --exposed_domains_;
    }
}

Margin MarginBook::result(sim::Instant end) const {
    Margin margin{.domains = {}, .peak_domains = peak_domains_, .peak_at = peak_at_};
    const auto close = [&](DomainKind kind, const auto& counters) {
        for (const auto id : counters.ids()) {
            const Counter& counter = counters[id];
            if (counter.peak == 0) continue;
            const sim::Duration open = counter.count > 0 ? end - counter.since : sim::Duration{};
            margin.domains.push_back({.domain = {kind, id.value},
                                      .seconds = sim::to_seconds(counter.total + open),
                                      .peak_partitions = counter.peak,
                                      .peak_at = counter.peak_at});
        }
    };
    close(DomainKind::rack, racks_);
    close(DomainKind::broker, brokers_);
    close(DomainKind::log_dir, dirs_);
    std::stable_sort(margin.domains.begin(),
                     margin.domains.end(),
                     [](const DomainExposure& a, const DomainExposure& b) {
                         return a.peak_partitions != b.peak_partitions
                                    ? a.peak_partitions > b.peak_partitions
                                    : a.seconds > b.seconds;
                     });
    return margin;
}

}  // namespace rollcast::models
