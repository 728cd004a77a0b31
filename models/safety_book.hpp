// The safety rules while a run goes on: every change of a partition is judged here, once.
#pragma once

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "models/case.hpp"
#include "models/partition_table.hpp"
#include "models/tally.hpp"

namespace rollcast::models {

/// A partition that took no writes for a while.
struct Outage {
    PartitionId partition;
    sim::Instant from;
    sim::Instant to;
};

/// Tallies of every rule, apart for topics whose breaches the case accepts.
///
/// Judged by partition: min ISR (the floor), leaderless, client errors; the other rules report
/// their breaches through `report`.
class SafetyBook {
public:
    SafetyBook() = default;
    SafetyBook(const Case& a_case, const Scope& scope, PartitionTable& partitions);

    /// `p` went from `before` to `after` at `now`. Returns the breach to be explained (brokers and
    /// causes) where this is a rule's first one, else nullptr; its flags are updated in `after`.
    Breach* partition_changed(PartitionId p,
                              const PartitionState& before,
                              PartitionState& after,
                              sim::Instant now);

    /// A leader move as producers without retries feel it: one failed request at least
    /// (kafka-semantics §3.1).
    Breach* leader_moved(PartitionId p, const PartitionState& state, sim::Instant now);

    Tally& tally(Rule rule, bool accepted = false) {
        return tallies_[accepted ? 1 : 0][static_cast<std::size_t>(rule)];
    }
    const Tally& tally(Rule rule, bool accepted = false) const {
        return tallies_[accepted ? 1 : 0][static_cast<std::size_t>(rule)];
    }

    const TimeIntegral& at_floor() const { return at_floor_; }
    /// Outages that ended since the last call.
    std::vector<Outage> take_ended_outages() { return std::exchange(ended_outages_, {}); }
    bool outages_ended() const { return !ended_outages_.empty(); }

    /// Writes rules, accepted breaches and exposure into a verdict; intervals still open end at
    /// `end`.
    void close(Verdict& verdict, sim::Instant end);

private:
    bool available(const Topic& topic, const PartitionState& state) const;
    Breach* judge_floor(PartitionId p,
                        const PartitionState& before,
                        PartitionState& after,
                        sim::Instant now);
    Breach* judge_leader(PartitionId p, PartitionState& after, sim::Instant now);
    void judge_clients(PartitionId p,
                       const PartitionState& before,
                       const PartitionState& after,
                       sim::Instant now);
    void end_outage(PartitionId p, bool accepted, sim::Instant since, sim::Instant now);

    const Case* case_ = nullptr;
    std::array<std::array<Tally, rule_count>, 2> tallies_{};
    TimeIntegral at_floor_;
    IdMap<ClusterId, FloorTally> floor_by_cluster_;
    std::map<PartitionId, sim::Instant> outages_;  // partitions that take no writes, since when
    std::vector<Outage> ended_outages_;
};

}  // namespace rollcast::models
