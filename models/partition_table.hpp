// Leader, ISR and epoch of every partition of a run: the part of the state that changes.
#pragma once

#include <cstdint>

#include "models/scope.hpp"

namespace rollcast::models {

/// What a partition's `flags` say; the four highest bits are its min ISR. spread_clean
/// changes with replicas that move alone, breach_accepted never.
enum PartitionFlag : std::uint16_t {
    ever_under_floor = 1,
    ever_leaderless = 2,
    under_floor_now = 4,
    leaderless_now = 8,
    unserved_now = 16,  // its leader is dead and not yet fenced
    stalled_now = 32,   // a member of its ISR is dead and not yet fenced
    spread_clean = 64,  // replicas in distinct racks
    breach_accepted = 128,
    overdue_now = 256,  // its leader's session is over, and no quorum can elect another
    shut_now = 512      // its leader lets no clients in
};

/// A slot in a mask like `isr`.
constexpr std::uint8_t isr_bit(std::uint8_t slot) { return static_cast<std::uint8_t>(1U << slot); }

/// Invariant: `isr` is within the replicas; `leader` is -1 or a slot of the ISR, unless an unclean
/// election made it so.
struct PartitionState {
    std::uint8_t isr = 0;
    std::int8_t leader = -1;
    std::uint16_t flags = 0;
    std::uint32_t epoch = 0;

    /// min.insync.replicas as it is in force, at most RF (kafka-semantics §1.4).
    int min_isr() const { return flags >> min_isr_shift; }
    void set_min_isr(int replicas) {
        flags = static_cast<std::uint16_t>((flags & ~(15U << min_isr_shift)) |
                                           static_cast<unsigned>(replicas) << min_isr_shift);
    }
    bool under_min_isr() const { return isr_size(isr) < min_isr(); }

    bool has(PartitionFlag flag) const { return (flags & flag) != 0; }
    void set(PartitionFlag flag, bool on) {
        flags = static_cast<std::uint16_t>(on ? flags | flag : flags & ~flag);
    }
    /// True where nobody leads, or one whom the cluster could not replace in time.
    bool leaderless() const { return leader < 0 || has(overdue_now); }
    bool in_sync(std::uint8_t slot) const { return ((isr >> slot) & 1U) != 0; }

private:
    static constexpr unsigned min_isr_shift = 12;
};
static_assert(sizeof(PartitionState) == 8);

using PartitionTable = ScopeMap<PartitionId, PartitionState>;

/// The state of the partitions of `scope` before anything happens.
PartitionTable initial_partitions(const Scope& scope);

}  // namespace rollcast::models
