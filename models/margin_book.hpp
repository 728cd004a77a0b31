// The N-1 margin, kept exactly: for each failure domain, how many partitions its failure just now
// would put under their floor.
#pragma once

#include <cstdint>
#include <vector>

#include "models/partition_table.hpp"
#include "models/verdict.hpp"

namespace rollcast::models {

/// Counters for each log dir, broker and rack of a scope.
///
/// A partition counts against a domain when the domain holds some of its in-sync replicas and the
/// ISR without them is smaller than the floor (architecture §6); accepted topics do not count. So a
/// rack that holds two of three in-sync replicas counts while the ISR is full.
class MarginBook {
public:
    MarginBook() = default;
    MarginBook(const Scope& scope, const PartitionTable& partitions);

    /// The ISR of `p` goes from `before` to `after` at `now`. O(RF).
    void isr_changed(PartitionId p,
                     const PartitionState& state,
                     std::uint8_t before,
                     std::uint8_t after,
                     sim::Instant now);

    std::uint32_t exposed(BrokerId b) const { return brokers_[b].count; }
    std::uint32_t exposed(RackId r) const { return racks_[r].count; }
    std::uint32_t exposed(LogDirId d) const { return dirs_[d].count; }
    std::uint32_t exposed_domains() const { return exposed_domains_; }

    /// Closes the book at `end`.
    Margin result(sim::Instant end) const;

private:
    struct Counter {
        std::uint32_t count = 0;
        std::uint32_t peak = 0;
        sim::Instant since;
        sim::Duration total;
        sim::Instant peak_at;
    };

    void add(
        PartitionId p, const PartitionState& state, std::uint8_t isr, sim::Instant now, int by);
    void count(Counter& counter, sim::Instant now, int by);

    const Fleet* fleet_ = nullptr;
    ScopeMap<BrokerId, RackId> rack_of_;
    ScopeMap<LogDirId, Counter> dirs_;
    ScopeMap<BrokerId, Counter> brokers_;
    ScopeMap<RackId, Counter> racks_;
    std::uint32_t exposed_domains_ = 0;
    std::uint32_t peak_domains_ = 0;
    sim::Instant peak_at_;
};

}  // namespace rollcast::models
