// A replication quota as Kafka measures it: over a window of samples, not as a rate of the moment.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

#include "sim/units.hpp"

namespace rollcast::models {

/// Bytes of the last seconds against a rate: 11 samples of 1 s, their sum over the time since the
/// oldest, at least 10 s (replication.quota.window.num, .window.size.seconds; kafka-semantics
/// §4.2). What is in sync is counted as well.
///
/// So a broker that has fetched nothing for 11 s may take ten seconds' worth at once, then nothing
/// until that sample is 11 s old: throttled catch-up comes in bursts, as the recorded runs show.
class ReplicationQuota {
public:
    static constexpr int samples = 11;

    /// `limit` in B/s; the largest rate there is = no throttle.
    ReplicationQuota() = default;
    explicit ReplicationQuota(sim::ByteRate limit) : limit_(limit) {}

    void set_limit(sim::ByteRate limit) { limit_ = limit; }
    bool limited() const { return limit_.count() != no_limit; }

    /// `now` never goes back.
    void record(double bytes, sim::Instant now) {
        const std::int64_t second = second_of(now);
        const auto place = static_cast<std::size_t>(second % samples);
        if (seconds_[place] != second) {
            seconds_[place] = second;
            bytes_[place] = 0.0;
        }
        bytes_[place] += bytes;
    }

    /// As if `bytes_per_s` had passed all the time before `now`.
    void fill(double bytes_per_s, sim::Instant now) {
        for (std::int64_t s = second_of(now) - samples + 1; s <= second_of(now); ++s) {
            if (s < 0) continue;
            seconds_[static_cast<std::size_t>(s % samples)] = s;
            bytes_[static_cast<std::size_t>(s % samples)] = bytes_per_s;
        }
    }

    /// Bytes that may still pass before the quota is exceeded; infinite without a limit.
    double left(sim::Instant now) const {
        if (!limited()) return std::numeric_limits<double>::infinity();
        double sum = 0.0;
        std::int64_t oldest = second_of(now);
        for (std::size_t i = 0; i < samples; ++i) {
            if (seconds_[i] <= second_of(now) - samples) continue;
            sum += bytes_[i];
            oldest = std::min(oldest, seconds_[i]);
        }
        const double elapsed =
            std::max<double>(samples - 1, sim::to_seconds(now) - static_cast<double>(oldest));
        return static_cast<double>(limit_.count()) * elapsed - sum;
    }

    /// True where the measured rate is above the limit.
    bool exceeded(sim::Instant now) const { return left(now) < 0.0; }

private:
    static std::int64_t second_of(sim::Instant now) { return now.count() / 1'000'000'000; }

    static constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
    static constexpr std::int64_t long_ago = -1'000;
    sim::ByteRate limit_{no_limit};
    std::array<std::int64_t, samples> seconds_ = [] {
        std::array<std::int64_t, samples> none{};
        none.fill(long_ago);
        return none;
    }();
    std::array<double, samples> bytes_{};
};

}  // namespace rollcast::models
