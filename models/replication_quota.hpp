// A replication quota as Kafka measures it: over a window of samples, not as a rate of the moment.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "sim/units.hpp"

namespace rollcast::models {

/// Bytes of the last seconds against a rate: up to 11 samples of 1 s, their sum over the time since
/// the oldest began, at least 1 s (replication.quota.window.num, .window.size.seconds; SimpleRate;
/// kafka-semantics §4.2). What is in sync is counted as well.
///
/// So a burst of n seconds' worth is followed by n seconds of nothing, at most by 11, when its
/// sample is forgotten and the next burst may come: the recorded runs show both.
class ReplicationQuota {
public:
    static constexpr std::size_t samples = 11;

    /// `limit` in B/s; the largest rate there is = no throttle.
    ReplicationQuota() = default;
    explicit ReplicationQuota(sim::ByteRate limit) : limit_(limit) {}

    void set_limit(sim::ByteRate limit) { limit_ = limit; }
    bool limited() const { return limit_.count() != no_limit; }

    /// A process that has just started has measured nothing.
    void forget() { count_ = 0; }

    /// `now` never goes back.
    void record(double bytes, sim::Instant now) {
        if (count_ == 0 || now - at(count_ - 1).began >= width) {
            if (count_ == samples) {
                first_ = (first_ + 1) % samples;
            } else {
                ++count_;
            }
            at(count_ - 1) = {now, 0.0};
        }
        at(count_ - 1).bytes += bytes;
    }

    /// As if `bytes_per_s` had passed all the time before `now`, up to the start of the run.
    void fill(double bytes_per_s, sim::Instant now) {
        count_ = 0;
        for (std::size_t i = samples; i-- > 0;) {
            const sim::Instant began = now - width * static_cast<std::int64_t>(i + 1);
            if (began >= sim::Instant{}) record(bytes_per_s, began);
        }
    }

    /// Bytes that may still pass before the quota is exceeded; infinite without a limit.
    double left(sim::Instant now) const {
        if (!limited()) return std::numeric_limits<double>::infinity();
        double sum = 0.0;
        sim::Instant oldest = now;
        for (std::size_t i = 0; i < count_; ++i) {
            if (now - at(i).began >= width * static_cast<std::int64_t>(samples)) continue;
            sum += at(i).bytes;
            oldest = std::min(oldest, at(i).began);
        }
        const sim::Duration elapsed = std::max(width, now - oldest);
        return static_cast<double>(limit_.count()) * sim::to_seconds(elapsed) - sum;
    }

    /// True where the measured rate is above the limit.
    bool exceeded(sim::Instant now) const { return left(now) < 0.0; }

private:
    struct Sample {
        sim::Instant began;
        double bytes = 0.0;
    };
    static constexpr sim::Duration width = sim::seconds(1);
    static constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();

    Sample& at(std::size_t i) { return ring_[(first_ + i) % samples]; }
    const Sample& at(std::size_t i) const { return ring_[(first_ + i) % samples]; }

    sim::ByteRate limit_{no_limit};
    std::array<Sample, samples> ring_{};  // oldest first, from `first_` on
    std::size_t first_ = 0;
    std::size_t count_ = 0;
};

}  // namespace rollcast::models
