// Latencies counted in classes of nearly equal width on a logarithmic scale.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/units.hpp"

namespace rollcast::models {

/// Counts of durations from 1 us on; what is below counts as 1 us.
///
/// 64 classes in each power of two: a quantile is the middle of its class, at most 1/128 = 0.8 %
/// off. The longest is exact.
class LatencyHistogram {
public:
    void add(sim::Duration latency, std::uint64_t count = 1);

    std::uint64_t count() const { return count_; }
    sim::Duration longest() const { return longest_; }
    /// The duration that a share of `share` of the counted ones does not exceed; 0 where nothing
    /// was counted. Requires 0 < share <= 1.
    sim::Duration quantile(double share) const;
    bool operator==(const LatencyHistogram&) const = default;

private:
    std::vector<std::uint64_t> classes_;
    std::uint64_t count_ = 0;
    sim::Duration longest_{};
};

}  // namespace rollcast::models
