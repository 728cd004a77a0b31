// Totals of one safety rule while a run goes on: how many break it now, and for how long so far.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "models/verdict.hpp"

namespace rollcast::models {

/// Integral over time of "how many at once", exact: count x ns in 128 bits.
class TimeIntegral {
public:
    std::uint64_t count() const { return count_; }
    std::uint64_t peak() const { return peak_; }
    sim::Instant peak_at() const { return peak_at_; }

    void change(int by, sim::Instant now) {
        advance(now);
        count_ = static_cast<std::uint64_t>(static_cast<std::int64_t>(count_) + by);
        if (count_ > peak_) {
            peak_ = count_;
            peak_at_ = now;
        }
    }

    /// Subject-seconds up to `end`.
    double seconds(sim::Instant end) const {
        const Wide open = static_cast<Wide>(count_) * (end - last_).count();
        return static_cast<double>(total_ + open) / 1e9;
    }

private:
    __extension__ using Wide = __int128;

    void advance(sim::Instant now) {
        if (now == last_) return;
        total_ += static_cast<Wide>(count_) * (now - last_).count();
        last_ = now;
    }

    std::uint64_t count_ = 0;
    std::uint64_t peak_ = 0;
    sim::Instant peak_at_;
    sim::Instant last_;
    Wide total_ = 0;
};

/// What a rule has seen so far.
struct Tally {
    TimeIntegral open;            // subjects that break it now
    double closed_seconds = 0.0;  // breaches reported with their length
    std::uint64_t subjects = 0;   // distinct ones
    double worst = 0.0;
    sim::Instant worst_at;
    std::optional<Breach> first;

    /// Notes a value of the rule's unit; keeps the first of equal worst ones.
    void note(double value, sim::Instant now) {
        if (value <= worst) return;
        worst = value;
        worst_at = now;
    }

    /// Opens the first breach; false where there was one before.
    bool begin(sim::Instant at) {
        if (first) return false;
        first.emplace();
        first->at = at;
        return true;
    }

    /// The same for a breach that is known only at its end: an earlier one takes the place.
    bool begin_earlier(sim::Instant at) {
        if (first && first->at <= at) return false;
        first.emplace();
        first->at = at;
        return true;
    }

    RuleResult result(sim::Instant end) const {
        return {.answer = first ? Answer::broken : Answer::held,
                .first = first,
                .subjects = subjects,
                .seconds = closed_seconds + open.seconds(end),
                .worst = worst,
                .worst_at = worst_at};
    }
};

/// Partitions of one cluster that are under their floor and not accepted.
struct FloorTally {
    TimeIntegral open;
    std::uint64_t partitions = 0;  // distinct ones
    sim::Instant first = sim::Instant::never();
};

}  // namespace rollcast::models
