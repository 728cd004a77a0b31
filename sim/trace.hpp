// The fingerprint of a run: every event folded, in order, into 64 bits. Two runs with the same
// value did the same things in the same order; a difference anywhere changes it.
#pragma once

#include <cstdint>

#include "sim/units.hpp"

namespace rollcast::sim {

/// An order-dependent 64-bit hash of a sequence of words, 4 ns an event; not cryptographic. A word
/// goes through the two halves of a 64 x 64 -> 128 bit product (as in wyhash, public domain).
class TraceHash {
public:
    void fold(std::uint64_t word) { state_ = mixed(state_ ^ word, state_ + step); }

    /// One event: when, what kind, to which entity, and what else tells it apart.
    void fold(Instant at, std::uint32_t kind, std::uint32_t entity, std::uint64_t extra = 0) {
        // The two products do not wait for each other: only one is on the path from event to event.
        const std::uint64_t subject = std::uint64_t{kind} << 32 | entity;
        const std::uint64_t event =
            mixed(static_cast<std::uint64_t>(at.count()) ^ key_of_time, subject ^ key_of_subject);
        fold(event ^ mixed(extra ^ key_of_extra, subject + step));
    }

    std::uint64_t value() const { return mixed(state_ ^ key_of_extra, key_of_time); }

    bool operator==(const TraceHash&) const = default;

private:
    // Odd constants with balanced bits: the golden ratio, and digits of pi.
    static constexpr std::uint64_t step = 0x9e37'79b9'7f4a'7c15;
    static constexpr std::uint64_t key_of_time = 0x2436'8a88'5a30'8d31;
    static constexpr std::uint64_t key_of_subject = 0x3198'a2e0'3707'344b;
    static constexpr std::uint64_t key_of_extra = 0xa409'3822'299f'31d1;

    /// Both halves of the product, and the factors again, so that a zero factor loses nothing.
    static constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = Wide{a} * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^
               (a << 32 | a >> 32) ^ b;
    }

    std::uint64_t state_ = 0;
};

/// The fingerprint of two parts of a run in this order, such as the clusters of a fleet.
inline std::uint64_t combine(std::uint64_t first, std::uint64_t second) {
    TraceHash both;
    both.fold(first);
    both.fold(second);
    return both.value();
}

}  // namespace rollcast::sim
