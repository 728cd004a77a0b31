// The replication throttle of one broker and direction (kafka-semantics §4.2).
#pragma once

#include <array>
#include <limits>

#include "sim/units.hpp"

namespace rollcast::models {

/// A rate measured as Kafka's SimpleRate measures it: the bytes of the last 11 samples of 1 s over
/// the time since the oldest of them began, at least 1 s. What is in sync is counted as well.
class ReplicationQuota {
public:
    /// `limit` in B/s; the largest rate there is = no throttle.
    explicit ReplicationQuota(sim::ByteRate limit = sim::ByteRate{no_limit}) : limit_(limit) {}

    void set_limit(sim::ByteRate limit) { limit_ = limit; }
    bool limited() const { return limit_.count() != no_limit; }
    void record(sim::Bytes amount, sim::Instant now);
    /// True where the measured rate is above the limit. `now` never goes back.
    bool exceeded(sim::Instant now) const;

private:
    static constexpr std::size_t samples = 11;
    static constexpr sim::Duration window = sim::seconds(1);
    static constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

    struct Sample {
        sim::Instant from = sim::Instant::never();  // never() = empty
        std::int64_t bytes = 0;
    };
    static bool obsolete(const Sample& sample, sim::Instant now) {
        return sample.from == sim::Instant::never() ||
               now - sample.from >= window * static_cast<std::int64_t>(samples);
    }

    sim::ByteRate limit_;
    std::array<Sample, samples> ring_{};
    std::size_t current_ = 0;
};

}  // namespace rollcast::models
