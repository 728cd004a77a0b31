// Records that a run without records expects to be lost or stored twice: what only a count would
// know.
#pragma once

#include <array>
#include <map>

#include "models/data_plane.hpp"

namespace rollcast::models {

/// Expected losses of acknowledged records, and expected duplicates, of a run in the flow fidelity.
///
/// Judged when a partition is served by another leader, or by the same one again: what that leader
/// lacks of what had been acknowledged when the service before it ended. From mean rates, the daily
/// curve and the nominal times of `Case::record`, so that an order of magnitude is all they are:
/// - The leader died or hung and a member of the ISR takes over: of acks 0 and 1, what was on its
///   way to that member, network + service (kafka-semantics §2.7 b), and all since it stood still
///   where it hung or was away itself.
/// - A leader hung for less than its producers' request time-out, lost its session and goes on: of
///   acks 0 and 1 all that was written meanwhile, since its producers have not looked for another
///   leader and it has not heard of one (r22 and r23 in docs/validation.md).
/// - The leader hands over: of acks 0 and 1 the same, and what it takes while it does not know that
///   its successor leads (§2.7 a; 0-3 records a move in the recorded runs r03, r06, r07, r11).
/// - A replica from outside the ISR leads: all that it is behind, whatever the acks (§2.5).
/// - The power was lost where nobody else is in the ISR, and no flush after every message: of every
///   acks, at most what was written within `write_back` before (§1.8, §2.7 e, f); of acks=all only
///   what was acknowledged, which ends when the ISR falls below min ISR.
/// - The disk was wiped where nobody else is in the ISR: everything stored (§2.7 g).
/// - Twice: what a dead leader had appended and not yet answered, of producers that retry without
///   idempotence: with acks=all a round trip of its followers, else next to nothing (§3.3).
/// A partition that has no leader at the end lacks nothing yet.
class LossEstimate {
public:
    LossEstimate() = default;
    LossEstimate(const Case& a_case, const Scope& scope);

    void broker_stops(const RunState& run, BrokerId b, Stop how);
    /// A hung broker goes on: it takes what its producers have kept for it meanwhile.
    void broker_goes_on(const RunState& run, BrokerId b);
    /// A leader that was cut off from its quorum is told that others lead, or the run is over: of
    /// acks 0 and 1 what was written to it meanwhile is lost, for as long as producers do not look
    /// for another leader (metadata.max.age.ms, 5 minutes).
    void zombie_is_told(const RunState& run, BrokerId b, sim::Duration after);
    void tell_zombies(const RunState& run);
    void broker_starts(BrokerId b, bool wiped, sim::Instant now);
    /// The disk of `dir` is replaced by an empty one while its broker is away.
    void dir_wiped(LogDirId dir) { wiped_dirs_.push_back(dir); }
    /// `run` holds the new state of `p`. `behind` is what its leader lacks, in bytes, where it was
    /// elected from outside the ISR.
    void partition_changed(const RunState& run,
                           PartitionId p,
                           const PartitionState& before,
                           double behind);
    /// Writes the answers into `verdict`.
    void close(Verdict& verdict) const;

private:
    /// The last time that a broker stood still or was gone; `until` is never() while it lasts.
    struct Absence {
        sim::Instant from = sim::Instant::never();
        sim::Instant until;
        bool power_lost = false;
        bool wiped = false;

        bool lasts() const {
            return from != sim::Instant::never() && until == sim::Instant::never();
        }
    };
    /// Who served a partition, and until when.
    struct Service {
        std::int8_t leader = -1;
        sim::Instant ended;
        bool handed_over = false;
    };
    struct Expected {
        double records = 0.0;
        std::uint64_t partitions = 0;  // distinct ones
        sim::Instant last;
        std::optional<Breach> first;
    };
    /// A partition whose leader is cut off from its quorum and goes on, since when others lead it.
    struct Zombie {
        PartitionId partition;
        Service service;
    };
    enum Kind : std::uint8_t { lost = 0, twice = 1 };

    void hands_over(const RunState& run, PartitionId p, const Service& before);
    void serves_again(const RunState& run, PartitionId p, const Service& before, double behind);
    sim::Duration to_follower() const;
    /// Records written to `p` from `from` until `to`.
    double written(PartitionId p, sim::Instant from, sim::Instant to) const;
    double lost_records(const PartitionState& after,
                        PartitionId p,
                        const Service& before,
                        double behind) const;
    double lost_with_cache(PartitionId p, const Absence& absence, const Service& before) const;
    double everything(PartitionId p, const Service& before) const;
    void note(Kind kind, const RunState& run, PartitionId p, const Service& before, double records);

    const Case* case_ = nullptr;
    sim::Duration overlap_{};  // that an old leader and its successor both lead, on average
    ScopeMap<BrokerId, Absence> absences_;
    std::map<BrokerId, std::vector<HostedReplica>> led_;  // by brokers that hang
    std::map<BrokerId, std::vector<Zombie>> zombies_;
    std::vector<LogDirId> wiped_dirs_;                   // in the last absence of their brokers
    ScopeMap<PartitionId, std::uint8_t> seen_;           // one bit a kind
    std::map<PartitionId, Service> unserved_;            // those that nobody serves
    std::map<PartitionId, sim::Instant> under_min_;      // those below min ISR, since when
    std::array<std::array<Expected, 2>, 2> expected_{};  // by kind, by accepted
};

}  // namespace rollcast::models
