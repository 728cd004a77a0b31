// Random numbers without a shared generator: every number is a function of (seed, entity,
// purpose, occurrence, position), so that a new entity or a new draw moves nobody else's.
//
//     RandomStream random{seed, broker.value, Draw::restart_time, step};
//     const Duration restart = seconds(30 + static_cast<std::int64_t>(random.below(91)));
//
// Philox4x32-10 of Random123 (Salmon et al., SC 2011), with the published answers as tests. No
// number depends on the standard library's distributions or on libm.
#pragma once

#include <array>
#include <cstdint>

namespace rollcast::sim {

/// What a stream's numbers are for. Append only: renumbering changes every golden run.
enum class Draw : std::uint32_t {
    restart_time = 1,  ///< how long a broker process takes to stop and to start
    step_phase = 2,    ///< how long a phase of a machine's step takes
    detection = 3,     ///< when a failure is noticed
    lag_check = 4,     ///< phase of a periodic check
    placement = 5,     ///< which brokers hold a partition in a generated fleet
    rates = 6,         ///< how the write rate spreads over topics and partitions
    search = 7,        ///< choices of the planner's search
    faults = 8,        ///< whether, where and when a fault strikes
    reaction = 9,      ///< how long a request of the control plane takes
    fetch_order = 10,  ///< which partitions a fetch reaches
    action = 11,       ///< how long what is done from outside takes
    joins = 12,        ///< when leaders let a follower in
    succession = 13,   ///< who becomes the controller
    service = 14,      ///< how long a broker handles a request
    propagation = 15,  ///< when a decision reaches the brokers
    closing = 16,      ///< when the connections of a killed process end
    slowness = 17,     ///< how much slower than usual the machines of a run are
    heartbeat = 18,    ///< how far apart heartbeats are
    takeover = 19,     ///< when a broker leads what it is to lead
    unthrottled = 20,  ///< how long a started broker fetches without its throttle
    hearing = 21,      ///< when a broker acts on a decision that has reached it
    session_end = 22,  ///< when the session of a broker that stops is closed
    new_session = 23,  ///< when a broker or an ensemble has sessions again
    election = 24,     ///< how long a new controller takes
    join_place = 25,   ///< which of the leaders lets a follower in first
    undone_join = 26,  ///< which leaders let a follower in once more
    last_beats = 27,   ///< heartbeats until a broker may stop
    resume = 28,       ///< when a hung broker hears of what it has missed
    step_fails = 29,   ///< whether an attempt at a phase of a step fails
    hunt = 30,         ///< what a random case of a campaign is
};

/// One block of Philox4x32-10: four words that look independent for any other counter or key.
std::array<std::uint32_t, 4> philox_block(std::array<std::uint32_t, 4> counter,
                                          std::array<std::uint32_t, 2> key);

/// A sequence of up to 2^33 numbers of its own for each (seed, entity, purpose, occurrence).
class RandomStream {
public:
    /// `occurrence` counts how often this entity draws for this purpose, from 0.
    RandomStream(std::uint64_t seed, std::uint32_t entity, Draw purpose, std::uint32_t occurrence);

    /// 64 uniform bits.
    std::uint64_t next();

    /// Uniform on 0 .. bound-1, without bias (Lemire 2019). Requires `bound > 0`.
    std::uint64_t below(std::uint64_t bound);

    /// Uniform on [0, 1): a multiple of 2^-53.
    double uniform();

    /// Standard normal, by inversion of one uniform number: between -8.3 and 8.3.
    double normal();

private:
    std::array<std::uint32_t, 2> key_;
    std::array<std::uint32_t, 4> counter_;  // block, occurrence, entity, purpose
    std::array<std::uint64_t, 2> block_{};
    std::uint32_t used_ = 2;  // words of block_ that are spent
};

/// The x with P(standard normal <= x) = p, within 1e-13 relative error of x (the published 1e-16
/// plus rounding). Requires `0 < p < 1`. Wichura, Algorithm AS 241 (PPND16), 1988.
double normal_quantile(double p);

/// A lognormal factor with median 1 whose 95th percentile is `p95_ratio`, at the standard normal
/// `normal`. Requires `p95_ratio > 0`.
double lognormal_factor(double normal, double p95_ratio);

}  // namespace rollcast::sim
